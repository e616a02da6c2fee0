package dev.sternpost.drs.layout;

/**
 * What a VM takes on its host.
 *
 * @param cpuMhz what it is expected to use
 * @param memoryBytes what it is expected to work with
 * @param memoryCommittedBytes what its host sets aside for it
 * @param cpuReservedMhz what it is promised
 */
public record Footprint(double cpuMhz, double memoryBytes, long memoryCommittedBytes, long cpuReservedMhz) {
    public Footprint {
        if (!(cpuMhz >= 0 && memoryBytes >= 0) || memoryCommittedBytes < 0 || cpuReservedMhz < 0) {
            throw new IllegalArgumentException("a footprint is not negative");
        }
    }
}
