package dev.sternpost.vmotion.precopy;

/**
 * How long a migration may pause the guest and how long it may try.
 *
 * @param downtimeMillis longest pause of the guest that is wanted: its downtime budget
 * @param pagesMillis of that, how long the sending of the last pages may take; the rest is for what a switch-over takes besides
 * @param timeoutMillis give up when it has not converged after this long
 */
public record PrecopyLimits(long downtimeMillis, long pagesMillis, long timeoutMillis) {

    /** Longest pause when the caller names none. */
    public static final long DOWNTIME_MILLIS_DEFAULT = 300;

    /** No pause is shorter than this, however little is left to send: devices, two round trips, the start at the target. */
    public static final long DOWNTIME_MILLIS_MIN = 10;

    /** Longest pause that can be asked for. */
    public static final long DOWNTIME_MILLIS_MAX = 60_000;

    /** Longest try when the caller names none. */
    public static final long TIMEOUT_MILLIS_DEFAULT = 600_000;

    public PrecopyLimits {
        if (downtimeMillis < 1 || pagesMillis < 1 || pagesMillis > downtimeMillis || timeoutMillis < 1) {
            throw new IllegalArgumentException("limits of a pre-copy are at least one millisecond");
        }
    }

    /** All of the pause is for pages. */
    public PrecopyLimits(long downtimeMillis, long timeoutMillis) {
        this(downtimeMillis, downtimeMillis, timeoutMillis);
    }

    /** Zero stands for the default, as in the contract. */
    public static PrecopyLimits of(long downtimeMillis, long timeoutMillis) {
        return new PrecopyLimits(
                downtimeMillis == 0 ? DOWNTIME_MILLIS_DEFAULT : downtimeMillis,
                timeoutMillis == 0 ? TIMEOUT_MILLIS_DEFAULT : timeoutMillis);
    }

    /**
     * The same budget, of which what the engine usually takes for itself is kept for it. Half of it is for pages at least: a budget
     * that the engine alone uses up cannot be met, and then a pause of half as much again is better than none of the moves.
     */
    public PrecopyLimits sparing(EngineCost cost) {
        long engineMillis = Math.round(cost.pauseMillis().expected());
        return new PrecopyLimits(
                downtimeMillis, Math.max((downtimeMillis + 1) / 2, downtimeMillis - engineMillis), timeoutMillis);
    }

    /** The same budget with so much time left to try. */
    PrecopyLimits within(long newTimeoutMillis) {
        return new PrecopyLimits(downtimeMillis, pagesMillis, newTimeoutMillis);
    }
}
