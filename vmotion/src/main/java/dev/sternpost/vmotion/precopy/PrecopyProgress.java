package dev.sternpost.vmotion.precopy;

import java.util.List;

/**
 * A pre-copy as its engine reports it.
 *
 * @param rounds in order; the last one is under way
 * @param remainingBytes left to send now
 * @param bandwidthBytesPerSecond what the stream achieves; 0 while unknown
 * @param elapsedMillis since the first byte
 */
public record PrecopyProgress(
        List<PrecopyRound> rounds, long remainingBytes, long bandwidthBytesPerSecond, long elapsedMillis) {

    public PrecopyProgress {
        rounds = List.copyOf(rounds);
        if (remainingBytes < 0 || bandwidthBytesPerSecond < 0 || elapsedMillis < 0) {
            throw new IllegalArgumentException("figures of a pre-copy are not negative");
        }
    }

    /** Whether every page has been sent at least once. */
    public boolean fullPassDone() {
        return rounds.size() >= 2;
    }

    /** Milliseconds the guest would stand still if it were stopped now; infinite while the bandwidth is unknown. */
    public double expectedDowntimeMillis() {
        if (remainingBytes == 0) {
            return 0;
        }
        return bandwidthBytesPerSecond == 0
                ? Double.POSITIVE_INFINITY
                : remainingBytes * 1000.0 / bandwidthBytesPerSecond;
    }
}
