package dev.sternpost.vmotion.precopy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Leads one pre-copy towards its downtime budget. Learns from each round how the guest writes, and takes the mildest means that
 * makes it converge in time: none; more bandwidth; the least throttle; post-copy; giving up. From the end of the second round
 * on it knows whether the rounds alone converge.
 *
 * <p>Of one migration and for one thread. No clock: the time is what the reports say.
 */
public final class ConvergenceControl {
    /** Rounds after which there is enough to judge by. */
    static final int ROUNDS_TO_JUDGE = 2;

    /** Rounds of which each said that nothing helps, until it is believed. */
    static final int ROUNDS_TO_GIVE_UP = 8;

    /** A guest may calm down: so long it is tried at least, if so much time is allowed. */
    static final long MILLIS_TO_GIVE_UP = 30_000;

    private static final int SEARCH_STEPS = 20;

    /** A throttle is loosened only when much less would do, so that it does not swing. */
    private static final double LOOSEN_BELOW = 0.7;

    /**
     * How likely a means must be to suffice. When a hot set is dirty whole at the end of each round, nobody knows how fast
     * it is written; so the means begins mild, and what the next round shows decides.
     */
    private static final double SUFFICES = 0.3;

    /** A throttle is tightened at least by so much, so that each change is worth one. */
    private static final double TIGHTEN_SHARE_MIN = 0.02;

    private static final double OLDER_SAMPLE_ERROR_FACTOR = 1.25;
    private static final double MINIMAL_BANDWIDTH_BYTES_PER_SECOND = 1;

    private final PrecopyLimits limits;
    private final ConvergenceMeans means;
    private final EngineCost cost;
    private final double memoryBytes;
    private final List<DirtySample> samples;
    private long bandwidthLimit;
    private double throttleShare;
    private int roundsSeen;
    private int hopelessRounds;
    private long lastElapsedMillis;
    private double observedMillis;
    private double guestMillis;
    private @Nullable PrecopyForecast forecast;

    /**
     * @param memoryBytes of the guest
     * @param before what was seen of the guest before; may be empty
     */
    public ConvergenceControl(
            PrecopyLimits limits,
            ConvergenceMeans means,
            EngineCost cost,
            double memoryBytes,
            List<DirtySample> before) {
        this.limits = limits;
        this.means = means;
        this.cost = cost;
        this.memoryBytes = memoryBytes;
        this.samples = new ArrayList<>(
                before.stream().map(sample -> sample.lessCertain(2)).toList());
        this.bandwidthLimit = means.bandwidthLimitBytesPerSecond();
    }

    /** What to do now. Whoever asks does it: the next report is taken as one of a guest and a link so treated. */
    public PrecopyDecision decide(PrecopyProgress progress) {
        boolean learned = learn(progress);
        PrecopyDecision byRule = ConvergencePolicy.decide(progress, limits);
        if (byRule instanceof PrecopyDecision.SwitchOver) {
            return byRule;
        }
        if (byRule instanceof PrecopyDecision.GiveUp && means.postCopyAllowed() && progress.fullPassDone()) {
            return new PrecopyDecision.PostCopy(byRule.reason());
        }
        if (byRule instanceof PrecopyDecision.GiveUp || !learned || progress.bandwidthBytesPerSecond() == 0) {
            return byRule;
        }
        PrecopyForecast now = PrecopyPredictor.predict(question(progress, throttleShare, bandwidthOf(progress)));
        forecast = now;
        return roundsSeen < ROUNDS_TO_JUDGE ? new PrecopyDecision.Continue(now.sentence()) : judge(progress, now);
    }

    private PrecopyDecision judge(PrecopyProgress progress, PrecopyForecast now) {
        if (now.converges()) {
            hopelessRounds = 0;
            double enough = throttleShare == 0 ? 0 : leastThrottle(progress);
            if (throttleShare > 0 && enough < throttleShare * LOOSEN_BELOW) {
                throttleShare = enough;
                return new PrecopyDecision.Throttle(
                        enough, "the guest has become calmer: " + percent(enough) + " of its time is enough to take");
            }
            return new PrecopyDecision.Continue(now.sentence());
        }
        if (roundsSeen == ROUNDS_TO_JUDGE && !now.hopeless()) {
            // A sweep and random writes may look alike so far; the next round tells.
            return new PrecopyDecision.Continue(now.sentence());
        }
        long bandwidthMax = means.bandwidthLimitBytesPerSecondMax();
        if (bandwidthLimit > 0 && bandwidthMax > bandwidthLimit) {
            bandwidthLimit = (long) Math.ceil(leastBandwidth(progress, bandwidthMax));
            return new PrecopyDecision.RaiseBandwidth(
                    bandwidthLimit,
                    "%s; %s/s is enough".formatted(now.sentence(), PrecopyForecast.bytes(bandwidthLimit)));
        }
        if (throttleShare < means.throttleShareMax()) {
            double share = Math.max(leastThrottle(progress), throttleShare + TIGHTEN_SHARE_MIN);
            throttleShare = Math.min(means.throttleShareMax(), share);
            return new PrecopyDecision.Throttle(
                    throttleShare,
                    "%s; taking %s of its time is the least that helps"
                            .formatted(now.sentence(), percent(throttleShare)));
        }
        if (means.postCopyAllowed()) {
            return new PrecopyDecision.PostCopy(now.sentence() + "; the rest is fetched by the target");
        }
        hopelessRounds = now.hopeless() ? hopelessRounds + 1 : 0;
        return hopelessRounds >= ROUNDS_TO_GIVE_UP && progress.elapsedMillis() >= MILLIS_TO_GIVE_UP
                ? new PrecopyDecision.GiveUp(now.sentence() + advice(progress))
                : new PrecopyDecision.Continue(now.sentence());
    }

