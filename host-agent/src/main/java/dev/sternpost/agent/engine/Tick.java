package dev.sternpost.agent.engine;

/**
 * One tick of the guest, stamped when its last byte arrived at the agent.
 *
 * @param sequence counts up by one in the guest, also across a live migration
 * @param guestMonotonicNanos the guest's monotonic clock
 * @param guestRealtimeNanos the guest's wall clock, since the epoch
 * @param arrivalNanoTime {@link System#nanoTime()} of this agent
 * @param arrivalEpochNanos this host's wall clock, since the epoch
 */
public record Tick(
        long sequence,
        long guestMonotonicNanos,
        long guestRealtimeNanos,
        long arrivalNanoTime,
        long arrivalEpochNanos) {}
