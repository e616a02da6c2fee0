package dev.sternpost.agent.vmdirectory;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The shape of a virtual machine: all that its configuration file says about it.
 *
 * @param vmId id in the inventory, such as "vm-1017"
 * @param name display name
 * @param uuid the guest's SMBIOS UUID
 * @param cpuCount virtual CPUs, 1 to 64
 * @param memoryBytes memory, a multiple of 1 MiB, at least 32 MiB
 * @param firmware BIOS or UEFI
 * @param disks in boot order, labels differ
 * @param nics labels differ
 * @param annotation free text
 * @param hardware the machine the guest has seen since it was powered on last
 */
public record VmShape(
        String vmId,
        String name,
        UUID uuid,
        int cpuCount,
        long memoryBytes,
        Firmware firmware,
        List<DiskShape> disks,
        List<NicShape> nics,
        String annotation,
        VmHardware hardware) {

    public static final int CPU_COUNT_MAX = 64;
    public static final long MEMORY_BYTES_MIN = 32L << 20;
    public static final long MEMORY_BYTES_MAX = 6L << 40;
    public static final int DISKS_MAX = 16;
    public static final int NICS_MAX = 10;
    public static final int ANNOTATION_CHARS_MAX = 4096;

    private static final Pattern VM_ID = Pattern.compile("vm-[0-9]{1,18}");

    public VmShape {
        checkVmId(vmId);
        Names.checkDisplayName(name, "name");
        check(cpuCount >= 1 && cpuCount <= CPU_COUNT_MAX, "CPU count must be 1 to " + CPU_COUNT_MAX);
        check(
                memoryBytes >= MEMORY_BYTES_MIN && memoryBytes <= MEMORY_BYTES_MAX && memoryBytes % (1 << 20) == 0,
                "memory must be a multiple of 1 MiB, 32 MiB to 6 TiB, not " + memoryBytes + " bytes");
        // Records of an earlier release have none.
        hardware = Objects.requireNonNullElse(hardware, VmHardware.NONE);
        disks = List.copyOf(disks);
        nics = List.copyOf(nics);
        check(disks.size() <= DISKS_MAX, "at most " + DISKS_MAX + " disks");
        check(nics.size() <= NICS_MAX, "at most " + NICS_MAX + " network cards");
        check(annotation.length() <= ANNOTATION_CHARS_MAX, "annotation has more than 4096 characters");
        Set<String> labels = new HashSet<>();
        disks.forEach(disk -> check(labels.add(disk.label()), "two devices are labelled " + disk.label()));
        nics.forEach(nic -> check(labels.add(nic.label()), "two devices are labelled " + nic.label()));
    }

    /** A VM that was never powered on. */
    public VmShape(
            String vmId,
            String name,
            UUID uuid,
            int cpuCount,
            long memoryBytes,
            Firmware firmware,
            List<DiskShape> disks,
            List<NicShape> nics,
            String annotation) {
        this(vmId, name, uuid, cpuCount, memoryBytes, firmware, disks, nics, annotation, VmHardware.NONE);
    }

    /**
     * Checks the form of a virtual machine's id, which becomes part of file and interface names.
     *
     * @throws IllegalArgumentException when it is not "vm-" and a number
     */
    public static String checkVmId(String vmId) {
        check(VM_ID.matcher(vmId).matches(), "a virtual machine's id is \"vm-\" and a number, not \"" + vmId + "\"");
        return vmId;
    }

    /** The same VM with other disks. */
    public VmShape withDisks(List<DiskShape> other) {
        return new VmShape(vmId, name, uuid, cpuCount, memoryBytes, firmware, other, nics, annotation, hardware);
    }

    /** The same VM under another display name. */
    public VmShape withName(String other) {
        return new VmShape(vmId, other, uuid, cpuCount, memoryBytes, firmware, disks, nics, annotation, hardware);
    }

    /** The same VM under another id, as when it is registered anew. */
    public VmShape withVmId(String other) {
        return new VmShape(other, name, uuid, cpuCount, memoryBytes, firmware, disks, nics, annotation, hardware);
    }

    /** The same VM seen as another machine. */
    public VmShape withHardware(VmHardware other) {
        return new VmShape(vmId, name, uuid, cpuCount, memoryBytes, firmware, disks, nics, annotation, other);
    }

    private static void check(boolean holds, String complaint) {
        if (!holds) {
            throw new IllegalArgumentException(complaint);
        }
    }
}
