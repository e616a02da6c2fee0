package dev.sternpost.agent.availability;

import dev.sternpost.agent.availability.store.DirectorySlotStore;
import dev.sternpost.agent.operation.KeptVms;
import dev.sternpost.agent.operation.VmPlace;
import dev.sternpost.ha.host.HostMachine;
import dev.sternpost.ha.lease.HostLease;
import dev.sternpost.ha.table.LockState;
import dev.sternpost.ha.table.VmEntry;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.fault.FaultException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a host that takes part no more still has to do. */
final class Leaving {

    private static final Logger log = LoggerFactory.getLogger(Leaving.class);

    private Leaving() {}

    /**
     * Its lease is as if it had never been written: what runs here goes on unguarded, and must not be started elsewhere because an old lease does not
     * move, should high availability be switched on again before this host hears of it. Not before the last write of the guard, which has ended, must
     * have come; returns at once.
     *
     * @param slots where leases are
     * @param stillOut whether this host takes part no more then
     */
    static void dropLease(HostId self, HeartbeatSlots slots, long inFlightMillis, BooleanSupplier stillOut) {
        Thread.ofPlatform().daemon().name("drop-lease").start(() -> {
            try {
                TimeUnit.MILLISECONDS.sleep(inFlightMillis);
                if (stillOut.getAsBoolean()) {
                    new DirectorySlotStore(slots.make()).write(HostLease.slotOf(self), HostLease.LEFT);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (IOException | FaultException e) {
                log.error("the lease stays behind; have this host take part before others do again: {}", e.toString());
            }
        });
    }

    /**
     * Virtual machines that wait to be started again. When the whole cluster ends high availability they are off from now on: nobody would start
     * them, and their locks would keep others from it. When this host alone leaves, they are anybody's.
     */
    static void giveUpLocks(HostId self, Plan plan, KeptVms kept, HostMachine.State last, boolean clusterEnds) {
        for (VmEntry entry : last.entries()) {
            VmPlace place = plan.places().get(entry.vmId());
            boolean waits = entry.phase() == VmEntry.Phase.LOST || entry.phase() == VmEntry.Phase.RELEASED;
            boolean released = entry.phase() == VmEntry.Phase.RELEASED;
            if (!waits || place == null || (released && !clusterEnds)) {
                continue;
            }
            LockState mine = released
                    ? new LockState.Released(entry.generation())
                    : new LockState.Held(self, entry.generation());
            LockState next = clusterEnds ? new LockState.Absent() : new LockState.Released(entry.generation() + 1);
            try {
                kept.exchange(place, entry.vmId().value(), Locks.holder(mine, 0), Locks.holder(next, 0));
            } catch (FaultException e) {
                log.warn("the lock of {} stays behind: {}", entry.vmId(), e.getMessage());
            }
        }
    }
}
