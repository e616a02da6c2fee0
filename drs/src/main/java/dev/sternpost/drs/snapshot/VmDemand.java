package dev.sternpost.drs.snapshot;

/**
 * What a VM would use if it had a host of its own, over the time that is planned for.
 *
 * @param cpuMhz expected
 * @param cpuPeakMhz what it may rise to; at least what is expected
 * @param memoryBytes expected; not what it was given but what it works with
 */
public record VmDemand(double cpuMhz, double cpuPeakMhz, double memoryBytes) {

    public VmDemand {
        if (!(cpuMhz >= 0 && cpuPeakMhz >= cpuMhz && memoryBytes >= 0) || !Double.isFinite(cpuPeakMhz + memoryBytes)) {
            throw new IllegalArgumentException("demand is not negative, and its peak not below it: %s, %s, %s"
                    .formatted(cpuMhz, cpuPeakMhz, memoryBytes));
        }
    }

    /** A demand that does not change. */
    public static VmDemand steady(double cpuMhz, double memoryBytes) {
        return new VmDemand(cpuMhz, cpuMhz, memoryBytes);
    }
}
