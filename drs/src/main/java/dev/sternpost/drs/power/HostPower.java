package dev.sternpost.drs.power;

/**
 * What is known of a host's power.
 *
 * @param wakeTested whether it was put into stand-by and woken once, as a test, and the last time it was to wake it did
 * @param changedAtSeconds when it was last woken or put into stand-by, in the time of the snapshot
 */
public record HostPower(boolean wakeTested, long changedAtSeconds) {}
