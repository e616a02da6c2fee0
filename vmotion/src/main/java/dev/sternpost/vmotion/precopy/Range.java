package dev.sternpost.vmotion.precopy;

/**
 * A figure that is not known exactly.
 *
 * @param low hardly less
 * @param expected as likely more as less
 * @param high hardly more
 */
public record Range(double low, double expected, double high) {

    public Range {
        if (!(low <= expected && expected <= high)) {
            throw new IllegalArgumentException("a range is in order: " + low + ", " + expected + ", " + high);
        }
    }

    public static Range exactly(double value) {
        return new Range(value, value, value);
    }

    /** Around a value, a share of it to either side. */
    public static Range around(double value, double share) {
        return new Range(value * (1 - share), value, value * (1 + share));
    }

    public boolean contains(double value) {
        return low <= value && value <= high;
    }
}
