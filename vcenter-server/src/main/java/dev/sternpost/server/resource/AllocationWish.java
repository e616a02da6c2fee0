package dev.sternpost.server.resource;

import dev.sternpost.inventory.ResourceAllocation;
import dev.sternpost.inventory.SharesLevel;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import org.jspecify.annotations.Nullable;

/**
 * What a caller wants of CPU or memory; null leaves it as it is.
 *
 * @param reservation MHz or bytes
 * @param limit MHz or bytes; {@link #NO_LIMIT} for none
 * @param shares for {@link SharesLevel#CUSTOM} only, else 0
 */
public record AllocationWish(
        @Nullable Long reservation,
        @Nullable Long limit,
        @Nullable SharesLevel sharesLevel,
        long shares) {
    /** Stands for no limit in requests and answers. */
    public static final long NO_LIMIT = -1;

    /** Leaves everything. */
    public static final AllocationWish NOTHING = new AllocationWish(null, null, null, 0);

    private static final long AMOUNT_MAX = 1L << 53;

    /** Whether anything is wanted. */
    public boolean isNothing() {
        return equals(NOTHING);
    }

    /**
     * What comes of it.
     *
     * @param what names the resource in messages, such as "CPU"
     * @throws FaultException REQUEST_INVALID
     */
    public ResourceAllocation on(ResourceAllocation before, String what) {
        long newReservation = reservation == null ? before.reservation() : reservation;
        long newLimit = limit == null ? before.limit() : limit == NO_LIMIT ? ResourceAllocation.UNLIMITED : limit;
        require(newReservation >= 0, "The %s reservation is %d; it is 0 or more.", what, newReservation);
        require(newReservation <= AMOUNT_MAX, "The %s reservation is %d, which is too much.", what, newReservation);
        require(
                limit == null || limit >= NO_LIMIT,
                "The %s limit is %d; it is 0 or more, or -1 for none.",
                what,
                newLimit);
        require(
                newLimit >= newReservation,
                "The %s limit, %d, is below its reservation, %d. Raise the limit or lower the reservation.",
                what,
                newLimit,
                newReservation);
        SharesLevel level = sharesLevel == null ? before.sharesLevel() : sharesLevel;
        if (level != SharesLevel.CUSTOM) {
            require(shares == 0, "%s shares are a number only at level custom; they are %d.", what, shares);
            return new ResourceAllocation(newReservation, newLimit, level, 0);
        }
        long custom = sharesLevel == null ? before.customShares() : shares;
        require(
                custom >= 1 && custom <= ResourceAllocation.SHARES_MAX,
                "%s shares are %d; choose 1 to %d.",
                what,
                custom,
                ResourceAllocation.SHARES_MAX);
        return new ResourceAllocation(newReservation, newLimit, level, custom);
    }

    private static void require(boolean holds, String problem, Object... arguments) {
        if (!holds) {
            throw new FaultException(FaultCode.REQUEST_INVALID, problem.formatted(arguments));
        }
    }
}
