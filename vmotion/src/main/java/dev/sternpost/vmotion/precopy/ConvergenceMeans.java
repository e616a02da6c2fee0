package dev.sternpost.vmotion.precopy;

/**
 * What may be done so that a pre-copy converges.
 *
 * @param bandwidthLimitBytesPerSecond limit it begins with; 0 for none
 * @param bandwidthLimitBytesPerSecondMax up to where the limit may be raised; not above the first: not at all
 * @param throttleShareMax the largest share of its time that may be taken from the guest, 0 to 0.99
 * @param postCopyAllowed whether the guest may run at the target before its memory is there
 */
public record ConvergenceMeans(
        long bandwidthLimitBytesPerSecond,
        long bandwidthLimitBytesPerSecondMax,
        double throttleShareMax,
        boolean postCopyAllowed) {

    /** The most that is taken from a guest unless something else is said: above it guests see stalls of a second. */
    public static final double THROTTLE_SHARE_MAX_DEFAULT = 0.8;

    /** Only the rounds themselves. */
    public static final ConvergenceMeans NONE = new ConvergenceMeans(0, 0, 0, false);

    public ConvergenceMeans {
        if (bandwidthLimitBytesPerSecond < 0
                || bandwidthLimitBytesPerSecondMax < 0
                || !(throttleShareMax >= 0 && throttleShareMax <= 0.99)) {
            throw new IllegalArgumentException("means of convergence out of range");
        }
    }

    /** Begins with this limit, which is not raised, and may throttle as much as is usual. */
    public static ConvergenceMeans standard(long bandwidthLimitBytesPerSecond) {
        return new ConvergenceMeans(bandwidthLimitBytesPerSecond, 0, THROTTLE_SHARE_MAX_DEFAULT, false);
    }
}
