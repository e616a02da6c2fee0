package dev.sternpost.drs;

import dev.sternpost.inventory.HostId;
import java.util.List;

/**
 * How a cluster is off.
 *
 * @param score 0 to 100: the part of what all VMs should get that is not lost to sharing hosts
 * @param cpuDeviation standard deviation of the hosts' use of CPU, as a part of their capacity
 * @param memoryDeviation the same of memory
 * @param hosts in the order of ids
 */
public record ClusterBalance(double score, double cpuDeviation, double memoryDeviation, List<HostUse> hosts) {
    public ClusterBalance {
        hosts = List.copyOf(hosts);
    }

    /**
     * What a host carries.
     *
     * @param cpuUse what its VMs should get of CPU, as a part of its capacity; over 1 when they cannot
     * @param memoryUse the same of memory
     * @param memoryFreeBytes memory that is not given out
     * @param vmCount running VMs
     */
    public record HostUse(HostId hostId, double cpuUse, double memoryUse, long memoryFreeBytes, int vmCount) {}
}
