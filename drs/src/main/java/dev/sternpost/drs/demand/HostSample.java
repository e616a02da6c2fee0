package dev.sternpost.drs.demand;

/**
 * What a host was seen to suffer since the sample before.
 *
 * @param timeSeconds when, from any fixed beginning
 * @param cpuStealPart part of its CPUs' time that went to others than its VMs: stolen by what it runs on itself, or used by other programs,
 *     0 to 1
 * @param memoryPressure part of the time in which something on it waited for memory (the "some" of pressure stall information), 0
 *     to 1
 */
public record HostSample(long timeSeconds, double cpuStealPart, double memoryPressure) {
    public HostSample {
        if (!(cpuStealPart >= 0 && cpuStealPart <= 1 && memoryPressure >= 0 && memoryPressure <= 1)) {
            throw new IllegalArgumentException(
                    "parts lie between 0 and 1: %s, %s".formatted(cpuStealPart, memoryPressure));
        }
    }
}
