package dev.sternpost.vmotion.baseline;

import java.util.NavigableSet;
import java.util.Objects;

/**
 * A level of CPU features that guests can be held to.
 *
 * @param name as an administrator knows it
 * @param description the CPU that guests of this level are given, as QEMU takes it
 * @param vendor who makes such CPUs; matters where the host's CPU runs the guest itself
 * @param features what it has
 */
public record CpuLevel(String name, String description, Vendor vendor, NavigableSet<String> features) {
    /** Who makes CPUs. */
    public enum Vendor {
        /** Any of them. */
        ANY,
        INTEL,
        AMD;

        /** Whether a CPU that tells this of itself, such as "GenuineIntel", is of this vendor; one that tells nothing may be. */
        boolean fits(String cpuVendor) {
            return switch (this) {
                case ANY -> true;
                case INTEL -> cpuVendor.isEmpty() || cpuVendor.equals("GenuineIntel");
                case AMD -> cpuVendor.isEmpty() || cpuVendor.equals("AuthenticAMD") || cpuVendor.equals("HygonGenuine");
            };
        }
    }

    public CpuLevel {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(description, "description");
        Objects.requireNonNull(vendor, "vendor");
        Objects.requireNonNull(features, "features");
    }
}
