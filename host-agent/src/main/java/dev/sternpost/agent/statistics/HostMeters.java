package dev.sternpost.agent.statistics;

import dev.sternpost.agent.engine.VmMeters;

/**
 * What a host has used since it was switched on.
 *
 * @param nanoTime when the figures were read, by {@link System#nanoTime}
 * @param cpuCount logical CPUs
 * @param cpuMhz clock of one
 * @param cpuUsedNanos CPU time in use, all CPUs together
 * @param cpuStolenNanos CPU time that the machine below this one took away, all CPUs together
 * @param memoryBytes memory there is
 * @param memoryConsumedBytes memory in use now
 * @param pressure what tasks waited for
 */
record HostMeters(
        long nanoTime,
        int cpuCount,
        int cpuMhz,
        long cpuUsedNanos,
        long cpuStolenNanos,
        long memoryBytes,
        long memoryConsumedBytes,
        VmMeters.Pressure pressure) {}
