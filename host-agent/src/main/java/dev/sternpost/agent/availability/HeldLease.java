package dev.sternpost.agent.availability;

import dev.sternpost.agent.operation.Keeper;
import dev.sternpost.ha.port.Effect;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;

/** The guard's last word about the host's lease, and what may be done under it. Safe for use from several threads. */
final class HeldLease {
    private final MembershipKit kit;
    private volatile Effect.LeaseIs word = new Effect.LeaseIs(0, 0);

    HeldLease(MembershipKit kit) {
        this.kit = kit;
    }

    void is(Effect.LeaseIs now) {
        word = now;
    }

    long leftMillis() {
        return Math.max(0, word.untilMillis() - kit.clock().getAsLong());
    }

    boolean isHeld() {
        return leftMillis() > 0;
    }

    /** Under the lease as it is now. */
    Keeper.Permit permit(String vmId) {
        return permit(vmId, word.epoch());
    }

    /** Under one lease: between the order and now it may have been lost and taken again, and everything stopped. */
    Keeper.Permit permit(String vmId, long epoch) {
        require(vmId, epoch);
        return () -> require(vmId, epoch);
    }

    private void require(String vmId, long epoch) {
        Effect.LeaseIs now = word;
        if (now.epoch() != epoch || kit.clock().getAsLong() >= now.untilMillis()) {
            throw new FaultException(
                    FaultCode.HOST_ERROR,
                    vmId,
                    kit.hostId() + " does not hold its lease on the heartbeat datastore, so " + vmId
                            + " may not run there; look at \"sternpost ha status\".");
        }
    }
}
