package dev.sternpost.agent.relay;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Optional;

/**
 * Compares the {@link System#nanoTime()} clocks of two hosts from probes with four timestamps, as NTP does (RFC 5905,
 * section 8): sent here t0, received there t1, answered there t2, received here t3. Of the newest probes the one with the
 * shortest way counts, since waiting in a queue lengthens one way and not the other; its offset is wrong by at most half
 * its round trip.
 */
final class ClockComparison {

    private static final int SAMPLES_MAX = 16;

    private final ArrayDeque<ClockOffset> samples = new ArrayDeque<>();

    /** Adds one probe's timestamps. */
    synchronized void add(long t0, long t1, long t2, long t3) {
        long roundTrip = (t3 - t0) - (t2 - t1);
        if (roundTrip < 0 || t2 < t1) {
            return; // No honest probe looks so.
        }
        samples.addLast(new ClockOffset(((t1 - t0) + (t2 - t3)) / 2, roundTrip));
        if (samples.size() > SAMPLES_MAX) {
            samples.removeFirst();
        }
    }

    /** The best of the newest probes; empty before the first. */
    synchronized Optional<ClockOffset> best() {
        return samples.stream().min(Comparator.comparingLong(ClockOffset::roundTripNanos));
    }
}
