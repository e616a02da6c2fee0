package dev.sternpost.agent.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * Makes pre-copy rounds out of samples of an engine's counters. For engines; not safe for several threads.
 *
 * <p>Bandwidth is the best of the newest samples: the rate falls by itself when little is left to send, which says
 * nothing about the link.
 */
public final class RoundTracker {

    private static final int BANDWIDTH_SAMPLES_MAX = 8;

    private final List<MigrationRound> done = new ArrayList<>();
    private final List<Long> bandwidths = new ArrayList<>();
    private int syncs = 1;
    private int number = 1;
    private long roundStartMillis;
    private long roundStartSentBytes;
    private long remainingAfterSyncBytes = Long.MAX_VALUE;
    private Sample last = new Sample(1, 0, 0, 0, 0, 0);

    /**
     * Counters at one moment.
     *
     * @param syncCount how often the dirty bitmap was read: 1 in the first round
     * @param sentBytes sent so far
     * @param remainingBytes left now
     * @param dirtyRateBytesPerSecond as the engine has it; 0 until known
     * @param bandwidthBytesPerSecond achieved lately; 0 when unknown or not to be counted
     * @param elapsedMillis since the start
     */
    public record Sample(
            int syncCount,
            long sentBytes,
            long remainingBytes,
            long dirtyRateBytesPerSecond,
            long bandwidthBytesPerSecond,
            long elapsedMillis) {}

    /** Takes a sample; an older one than the last is ignored. */
    public void sample(Sample sample) {
        if (sample.elapsedMillis() < last.elapsedMillis() || sample.syncCount() < syncs) {
            return;
        }
        if (sample.syncCount() > syncs) {
            // Readings of the bitmap that passed between two samples cannot be told apart any more: they are one round.
            done.add(new MigrationRound(
                    number++,
                    sample.sentBytes() - roundStartSentBytes,
                    sample.remainingBytes(),
                    sample.dirtyRateBytesPerSecond(),
                    sample.elapsedMillis() - roundStartMillis));
            if (done.size() >= MigrationProgress.ROUNDS_MAX) {
                done.removeFirst();
            }
            syncs = sample.syncCount();
            roundStartMillis = sample.elapsedMillis();
            roundStartSentBytes = sample.sentBytes();
            remainingAfterSyncBytes = sample.remainingBytes();
        }
        if (sample.bandwidthBytesPerSecond() > 0) {
            bandwidths.add(sample.bandwidthBytesPerSecond());
            if (bandwidths.size() > BANDWIDTH_SAMPLES_MAX) {
                bandwidths.removeFirst();
            }
        }
        last = sample;
    }

    /**
     * Takes a sample of a time in which sending is held back: it tells what is dirty, but makes no round and says
     * nothing about the link.
     */
    public void sampleHeld(Sample sample) {
        if (sample.elapsedMillis() < last.elapsedMillis() || sample.syncCount() < syncs) {
            return;
        }
        if (sample.syncCount() > syncs) {
            syncs = sample.syncCount();
            remainingAfterSyncBytes = sample.remainingBytes();
        }
        last = sample;
    }

    /** Takes a sample of a time in which sending is slowed on purpose: a round may end, but bandwidth is not learned. */
    public void sampleSlowed(Sample sample) {
        if (sample.elapsedMillis() < last.elapsedMillis() || sample.syncCount() < syncs) {
            return;
        }
        sample(new Sample(
                sample.syncCount(),
                sample.sentBytes(),
                sample.remainingBytes(),
                sample.dirtyRateBytesPerSecond(),
                0,
                sample.elapsedMillis()));
        last = sample;
    }

    /** The rounds, the last one in progress. */
    public List<MigrationRound> rounds() {
        List<MigrationRound> rounds = new ArrayList<>(done);
        rounds.add(new MigrationRound(
                number,
                last.sentBytes() - roundStartSentBytes,
                last.remainingBytes(),
                last.dirtyRateBytesPerSecond(),
                last.elapsedMillis() - roundStartMillis));
        return rounds;
    }

    /** Dirty at the end of the last full round; {@link Long#MAX_VALUE} during the first. */
    public long remainingAfterSyncBytes() {
        return remainingAfterSyncBytes;
    }

    /** Best of the newest samples; 0 until known. */
    public long bandwidthBytesPerSecond() {
        return bandwidths.stream().mapToLong(Long::longValue).max().orElse(0);
    }

    /** The newest sample. */
    public Sample last() {
        return last;
    }
}
