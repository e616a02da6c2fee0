package dev.sternpost.agent.statistics;

import dev.sternpost.agent.engine.VmMeters;

/**
 * What a virtual machine used in one interval.
 *
 * @param vmId id of the virtual machine
 * @param intervalMillis length of the interval
 * @param cpuCount its virtual CPUs
 * @param memoryBytes memory its guest sees
 * @param used memory as it was at the end, all else the growth in the interval; its time is the interval's length
 */
public record VmSample(String vmId, long intervalMillis, int cpuCount, long memoryBytes, VmMeters used) {}
