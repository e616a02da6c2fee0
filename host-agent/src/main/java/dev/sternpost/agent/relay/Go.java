package dev.sternpost.agent.relay;

/**
 * The source's word that everything has arrived and the guest may run at the target. Instants in nanoseconds are by the
 * target's monotonic clock.
 *
 * @param nextGeneration generation the lock carries for the target
 * @param bootEpochMillis when the guest was powered on, milliseconds since the epoch
 * @param stopNanos when the guest's virtual CPUs stopped at the source
 * @param clockErrorNanos how wrong these times may be
 * @param lastTick sequence of the guest's last tick at the source; -1 when it did not tick
 * @param lastTickNanos when that tick arrived; meaningless without a tick
 * @param longestGapNanos longest hole between ticks in the last second at the source; 0 without ticks
 */
public record Go(
        long nextGeneration,
        long bootEpochMillis,
        long stopNanos,
        long clockErrorNanos,
        long lastTick,
        long lastTickNanos,
        long longestGapNanos) {

    /** Whether the guest ticked at the source. */
    public boolean ticked() {
        return lastTick >= 0;
    }
}
