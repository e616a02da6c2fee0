package dev.sternpost.server.virtualmachine;

import dev.sternpost.inventory.DiskProvisioning;
import dev.sternpost.inventory.Firmware;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The shape a caller wants; what is zero, empty or null is left to the template, the present shape or the default.
 *
 * @param cpuCount virtual CPUs; 0 leaves it
 * @param memoryBytes 0 leaves it
 * @param annotation empty leaves it
 */
public record ConfigWish(
        int cpuCount,
        long memoryBytes,
        @Nullable Firmware firmware,
        List<Disk> disks,
        List<Nic> nics,
        String annotation) {
    /** Leaves everything. */
    public static final ConfigWish NOTHING = new ConfigWish(0, 0, null, List.of(), List.of(), "");

    public ConfigWish {
        disks = List.copyOf(disks);
        nics = List.copyOf(nics);
    }

    /**
     * A disk.
     *
     * @param label empty for a new one with the next free label
     * @param capacityBytes 0 leaves it
     */
    public record Disk(
            String label, long capacityBytes, @Nullable DiskProvisioning provisioning) {}

    /**
     * A network card.
     *
     * @param label empty for a new one with the next free label
     * @param network id, path or name; empty leaves it
     * @param macAddress empty leaves it, or has one made
     */
    public record Nic(String label, String network, String macAddress) {}
}
