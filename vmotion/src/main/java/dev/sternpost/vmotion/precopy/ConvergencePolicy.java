package dev.sternpost.vmotion.precopy;

import java.util.Locale;

/**
 * Decides, after each report, whether a pre-copy goes on, switches over or gives up.
 *
 * <p>The stopping rule is the classic one (Clark et al., NSDI 2005): what is left divided by the bandwidth fits into the
 * downtime limit. It never switches over before every page has been sent once, so that the pause is a matter of the
 * dirtied pages alone.
 */
public final class ConvergencePolicy {

    private ConvergencePolicy() {}

    public static PrecopyDecision decide(PrecopyProgress progress, PrecopyLimits limits) {
        double downtimeMillis = progress.expectedDowntimeMillis();
        if (progress.fullPassDone() && downtimeMillis <= limits.pagesMillis()) {
            return new PrecopyDecision.SwitchOver(
                    downtimeMillis,
                    String.format(
                            Locale.ROOT,
                            "%d bytes are left, %.0f ms at %d bytes/s",
                            progress.remainingBytes(),
                            downtimeMillis,
                            progress.bandwidthBytesPerSecond()));
        }
        if (progress.elapsedMillis() >= limits.timeoutMillis()) {
            return new PrecopyDecision.GiveUp(giveUpReason(progress, limits));
        }
        return new PrecopyDecision.Continue(
                progress.fullPassDone()
                        ? "the guest still dirties more than fits into the pause"
                        : "the full pass is under way");
    }

    private static String pause(PrecopyProgress progress) {
        double millis = progress.expectedDowntimeMillis();
        return Double.isFinite(millis) ? String.format(Locale.ROOT, "%.0f ms", millis) : "no known length";
    }

    private static String giveUpReason(PrecopyProgress progress, PrecopyLimits limits) {
        long dirtyBytesPerSecond =
                progress.rounds().isEmpty() ? 0 : progress.rounds().getLast().dirtyBytesPerSecond();
        return String.format(
                Locale.ROOT,
                "after %d ms and %d rounds %d bytes are left, which is a pause of %s; the guest dirties %d bytes/s and the stream "
                        + "carries %d bytes/s. Allow a longer pause than %d ms, raise the bandwidth limit or migrate when the guest "
                        + "is less busy",
                progress.elapsedMillis(),
                progress.rounds().size(),
                progress.remainingBytes(),
                pause(progress),
                dirtyBytesPerSecond,
                progress.bandwidthBytesPerSecond(),
                limits.downtimeMillis());
    }
}
