package dev.sternpost.agent.availability;

import dev.sternpost.agent.operation.KeptVms;
import dev.sternpost.agent.operation.VmPlace;
import dev.sternpost.ha.host.HostMachine;
import dev.sternpost.ha.table.LockState;
import dev.sternpost.ha.table.VmEntry;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.fault.FaultException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a host that takes part no more still has to do. */
final class Leaving {

    private static final Logger log = LoggerFactory.getLogger(Leaving.class);

    private Leaving() {}

    /** Virtual machines that wait to be started again are off from now on: nobody would start them, and their locks would keep others from it. */
    static void giveUpLocks(HostId self, Plan plan, KeptVms kept, HostMachine.State last) {
        for (VmEntry entry : last.entries()) {
            VmPlace place = plan.places().get(entry.vmId());
            boolean waits = entry.phase() == VmEntry.Phase.LOST || entry.phase() == VmEntry.Phase.RELEASED;
            if (!waits || place == null) {
                continue;
            }
            LockState mine = entry.phase() == VmEntry.Phase.RELEASED
                    ? new LockState.Released(entry.generation())
                    : new LockState.Held(self, entry.generation());
            try {
                kept.exchange(place, entry.vmId().value(), Locks.holder(mine, 0), Optional.empty());
            } catch (FaultException e) {
                log.warn("the lock of {} stays behind: {}", entry.vmId(), e.getMessage());
            }
        }
    }
}
