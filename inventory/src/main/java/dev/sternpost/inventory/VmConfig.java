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
 */
public record VmConfig(
        int cpuCount,
        long memoryBytes,
        Firmware firmware,
        List<VirtualDisk> disks,
        List<VirtualNic> nics,
        String annotation) {
    public VmConfig {
        Checks.positive("cpuCount", cpuCount);
        Checks.positive("memoryBytes", memoryBytes);
        Objects.requireNonNull(firmware, "firmware");
        disks = List.copyOf(disks);
        nics = List.copyOf(nics);
        Objects.requireNonNull(annotation, "annotation");
    }

    public VmConfig withDisks(List<VirtualDisk> newDisks) {
        return new VmConfig(cpuCount, memoryBytes, firmware, newDisks, nics, annotation);
    }

    public VmConfig withNics(List<VirtualNic> newNics) {
        return new VmConfig(cpuCount, memoryBytes, firmware, disks, newNics, annotation);
    }
}
