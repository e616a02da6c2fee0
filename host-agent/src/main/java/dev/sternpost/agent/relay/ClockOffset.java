package dev.sternpost.agent.relay;

/**
 * How far the other host's monotonic clock is ahead of ours.
 *
 * @param offsetNanos other clock minus ours
 * @param roundTripNanos round trip of the probe; the offset is wrong by at most half of it
 */
public record ClockOffset(long offsetNanos, long roundTripNanos) {}
