package dev.sternpost.drs;

import dev.sternpost.inventory.VirtualMachineId;

/**
 * How a running VM is off where it is.
 *
 * @param score 0 to 100; the lesser of what CPU and memory alone would give
 * @param cpuDemandedMhz what it would use
 * @param cpuEntitledMhz what it should get of the cluster, by reservation, limit, shares and demand
 * @param cpuDeliveredMhz what its host can give it
 */
public record VmScore(
        VirtualMachineId vmId, int score, double cpuDemandedMhz, double cpuEntitledMhz, double cpuDeliveredMhz) {}
