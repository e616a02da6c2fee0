package dev.sternpost.inventory.power;

import dev.sternpost.inventory.ClusterId;
import java.util.Objects;

/**
 * How the power of a cluster's hosts is managed.
 *
 * @param level how much is done
 * @param useTargetPercent how full the hosts that are on should be, of CPU or memory, whichever is more
 * @param useTolerancePercent how far off that they may be: above, hosts are woken, below, they are put into stand-by
 * @param hostsMin hosts that always stay on
 * @param stateSeconds how long a host stays on or in stand-by before that is changed
 * @param cpuMhzMin CPU capacity that always stays on; 0 for no such bound
 * @param memoryBytesMin memory that always stays on; 0 for no such bound
 */
public record ClusterPower(
        ClusterId clusterId,
        PowerLevel level,
        int useTargetPercent,
        int useTolerancePercent,
        int hostsMin,
        int stateSeconds,
        long cpuMhzMin,
        long memoryBytesMin) {
    /** Most hosts that can be asked to stay on. */
    public static final int HOSTS_MIN_MAX = 1_000;

    /** Longest a state can be asked to last: a day. */
    public static final int STATE_SECONDS_MAX = 86_400;

    public ClusterPower {
        Objects.requireNonNull(clusterId, "clusterId");
        Objects.requireNonNull(level, "level");
        if (useTolerancePercent < 0
                || useTargetPercent - useTolerancePercent < 0
                || useTargetPercent + useTolerancePercent > 100) {
            throw new IllegalArgumentException("%d %% with %d %% to either side does not lie between 0 and 100"
                    .formatted(useTargetPercent, useTolerancePercent));
        }
        if (hostsMin < 1 || hostsMin > HOSTS_MIN_MAX || stateSeconds < 0 || stateSeconds > STATE_SECONDS_MAX) {
            throw new IllegalArgumentException("hosts %d, seconds %d".formatted(hostsMin, stateSeconds));
        }
        if (cpuMhzMin < 0 || memoryBytesMin < 0) {
            throw new IllegalArgumentException("capacity is not negative");
        }
    }

    /** Off, with the field's figures: 63 % with 18 % to either side; two hosts and twenty minutes. */
    public static ClusterPower standard(ClusterId clusterId) {
        return new ClusterPower(clusterId, PowerLevel.OFF, 63, 18, 2, 1_200, 0, 0);
    }
}
