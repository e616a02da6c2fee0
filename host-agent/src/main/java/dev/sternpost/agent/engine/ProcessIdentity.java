package dev.sternpost.agent.engine;

/**
 * Names one process for good: pids are reused, and a zombie still has one.
 *
 * @param pid process id; 0 for an engine without processes
 * @param startTicks start time in clock ticks since boot (field 22 of /proc/PID/stat)
 * @param bootId /proc/sys/kernel/random/boot_id
 */
public record ProcessIdentity(long pid, long startTicks, String bootId) {}
