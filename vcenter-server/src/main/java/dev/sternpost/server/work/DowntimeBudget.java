package dev.sternpost.server.work;

import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.vmotion.precopy.PrecopyLimits;

/** How long a live migration may pause a guest: what was asked for the move, else what its VM is set to, else the usual. */
public final class DowntimeBudget {
    private DowntimeBudget() {}

    /**
     * @param field as the caller named it
     * @param millis 0 for none of its own
     * @throws FaultException REQUEST_INVALID when it is out of range
     */
    public static void check(String field, long millis) {
        check(FaultCode.REQUEST_INVALID, field, millis);
    }

    /** The same with a code of its own. */
    public static void check(FaultCode code, String field, long millis) {
        if (millis != 0 && (millis < PrecopyLimits.DOWNTIME_MILLIS_MIN || millis > PrecopyLimits.DOWNTIME_MILLIS_MAX)) {
            throw new FaultException(
                    code,
                    "%s is %d; choose %d to %d milliseconds, or 0 for the default. No switch-over is shorter than %d ms."
                            .formatted(
                                    field,
                                    millis,
                                    PrecopyLimits.DOWNTIME_MILLIS_MIN,
                                    PrecopyLimits.DOWNTIME_MILLIS_MAX,
                                    PrecopyLimits.DOWNTIME_MILLIS_MIN));
        }
    }

    /**
     * The pause a move of this VM aims at.
     *
     * @param askedMillis for this move; 0 when nothing was asked
     */
    public static long millis(VirtualMachine vm, long askedMillis) {
        long ownMillis = vm.config().maxDowntimeMillis();
        return askedMillis != 0 ? askedMillis : ownMillis != 0 ? ownMillis : PrecopyLimits.DOWNTIME_MILLIS_DEFAULT;
    }
}