    private String advice(PrecopyProgress progress) {
        return String.format(
                Locale.ROOT,
                ". To stop it now would be a pause of %.0f ms. Allow a longer pause than %d ms, raise the bandwidth limit or migrate"
                        + " when the guest is less busy",
                progress.expectedDowntimeMillis(),
                limits.downtimeMillis());
    }

    /** Takes a sample at the end of each round; whether there was one. */
    private boolean learn(PrecopyProgress progress) {
        double passed = Math.max(0, progress.elapsedMillis() - lastElapsedMillis);
        lastElapsedMillis = Math.max(lastElapsedMillis, progress.elapsedMillis());
        observedMillis += passed;
        guestMillis += passed * (1 - throttleShare);
        if (!progress.fullPassDone()) {
            return false;
        }
        PrecopyRound ended = progress.rounds().get(progress.rounds().size() - 2);
        if (ended.number() <= roundsSeen || ended.durationMillis() == 0) {
            return false;
        }
        roundsSeen = ended.number();
        double guestShare = observedMillis == 0 ? 1 - throttleShare : guestMillis / observedMillis;
        observedMillis = 0;
        guestMillis = 0;
        samples.replaceAll(sample -> sample.lessCertain(OLDER_SAMPLE_ERROR_FACTOR));
        samples.add(DirtySample.ofBitmap(ended.durationMillis() / 1000.0 * guestShare, ended.remainingBytes()));
        return true;
    }

    private static double bandwidthOf(PrecopyProgress progress) {
        return Math.max(MINIMAL_BANDWIDTH_BYTES_PER_SECOND, progress.bandwidthBytesPerSecond());
    }

    private PrecopyPredictor.Question question(PrecopyProgress progress, double share, double bandwidth) {
        long leftMillis = Math.max(1, limits.timeoutMillis() - progress.elapsedMillis());
        return new PrecopyPredictor.Question(
                LoadEstimate.from(samples, memoryBytes).throttled(share),
                Range.exactly((double) progress.remainingBytes()),
                progress.rounds().getLast().durationMillis() / 1000.0,
                Range.around(bandwidth, 0.05),
                limits.within(leftMillis),
                cost);
    }

    private double leastThrottle(PrecopyProgress progress) {
        PrecopyPredictor.Question plain = question(progress, 0, bandwidthOf(progress));
        return least(
                0,
                means.throttleShareMax(),
                share -> plain.with(plain.load().throttled(share), plain.bandwidthBytesPerSecond()));
    }

    private double leastBandwidth(PrecopyProgress progress, long most) {
        PrecopyPredictor.Question plain = question(progress, throttleShare, bandwidthOf(progress));
        return least(bandwidthLimit, most, bandwidth -> plain.with(plain.load(), Range.around(bandwidth, 0.05)));
    }

    /** The least of a scale with which it converges; the most when none does. */
    private static double least(double low, double high, DoubleFunction<PrecopyPredictor.Question> of) {
        if (PrecopyPredictor.convergence(of.apply(low)) >= SUFFICES) {
            return low;
        }
        double fails = low;
        double helps = high;
        for (int step = 0; step < SEARCH_STEPS; step++) {
            double middle = (fails + helps) / 2;
            if (PrecopyPredictor.convergence(of.apply(middle)) >= SUFFICES) {
                helps = middle;
            } else {
                fails = middle;
            }
        }
        return helps;
    }

    private static String percent(double share) {
        return Math.round(share * 100) + " %";
    }

    /** What is expected as of the last round that ended; empty during the first. */
    public Optional<PrecopyForecast> forecast() {
        return Optional.ofNullable(forecast);
    }

    /** What was seen of the guest, the oldest first, for the next migration. */
    public List<DirtySample> samples() {
        return List.copyOf(samples);
    }

    /** The share of its time that is taken from the guest now. */
    public double throttleShare() {
        return throttleShare;
    }
}
