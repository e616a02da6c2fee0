package dev.sternpost.vmotion.compatibility;

/**
 * What is left on a host for one that comes.
 *
 * @param memoryBytes that nothing is promised of yet
 * @param cpuMhz that nobody who runs there has reserved
 */
public record TargetRoom(long memoryBytes, long cpuMhz) {}
