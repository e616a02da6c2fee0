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
 * @param nextMillis when to ask again for its lock or for its end, while that is under way
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

    static final long ASK_AGAIN_MILLIS = 1_000;

    /** A guest that was asked to shut down has that long before its process is killed; whoever asks it gives up earlier, and kills it. */
    private static final long SHUT_DOWN_MILLIS_MAX = 40_000;

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

    /** What is here already, and was not asked for by this machine. */
    static LocalVm present(HostId self, VirtualMachineId vmId, long generation, Stage stage) {
        return new LocalVm(vmId, generation, stage, new LockState.Held(self, generation), 0, null, 0, 0);
    }

    /** What the machine before this one listed. */
    static LocalVm listed(HostId self, VmEntry entry) {
        Stage stage = switch (entry.phase()) {
            case STARTING, RUNNING, GUEST_UP, LOST -> Stage.LOST;
            case RELEASED -> Stage.RELEASED;
            case OFF -> Stage.REMOVING;
        };
        return present(self, entry.vmId(), entry.generation(), stage);
    }

    /** Being stopped from now on, and when to try harder. */
    LocalVm stopping(boolean askGuestFirst, long at) {
        return with(Stage.STOPPING).askAgainAt(at + (askGuestFirst ? SHUT_DOWN_MILLIS_MAX : ASK_AGAIN_MILLIS));
    }

    /** Whether its guest was asked to shut down, and still has time for that. */
    boolean isShuttingDown(long at) {
        return stage == Stage.STOPPING && nextMillis > at + ASK_AGAIN_MILLIS;
    }

    boolean runs() {
        return stage == Stage.RUNNING || stage == Stage.GUEST_UP;
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
