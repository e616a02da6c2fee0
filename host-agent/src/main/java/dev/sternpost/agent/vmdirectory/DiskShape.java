package dev.sternpost.agent.vmdirectory;

/**
 * One disk of a virtual machine.
 *
 * @param label name inside the VM, such as "disk0"
 * @param capacityBytes size the guest sees, a multiple of 512
 * @param provisioning how its blocks are set aside
 * @param fileName file inside the VM's directory; empty in a wish, then the directory names it
 * @param allocatedBytes bytes really taken on the datastore; 0 in a wish
 */
public record DiskShape(
        String label, long capacityBytes, Provisioning provisioning, String fileName, long allocatedBytes) {

    /** Largest disk: 62 TiB, as the field has it. */
    public static final long CAPACITY_BYTES_MAX = 62L << 40;

    public DiskShape {
        Names.checkLabel(label, "disk label");
        if (capacityBytes <= 0 || capacityBytes > CAPACITY_BYTES_MAX || capacityBytes % 512 != 0) {
            throw new IllegalArgumentException("capacity of " + label
                    + " must be a positive multiple of 512 bytes, at most 62 TiB, not " + capacityBytes);
        }
        if (!fileName.isEmpty()) {
            Names.checkFileName(fileName, "file name of " + label);
        }
        if (allocatedBytes < 0) {
            throw new IllegalArgumentException("allocated bytes must not be negative");
        }
    }

    /** The same disk in that file. */
    public DiskShape withFileName(String name) {
        return new DiskShape(label, capacityBytes, provisioning, name, allocatedBytes);
    }

    /** The same disk with that much really taken. */
    public DiskShape withAllocatedBytes(long bytes) {
        return new DiskShape(label, capacityBytes, provisioning, fileName, bytes);
    }
}
