package dev.sternpost.server.virtualmachine;

import dev.sternpost.inventory.DiskProvisioning;
import dev.sternpost.inventory.Firmware;
import dev.sternpost.server.resource.AllocationWish;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The shape a caller wants; what is zero, empty or null is left to the template, the present shape or the default.
 *
 * @param cpuCount virtual CPUs; 0 leaves it
 * @param memoryBytes 0 leaves it
 * @param annotation empty leaves it
 * @param cpuAllocation what it gets of CPU
 * @param memoryAllocation what it gets of memory
 * @param maxDowntimeMillis longest pause that a live migration may aim at, 0 for the usual one; null leaves it
 * @param cpuBaseline level of CPU features its guest is held to, empty for that of its cluster; null leaves it
 */
public record ConfigWish(
        int cpuCount,
        long memoryBytes,
        @Nullable Firmware firmware,
        List<Disk> disks,
        List<Nic> nics,
        String annotation,
        AllocationWish cpuAllocation,
        AllocationWish memoryAllocation,
        @Nullable Long maxDowntimeMillis,
        @Nullable String cpuBaseline) {
    /** Leaves everything. */
    public static final ConfigWish NOTHING = new ConfigWish(0, 0, null, List.of(), List.of(), "");

    /** A wish that leaves the other settings. */
    public ConfigWish(
            int cpuCount,
            long memoryBytes,
            @Nullable Firmware firmware,
            List<Disk> disks,
            List<Nic> nics,
            String annotation,
            AllocationWish cpuAllocation,
            AllocationWish memoryAllocation) {
        this(cpuCount, memoryBytes, firmware, disks, nics, annotation, cpuAllocation, memoryAllocation, null, null);
    }

    /** A wish that leaves the allocations too. */
    public ConfigWish(
            int cpuCount,
            long memoryBytes,
            @Nullable Firmware firmware,
            List<Disk> disks,
            List<Nic> nics,
            String annotation) {
        this(cpuCount, memoryBytes, firmware, disks, nics, annotation, AllocationWish.NOTHING, AllocationWish.NOTHING);
    }

    public ConfigWish {
        disks = List.copyOf(disks);
        nics = List.copyOf(nics);
    }

    /** Whether it leaves all that only a powered-off VM can change. */
    boolean leavesShape() {
        return withoutSettings().equals(NOTHING);
    }

    /** Whether it changes something that no file of the VM knows and that may change while it runs. */
    boolean changesSettings() {
        return !cpuAllocation.isNothing()
                || !memoryAllocation.isNothing()
                || maxDowntimeMillis != null
                || cpuBaseline != null;
    }

    private ConfigWish withoutSettings() {
        return new ConfigWish(cpuCount, memoryBytes, firmware, disks, nics, annotation);
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
