package dev.sternpost.agent.statistics;

import dev.sternpost.agent.engine.VmMeters;

/**
 * What a host used in one interval.
 *
 * @param intervalMillis length of the interval
 * @param cpuCount logical CPUs
 * @param cpuMhz clock of one
 * @param cpuUsedMillis CPU time in use, all CPUs together
 * @param cpuStolenMillis CPU time that the machine below this one took away, all CPUs together
 * @param memoryBytes memory there is
 * @param memoryConsumedBytes memory in use at the end
 * @param pressure what tasks waited for in the interval
 */
public record HostSample(
        long intervalMillis,
        int cpuCount,
        int cpuMhz,
        long cpuUsedMillis,
        long cpuStolenMillis,
        long memoryBytes,
        long memoryConsumedBytes,
        VmMeters.Pressure pressure) {}
