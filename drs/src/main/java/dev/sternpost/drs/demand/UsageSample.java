package dev.sternpost.drs.demand;

/**
 * What a VM was seen to use since the sample before.
 *
 * @param timeSeconds when, from any fixed beginning that falls on midnight
 * @param cpuUsedMhz what it ran
 * @param cpuReadyMhz what it would have run had a CPU been free: time it was ready and waited, at the host's clock
 * @param memoryConsumedBytes what its host holds for it
 * @param memoryActiveBytes what it touched lately; as much as is consumed when that is not known
 * @param memoryPressure part of the time in which something on its host waited for memory, 0 to 1
 */
public record UsageSample(
        long timeSeconds,
        double cpuUsedMhz,
        double cpuReadyMhz,
        double memoryConsumedBytes,
        double memoryActiveBytes,
        double memoryPressure) {

    public UsageSample {
        if (!(cpuUsedMhz >= 0 && cpuReadyMhz >= 0 && memoryConsumedBytes >= 0 && memoryActiveBytes >= 0)
                || !(memoryPressure >= 0 && memoryPressure <= 1)
                || !Double.isFinite(cpuUsedMhz + cpuReadyMhz + memoryConsumedBytes + memoryActiveBytes)) {
            throw new IllegalArgumentException("a sample is not negative, and pressure a part of one");
        }
    }
}
