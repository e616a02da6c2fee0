package dev.sternpost.inventory;

import java.util.List;
import java.util.Objects;

/**
 * What must stay free for a failover.
 *
 * @param kind how that is said; the components of other kinds are 0 or empty
 * @param hostFailures hosts that may fail together, whichever they are
 * @param memoryPercent share of memory that is not given away
 * @param cpuPercent share of CPU that is not reserved
 * @param dedicatedHostIds hosts that run nothing, in the order of ids
 */
public record HaAdmission(
        Kind kind, int hostFailures, int memoryPercent, int cpuPercent, List<HostId> dedicatedHostIds) {
    /** Most host failures that can be asked for. */
    public static final int HOST_FAILURES_MAX = 8;

    /** Nothing is kept free. */
    public static final HaAdmission OFF = new HaAdmission(Kind.OFF, 0, 0, 0, List.of());

    /** How it is said what stays free. */
    public enum Kind {
        OFF,
        HOST_FAILURES,
        PERCENTAGE,
        DEDICATED_HOSTS
    }

    public HaAdmission {
        Objects.requireNonNull(kind, "kind");
        dedicatedHostIds = dedicatedHostIds.stream().distinct().sorted().toList();
        boolean sensible = switch (kind) {
            case OFF -> true;
            case HOST_FAILURES -> hostFailures >= 1 && hostFailures <= HOST_FAILURES_MAX;
            case PERCENTAGE -> isPercentage(memoryPercent) && isPercentage(cpuPercent);
            case DEDICATED_HOSTS -> !dedicatedHostIds.isEmpty();
        };
        if (!sensible) {
            throw new IllegalArgumentException("keeps free: " + kind);
        }
    }

    private static boolean isPercentage(int value) {
        return value >= 0 && value <= 100;
    }

    /** So many hosts may fail together. */
    public static HaAdmission hostFailures(int count) {
        return new HaAdmission(Kind.HOST_FAILURES, count, 0, 0, List.of());
    }

    /** So much is not given away. */
    public static HaAdmission percentage(int memoryPercent, int cpuPercent) {
        return new HaAdmission(Kind.PERCENTAGE, 0, memoryPercent, cpuPercent, List.of());
    }

    /** These hosts run nothing. */
    public static HaAdmission dedicatedHosts(List<HostId> hostIds) {
        return new HaAdmission(Kind.DEDICATED_HOSTS, 0, 0, 0, hostIds);
    }
}
