package dev.sternpost.server.host;

import dev.sternpost.inventory.VirtualMachineId;
import java.util.Objects;

/**
 * Something that happened to a VM by itself.
 *
 * @param number rises by one on each host; a number that was stored already is not stored again
 */
public record VmHappening(VirtualMachineId vmId, long generation, Kind kind, String detail, long number) {

    /** What happened. */
    public enum Kind {
        GUEST_SHUTDOWN,
        GUEST_RESET,
        GUEST_PANICKED,
        ENGINE_DIED,
        IO_ERROR,
        RESUMED
    }

    public VmHappening {
        Objects.requireNonNull(vmId, "vmId");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(detail, "detail");
    }
}
