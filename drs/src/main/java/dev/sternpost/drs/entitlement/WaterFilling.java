package dev.sternpost.drs.entitlement;

/** Shares an amount out among siblings: each gets clamp(level × shares, floor, want), with one level for all. */
public final class WaterFilling {
    private WaterFilling() {}

    /**
     * Fills {@code into[from..to)}.
     *
     * <p>When there is enough, everybody has what they want. When not even the floors fit, each has the same part of its
     * floor. Otherwise the level is found by pinning: set a level, see who would fall below the floor or rise above what
     * they want, pin those on the side that is off by more, and repeat; each round pins at least one, so it ends, and
     * the sum is exact. (It is how flexible boxes are laid out on a page: CSS Flexible Box Layout, "resolving flexible
     * lengths".)
     *
     * @param floors not negative; at most the want of the same index
     * @param shares positive
     */
    public static void fill(
            double amount, double[] floors, double[] wants, double[] shares, double[] into, int from, int to) {
        double wanted = sum(wants, from, to);
        if (wanted <= amount) {
            System.arraycopy(wants, from, into, from, to - from);
            return;
        }
        double floor = sum(floors, from, to);
        if (floor >= amount) {
            double part = floor > 0 ? Math.max(0, amount) / floor : 0;
            for (int i = from; i < to; i++) {
                into[i] = floors[i] * part;
            }
            return;
        }
        pin(amount, floors, wants, shares, into, from, to);
    }

    private static double sum(double[] values, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += values[i];
        }
        return sum;
    }

    private static void pin(
            double amount, double[] floors, double[] wants, double[] shares, double[] into, int from, int to) {
        boolean[] pinned = new boolean[to - from];
        // Each round pins at least one.
        for (int round = from; round <= to; round++) {
            double left = amount;
            double weight = 0;
            for (int i = from; i < to; i++) {
                if (pinned[i - from]) {
                    left -= into[i];
                } else {
                    weight += shares[i];
                }
            }
            if (weight <= 0) {
                return;
            }
            double level = Math.max(0, left) / weight;
            double off = 0;
            for (int i = from; i < to; i++) {
                if (!pinned[i - from]) {
                    double given = level * shares[i];
                    into[i] = Math.clamp(given, floors[i], wants[i]);
                    off += into[i] - given;
                }
            }
            if (off == 0 || !pinWorse(off, level, shares, into, pinned, from, to)) {
                return;
            }
        }
    }

    /** Pins those below their floor when too much was given in sum, those above their want when too little. */
    private static boolean pinWorse(
            double off, double level, double[] shares, double[] into, boolean[] pinned, int from, int to) {
        boolean any = false;
        for (int i = from; i < to; i++) {
            if (!pinned[i - from]) {
                double given = level * shares[i];
                boolean raised = into[i] > given;
                boolean lowered = into[i] < given;
                if (off > 0 ? raised : lowered) {
                    pinned[i - from] = true;
                    any = true;
                }
            }
        }
        return any;
    }
}
