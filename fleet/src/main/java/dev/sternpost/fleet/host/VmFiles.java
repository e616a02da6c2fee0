package dev.sternpost.fleet.host;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.proto.agent.v1.VmSpec;
import org.jspecify.annotations.Nullable;

/**
 * A virtual machine's directory as every host of the datastore sees it: its shape, its lock, and whether its memory is
 * saved there. What makes the fences of the simulation as real as those of files: two hosts cannot both hold the lock.
 */
final class VmFiles {
    private final Place place;

    // All below is guarded by this.
    private VmSpec spec;
    private @Nullable Lock lock;
    private boolean suspended;

    VmFiles(Place place, VmSpec spec, @Nullable Lock lock, boolean suspended) {
        this.place = place;
        this.spec = spec;
        this.lock = lock;
        this.suspended = suspended;
    }

    Place place() {
        return place;
    }

    synchronized VmSpec spec() {
        return spec;
    }

    synchronized void reshape(VmSpec newSpec) {
        spec = newSpec;
    }

    synchronized @Nullable Lock lock() {
        return lock;
    }

    synchronized boolean isSuspended() {
        return suspended;
    }

    synchronized void saveMemory(boolean saved) {
        suspended = saved;
    }

    /**
     * Takes the lock when it is free or the host's own.
     *
     * @throws FaultException VM_LOCKED naming the owner
     */
    synchronized void take(String hostId, long generation) {
        Lock held = lock;
        if (held != null && !held.hostId().equals(hostId)) {
            throw lockedBy(held);
        }
        lock = new Lock(hostId, generation);
    }

    /**
     * Hands the lock of a running virtual machine to the host it moves to.
     *
     * @throws FaultException VM_LOCKED when it is not the source's to give
     */
    synchronized void handOver(String fromHostId, String toHostId, long nextGeneration) {
        Lock held = lock;
        if (held == null || !held.hostId().equals(fromHostId)) {
            throw lockedBy(held);
        }
        lock = new Lock(toHostId, nextGeneration);
    }

    /** Gives the lock up if it is the host's. */
    synchronized void release(String hostId) {
        if (isHeldBy(hostId)) {
            lock = null;
        }
    }

    synchronized boolean isHeldBy(String hostId) {
        return lock != null && lock.hostId().equals(hostId);
    }

    private FaultException lockedBy(@Nullable Lock held) {
        String owner = held == null ? "nobody" : held.hostId();
        return new FaultException(
                FaultCode.VM_LOCKED,
                spec.getVmId(),
                "host " + owner + " holds the lock of " + spec.getName() + "; power it off there first.");
    }
}
