package dev.sternpost.drs.snapshot;

/**
 * What a host suffers that its VMs' demand does not explain. It makes the host count as smaller when load is shared out; what may be promised
 * on it is not touched.
 *
 * @param cpuStealPart part of its CPUs' time that goes to others than its VMs, 0 to 1
 * @param memoryPressure part of the time in which something on it waits for memory, 0 to 1
 */
public record HostContention(double cpuStealPart, double memoryPressure) {
    /** A host that suffers nothing. */
    public static final HostContention NONE = new HostContention(0, 0);

    /** The part of a host that is always taken to be left. */
    private static final double LEFT_MIN = 0.1;

    public HostContention {
        if (!(cpuStealPart >= 0 && cpuStealPart <= 1 && memoryPressure >= 0 && memoryPressure <= 1)) {
            throw new IllegalArgumentException(
                    "parts lie between 0 and 1: %s, %s".formatted(cpuStealPart, memoryPressure));
        }
    }

    double cpuLeft() {
        return Math.max(LEFT_MIN, 1 - cpuStealPart);
    }

    double memoryLeft() {
        return Math.max(LEFT_MIN, 1 - memoryPressure);
    }
}
