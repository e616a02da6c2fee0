package dev.sternpost.vmotion.precopy;

/**
 * How long a migration may pause the guest and how long it may try.
 *
 * @param downtimeMillis longest pause wanted
 * @param timeoutMillis give up when it has not converged after this long
 */
public record PrecopyLimits(long downtimeMillis, long timeoutMillis) {

    /** Longest pause when the caller names none. */
    public static final long DOWNTIME_MILLIS_DEFAULT = 300;

    /** Longest try when the caller names none. */
    public static final long TIMEOUT_MILLIS_DEFAULT = 600_000;

    public PrecopyLimits {
        if (downtimeMillis < 1 || timeoutMillis < 1) {
            throw new IllegalArgumentException("limits of a pre-copy are at least one millisecond");
        }
    }

    /** Zero stands for the default, as in the contract. */
    public static PrecopyLimits of(long downtimeMillis, long timeoutMillis) {
        return new PrecopyLimits(
                downtimeMillis == 0 ? DOWNTIME_MILLIS_DEFAULT : downtimeMillis,
                timeoutMillis == 0 ? TIMEOUT_MILLIS_DEFAULT : timeoutMillis);
    }
}
