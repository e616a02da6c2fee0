package dev.sternpost.vmotion.precopy;

/**
 * How a pre-copy goes when guest and link are as assumed: the recurrence V(i+1) = u(V(i)/B), until what is left fits the pause.
 *
 * @param converges whether it does within the time allowed
 * @param rounds until then
 * @param sentBytes in all, the rest in the pause included
 * @param seconds in all; the time allowed when it does not converge
 * @param pauseMillis how long the guest stands still; when it does not converge, how long it would in the end
 */
public record PrecopyCourse(boolean converges, int rounds, double sentBytes, double seconds, double pauseMillis) {

    /** Rounds after which it is taken as not converging. */
    static final int ROUNDS_MAX = 300;

    /** A round that leaves more than this share of what it began with is as good as none. */
    private static final double STALLED_SHARE = 0.9995;

    /**
     * The link, the engine and what is allowed.
     *
     * @param bandwidthBytesPerSecond achieved
     * @param limits of pause and time
     * @param roundSeconds see {@link EngineCost#roundMillis()}
     * @param startSeconds gone before the first byte that is looked at
     * @param finishSeconds after the last round
     * @param pauseMillis of the pause, what is no sending of pages
     */
    record Terms(
            double bandwidthBytesPerSecond,
            PrecopyLimits limits,
            double roundSeconds,
            double startSeconds,
            double finishSeconds,
            double pauseMillis) {

        double fitsBytes() {
            return bandwidthBytesPerSecond * limits.pagesMillis() / 1000;
        }
    }

    /**
     * From its begin, or from any moment.
     *
     * @param load how the guest writes
     * @param leftBytes to send now
     * @param goneSeconds of the round under way
     */
    static PrecopyCourse of(WriteLoad load, double leftBytes, double goneSeconds, Terms terms) {
        double left = leftBytes;
        double seconds = terms.startSeconds();
        double sent = 0;
        double gone = goneSeconds;
        double allowedSeconds = terms.limits().timeoutMillis() / 1000.0;
        int rounds = 0;
        boolean converges = false;
        boolean stalled = false;
        while (!converges && !stalled && rounds < ROUNDS_MAX && seconds <= allowedSeconds) {
            double round = left / terms.bandwidthBytesPerSecond() + terms.roundSeconds();
            double before = left;
            sent += left;
            seconds += round;
            left = load.uniqueBytes(round + gone);
            gone = 0;
            rounds++;
            converges = left <= terms.fitsBytes();
            stalled = rounds > 1 && left > before * STALLED_SHARE;
        }
        double pauseMillis = left * 1000 / terms.bandwidthBytesPerSecond() + terms.pauseMillis();
        return new PrecopyCourse(
                converges,
                rounds,
                sent + left,
                converges ? seconds + terms.finishSeconds() + pauseMillis / 1000 : allowedSeconds,
                pauseMillis);
    }
}
