package dev.sternpost.vmotion.precopy;

/**
 * Closed forms of pre-copy, used for predictions and as the oracle of tests. Bytes and bytes per second throughout;
 * λ is the write rate divided by the bandwidth.
 *
 * <p>Sources: the recurrence of rounds is Clark et al. (NSDI 2005); the fixed point of uniform random writes is the final
 * size equation of an epidemic (Kermack and McKendrick, 1927).
 */
public final class PrecopyModel {

    private static final int FIXED_POINT_STEPS_MAX = 200;

    private PrecopyModel() {}

    /** Bytes dirtied at least once in {@code seconds} by uniform random writes at a rate over a hot set: {@code W(1−e^(−rt/W))}. */
    public static double uniqueBytesUniform(double hotSetBytes, double writeBytesPerSecond, double seconds) {
        if (hotSetBytes == 0) {
            return 0;
        }
        return hotSetBytes * -Math.expm1(-writeBytesPerSecond * seconds / hotSetBytes);
    }

    /** Bytes dirtied at least once in {@code seconds} by a cyclic sweep: {@code min(W, rt)}. */
    public static double uniqueBytesCyclic(double hotSetBytes, double writeBytesPerSecond, double seconds) {
        return Math.min(hotSetBytes, writeBytesPerSecond * seconds);
    }

    /** Bytes left after {@code rounds} rounds when no page is written twice: {@code M·λ^n}. */
    public static double remainingConstantRate(double memoryBytes, double lambda, int rounds) {
        return memoryBytes * Math.pow(lambda, rounds);
    }

    /** Bytes sent by {@code rounds} rounds and the final pass when no page is written twice. */
    public static double sentConstantRate(double memoryBytes, double lambda, int rounds) {
        return lambda == 1
                ? memoryBytes * (rounds + 1)
                : memoryBytes * (1 - Math.pow(lambda, rounds + 1)) / (1 - lambda);
    }

    /** Rounds needed until what is left fits into the downtime limit; -1 when it never does. */
    public static int roundsConstantRate(
            double memoryBytes, double bandwidthBytesPerSecond, double lambda, double downtimeSeconds) {
        double fits = bandwidthBytesPerSecond * downtimeSeconds;
        if (memoryBytes <= fits) {
            return 0;
        }
        if (lambda >= 1) {
            return -1;
        }
        return lambda == 0 ? 1 : (int) Math.ceil(Math.log(fits / memoryBytes) / Math.log(lambda));
    }

    /** Share of the hot set that is left however long pre-copy runs: the solution of {@code x = 1 − e^(−λx)} (0 when λ ≤ 1). */
    public static double residualShareUniform(double lambda) {
        if (lambda <= 1) {
            return 0;
        }
        double low = 1e-12;
        double high = 1;
        for (int step = 0; step < FIXED_POINT_STEPS_MAX && high - low > 1e-12; step++) {
            double middle = (low + high) / 2;
            if (middle < -Math.expm1(-lambda * middle)) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }

    /**
     * The highest write rate of a random writer with which pre-copy just converges; infinite when none is too high.
     * Throttling more than down to this rate is waste.
     */
    public static double writeRateMaxUniform(
            double hotSetBytes, double bandwidthBytesPerSecond, double downtimeSeconds) {
        double share = hotSetBytes == 0 ? 1 : bandwidthBytesPerSecond * downtimeSeconds / hotSetBytes;
        return share >= 1 ? Double.POSITIVE_INFINITY : bandwidthBytesPerSecond * -Math.log1p(-share) / share;
    }
}
