package dev.sternpost.inventory;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a virtual machine was last observed by the host that owns it.
 *
 * @param powerState whether it runs
 * @param guest what the guest says about itself
 * @param bootTime when it was powered on; null when it is not
 * @param vncAddress VNC display as the host has it, "unix:/path"; empty when off
 * @param hardware the machine it sees
 */
public record VmRuntime(
        PowerState powerState, GuestInfo guest, @Nullable Instant bootTime, String vncAddress, GuestHardware hardware) {
    /** Off. */
    public static final VmRuntime OFF = new VmRuntime(PowerState.POWERED_OFF, GuestInfo.UNKNOWN, null, "");

    /** Saved to disk. */
    public static final VmRuntime SUSPENDED = new VmRuntime(PowerState.SUSPENDED, GuestInfo.UNKNOWN, null, "");

    public VmRuntime {
        Objects.requireNonNull(powerState, "powerState");
        Objects.requireNonNull(guest, "guest");
        Objects.requireNonNull(vncAddress, "vncAddress");
        // What an earlier release kept has none.
        hardware = Objects.requireNonNullElse(hardware, GuestHardware.UNKNOWN);
    }

    /** With a machine that is not known. */
    public VmRuntime(PowerState powerState, GuestInfo guest, @Nullable Instant bootTime, String vncAddress) {
        this(powerState, guest, bootTime, vncAddress, GuestHardware.UNKNOWN);
    }
}
