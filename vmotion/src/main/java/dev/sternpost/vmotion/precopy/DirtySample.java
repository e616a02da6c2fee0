package dev.sternpost.vmotion.precopy;

/**
 * How much a guest was seen to dirty in some time.
 *
 * @param seconds of the guest's own time: when a share of it was taken from the guest, what was left
 * @param dirtyBytes dirtied at least once
 * @param relativeError how far off it may be, as a share of itself (standard deviation)
 */
public record DirtySample(double seconds, double dirtyBytes, double relativeError) {

    /** Of a bitmap that was read at both ends. */
    static final double ERROR_OF_BITMAP = 0.05;

    /** Of an estimate from some pages. */
    static final double ERROR_OF_PAGES_SAMPLED = 0.15;

    public DirtySample {
        if (!(seconds > 0 && dirtyBytes >= 0 && relativeError > 0)) {
            throw new IllegalArgumentException("a sample has a length, something dirtied or nothing, and some error");
        }
    }

    /** Read off the dirty bitmap. */
    public static DirtySample ofBitmap(double seconds, double dirtyBytes) {
        return new DirtySample(seconds, dirtyBytes, ERROR_OF_BITMAP);
    }

    /** Extrapolated from some pages whose contents were compared. */
    public static DirtySample ofPagesSampled(double seconds, double dirtyBytes) {
        return new DirtySample(seconds, dirtyBytes, ERROR_OF_PAGES_SAMPLED);
    }

    /** The same, trusted less because it is older or from another run. */
    public DirtySample lessCertain(double factor) {
        return new DirtySample(seconds, dirtyBytes, relativeError * factor);
    }
}
