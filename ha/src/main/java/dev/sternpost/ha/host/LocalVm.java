package dev.sternpost.ha.host;

import dev.sternpost.ha.table.LockState;
import dev.sternpost.ha.table.VmEntry;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import org.jspecify.annotations.Nullable;

/**
 * A protected virtual machine on its host.
 *
 * @param generation under which it is held or to be held
 * @param expected what its lock must say before it is taken
 * @param epoch of the lease under which its start began
 * @param orderedBy who is told how the start ended; null when nobody is
 * @param tableVersion the table that lists it first
 * @param nextMillis when to ask for its lock again, while that is under way
 */
record LocalVm(
        VirtualMachineId vmId,
        long generation,
        Stage stage,
        LockState expected,
        long epoch,
        @Nullable HostId orderedBy,
        long tableVersion,
        long nextMillis) {

    /** One line for each: where it comes from and what may follow. */
    enum Stage {
        /** Ordered; waits until the table that lists it is on the datastore. Then LOCKING, or gone. */
        LISTED(VmEntry.Phase.STARTING),
        /** Its lock was asked for. Then CREATING, LOST or gone. */
        LOCKING(VmEntry.Phase.STARTING),
        /** Its process is being made. Then RUNNING or LOST. */
        CREATING(VmEntry.Phase.STARTING),
        /** Runs. Then GUEST_UP, STOPPING, LOST or REMOVING. */
        RUNNING(VmEntry.Phase.RUNNING),
        /** Runs, and its guest says so. Then STOPPING, LOST or REMOVING. */
        GUEST_UP(VmEntry.Phase.GUEST_UP),
        /** Being stopped, to run elsewhere. Then LOST. */
        STOPPING(VmEntry.Phase.RUNNING),
        /** Its process is gone and its lock ours: it is being given away. Then RELEASED or gone. */
        LOST(VmEntry.Phase.LOST),
        /** Anybody's. Then gone, once it is seen elsewhere. */
        RELEASED(VmEntry.Phase.RELEASED),
        /** Shut down because somebody wanted that: its lock is being removed. Then gone. */
        REMOVING(VmEntry.Phase.OFF);

        private final VmEntry.Phase phase;

        Stage(VmEntry.Phase phase) {
            this.phase = phase;
        }
    }

    VmEntry entry() {
        return new VmEntry(vmId, generation, stage.phase);
    }

    LocalVm with(Stage newStage) {
        return new LocalVm(vmId, generation, newStage, expected, epoch, orderedBy, tableVersion, 0);
    }

    LocalVm withGeneration(long newGeneration) {
        return new LocalVm(vmId, newGeneration, stage, expected, epoch, orderedBy, tableVersion, nextMillis);
    }

    LocalVm askAgainAt(long millis) {
        return new LocalVm(vmId, generation, stage, expected, epoch, orderedBy, tableVersion, millis);
    }

    LocalVm answered() {
        return new LocalVm(vmId, generation, stage, expected, epoch, null, tableVersion, nextMillis);
    }
}
