package dev.sternpost.agent.engine;

import java.util.List;

/**
 * A live migration as its source sees it.
 *
 * @param phase how far it is
 * @param rounds the rounds so far, at most the newest {@value #ROUNDS_MAX}; the last one is in progress
 * @param sentBytes bytes sent
 * @param remainingBytes bytes left now
 * @param remainingAfterSyncBytes bytes dirty at the end of the last full round; {@link Long#MAX_VALUE} during the first
 * @param converged whether what is left fits the pause wanted and the engine holds, or has stopped the guest
 * @param bandwidthBytesPerSecond achieved while sending; 0 until known
 * @param elapsedMillis since the first byte
 * @param engineDowntimeMillis engine's own figure, from stop at the source to completed; 0 until completed
 * @param error why it failed; empty otherwise
 * @param conduct how it is led; engines know nothing of that
 */
public record MigrationProgress(
        MigrationPhase phase,
        List<MigrationRound> rounds,
        long sentBytes,
        long remainingBytes,
        long remainingAfterSyncBytes,
        boolean converged,
        long bandwidthBytesPerSecond,
        long elapsedMillis,
        double engineDowntimeMillis,
        String error,
        MigrationConduct conduct) {

    public static final int ROUNDS_MAX = 200;

    public MigrationProgress {
        rounds = List.copyOf(rounds);
    }

    /** The same, with how it is led. */
    public MigrationProgress with(MigrationConduct newConduct) {
        return new MigrationProgress(
                phase,
                rounds,
                sentBytes,
                remainingBytes,
                remainingAfterSyncBytes,
                converged,
                bandwidthBytesPerSecond,
                elapsedMillis,
                engineDowntimeMillis,
                error,
                newConduct);
    }

    /** Whether what the guest dirties during a round could be sent within this pause. */
    public boolean fits(long downtimeMillisMax) {
        return remainingAfterSyncBytes != Long.MAX_VALUE
                && (double) remainingAfterSyncBytes * 1000 <= (double) bandwidthBytesPerSecond * downtimeMillisMax;
    }
}
