package dev.sternpost.server.host;

import dev.sternpost.inventory.GuestHardware;
import dev.sternpost.inventory.GuestInfo;
import dev.sternpost.inventory.VirtualMachineId;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A VM as an agent sees it.
 *
 * @param generation highest generation the agent has accepted
 * @param running whether the virtual CPUs run
 * @param bootTime null when off
 * @param vncAddress "unix:/path"; empty when off
 * @param lockOwner whom the lock file names, "host-12@7"; empty when there is no lock
 * @param hardware the machine the guest sees
 */
public record VmObservation(
        VirtualMachineId vmId,
        long generation,
        State state,
        boolean running,
        GuestInfo guest,
        String vncAddress,
        @Nullable Instant bootTime,
        String lockOwner,
        GuestHardware hardware) {

    /** How the VM stands on that host. */
    public enum State {
        POWERED_OFF,
        POWERED_ON,
        SUSPENDED,
        /** The shadow of a live migration to this host. */
        INCOMING,
        /** Stopped for good after a live migration from this host. */
        HANDED_OVER
    }

    public VmObservation {
        Objects.requireNonNull(vmId, "vmId");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(guest, "guest");
        Objects.requireNonNull(vncAddress, "vncAddress");
        Objects.requireNonNull(lockOwner, "lockOwner");
        Objects.requireNonNull(hardware, "hardware");
    }

    /** With a machine that is not known. */
    public VmObservation(
            VirtualMachineId vmId,
            long generation,
            State state,
            boolean running,
            GuestInfo guest,
            String vncAddress,
            @Nullable Instant bootTime,
            String lockOwner) {
        this(vmId, generation, state, running, guest, vncAddress, bootTime, lockOwner, GuestHardware.UNKNOWN);
    }
}
