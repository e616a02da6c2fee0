package dev.sternpost.inventory;

import java.util.Objects;

/**
 * A virtual disk.
 *
 * @param label inside the virtual machine, such as "disk0"
 * @param capacityBytes size the guest sees
 * @param provisioning how its blocks are set aside
 * @param fileName inside the directory of the virtual machine; empty until its host has made the file
 * @param allocatedBytes bytes really taken on the datastore
 */
public record VirtualDisk(
        String label, long capacityBytes, DiskProvisioning provisioning, String fileName, long allocatedBytes) {
    public VirtualDisk {
        Checks.notBlank("label", label);
        Checks.positive("capacityBytes", capacityBytes);
        Objects.requireNonNull(provisioning, "provisioning");
        Objects.requireNonNull(fileName, "fileName");
        Checks.notNegative("allocatedBytes", allocatedBytes);
    }
}
