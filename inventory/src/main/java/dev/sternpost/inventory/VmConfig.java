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
 * @param maxDowntimeMillis longest pause of its guest that a live migration may aim at; 0 for the usual one
 * @param cpuBaseline level of CPU features its guest is held to; empty for that of its cluster
 */
public record VmConfig(
        int cpuCount,
        long memoryBytes,
        Firmware firmware,
        List<VirtualDisk> disks,
        List<VirtualNic> nics,
        String annotation,
        ResourceAllocation cpuAllocation,
        ResourceAllocation memoryAllocation,
        int maxDowntimeMillis,
        String cpuBaseline) {
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
        Checks.notNegative("maxDowntimeMillis", maxDowntimeMillis);
        cpuBaseline = Objects.requireNonNullElse(cpuBaseline, "");
    }

    /** A shape with the usual pause, and with the CPU features of its cluster. */
    public VmConfig(
            int cpuCount,
            long memoryBytes,
            Firmware firmware,
            List<VirtualDisk> disks,
            List<VirtualNic> nics,
            String annotation,
            ResourceAllocation cpuAllocation,
            ResourceAllocation memoryAllocation) {
        this(cpuCount, memoryBytes, firmware, disks, nics, annotation, cpuAllocation, memoryAllocation, 0, "");
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
        return with(newDisks, nics, cpuAllocation, memoryAllocation, maxDowntimeMillis, cpuBaseline);
    }

    public VmConfig withNics(List<VirtualNic> newNics) {
        return with(disks, newNics, cpuAllocation, memoryAllocation, maxDowntimeMillis, cpuBaseline);
    }

    public VmConfig withAllocations(ResourceAllocation newCpu, ResourceAllocation newMemory) {
        return with(disks, nics, newCpu, newMemory, maxDowntimeMillis, cpuBaseline);
    }

    public VmConfig withCpuBaseline(String newCpuBaseline) {
        return with(disks, nics, cpuAllocation, memoryAllocation, maxDowntimeMillis, newCpuBaseline);
    }

    /** The same shape with those settings of another, as of {@link #withSettingsOf}, that differ from what it was made from. */
    public VmConfig withSettings(VmConfig base, VmConfig wanted) {
        return with(
                disks,
                nics,
                wanted.cpuAllocation.equals(base.cpuAllocation) ? cpuAllocation : wanted.cpuAllocation,
                wanted.memoryAllocation.equals(base.memoryAllocation) ? memoryAllocation : wanted.memoryAllocation,
                wanted.maxDowntimeMillis == base.maxDowntimeMillis ? maxDowntimeMillis : wanted.maxDowntimeMillis,
                wanted.cpuBaseline.equals(base.cpuBaseline) ? cpuBaseline : wanted.cpuBaseline);
    }

    /** The same shape with all of another that no file of the VM knows, and that may change while it runs. */
    public VmConfig withSettingsOf(VmConfig other) {
        return with(
                disks, nics, other.cpuAllocation, other.memoryAllocation, other.maxDowntimeMillis, other.cpuBaseline);
    }

    private VmConfig with(
            List<VirtualDisk> newDisks,
            List<VirtualNic> newNics,
            ResourceAllocation newCpu,
            ResourceAllocation newMemory,
            int newMaxDowntimeMillis,
            String newCpuBaseline) {
        return new VmConfig(
                cpuCount,
                memoryBytes,
                firmware,
                newDisks,
                newNics,
                annotation,
                newCpu,
                newMemory,
                newMaxDowntimeMillis,
                newCpuBaseline);
    }
}
