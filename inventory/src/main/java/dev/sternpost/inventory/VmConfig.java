package dev.sternpost.inventory;

import java.util.List;
import java.util.Objects;

/**
 * The wanted shape of a virtual machine. Limits a caller may exceed are checked where requests come in; this only
 * refuses what makes no sense at all.
 *
 * @param cpuCount virtual CPUs
 * @param memoryBytes memory
 * @param firmware BIOS or UEFI
 * @param disks in order of boot
 * @param nics network cards
 * @param annotation free text
 * @param cpuAllocation what it gets of CPU, in MHz
 * @param memoryAllocation what it gets of memory, in bytes
 */
public record VmConfig(
        int cpuCount,
        long memoryBytes,
        Firmware firmware,
        List<VirtualDisk> disks,
        List<VirtualNic> nics,
        String annotation,
        ResourceAllocation cpuAllocation,
        ResourceAllocation memoryAllocation) {
    public VmConfig {
        Checks.positive("cpuCount", cpuCount);
        Checks.positive("memoryBytes", memoryBytes);
        Objects.requireNonNull(firmware, "firmware");
        disks = List.copyOf(disks);
        nics = List.copyOf(nics);
        Objects.requireNonNull(annotation, "annotation");
        // What tasks of an earlier release recorded has none.
        cpuAllocation = Objects.requireNonNullElse(cpuAllocation, ResourceAllocation.NORMAL);
        memoryAllocation = Objects.requireNonNullElse(memoryAllocation, ResourceAllocation.NORMAL);
    }

    /** A shape with normal allocations. */
    public VmConfig(
            int cpuCount,
            long memoryBytes,
            Firmware firmware,
            List<VirtualDisk> disks,
            List<VirtualNic> nics,
            String annotation) {
        this(
                cpuCount,
                memoryBytes,
                firmware,
                disks,
                nics,
                annotation,
                ResourceAllocation.NORMAL,
                ResourceAllocation.NORMAL);
    }

    public VmConfig withDisks(List<VirtualDisk> newDisks) {
        return new VmConfig(
                cpuCount, memoryBytes, firmware, newDisks, nics, annotation, cpuAllocation, memoryAllocation);
    }

    public VmConfig withNics(List<VirtualNic> newNics) {
        return new VmConfig(
                cpuCount, memoryBytes, firmware, disks, newNics, annotation, cpuAllocation, memoryAllocation);
    }

    public VmConfig withAllocations(ResourceAllocation newCpu, ResourceAllocation newMemory) {
        return new VmConfig(cpuCount, memoryBytes, firmware, disks, nics, annotation, newCpu, newMemory);
    }
}
