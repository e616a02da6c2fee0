package dev.sternpost.agent.engine;

/**
 * One pre-copy round.
 *
 * @param number 1 for the full pass
 * @param sentBytes bytes sent in it
 * @param remainingBytes bytes dirty at its end; of the round in progress, bytes left now
 * @param dirtyRateBytesPerSecond rate at which the guest dirtied memory in it; 0 until known
 * @param durationMillis length of the round so far
 */
public record MigrationRound(
        int number, long sentBytes, long remainingBytes, long dirtyRateBytesPerSecond, long durationMillis) {}
