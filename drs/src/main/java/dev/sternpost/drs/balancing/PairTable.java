package dev.sternpost.drs.balancing;

import java.util.Arrays;

/**
 * For each ordered pair of hosts the best move from one to the other, as far as it is known: an upper bound of what it is
 * worth until somebody looks, the move itself after that. What is known stays true until one of the two hosts changes.
 */
final class PairTable {
    private final int hosts;
    private final double[] worth;
    private final boolean[] known;
    private final int[] rowBest;
    private final boolean[] rowKnown;
    private final int[] units;
    private final int[] blockedUnits;
    private final double[] blockedWorth;

    PairTable(int hosts) {
        this.hosts = hosts;
        worth = new double[hosts * hosts];
        known = new boolean[worth.length];
        rowBest = new int[hosts];
        rowKnown = new boolean[hosts];
        units = new int[worth.length];
        blockedUnits = new int[worth.length];
        blockedWorth = new double[worth.length];
        Arrays.fill(worth, Double.NEGATIVE_INFINITY);
        Arrays.fill(blockedUnits, -1);
    }

    int pair(int from, int to) {
        return from * hosts + to;
    }

    int from(int pair) {
        return pair / hosts;
    }

    int to(int pair) {
        return pair % hosts;
    }

    int pairs() {
        return worth.length;
    }

    void bound(int pair, double bound) {
        worth[pair] = bound;
        known[pair] = false;
        rowKnown[from(pair)] = false;
        blockedUnits[pair] = -1;
    }

    void found(int pair, int unit, double itsWorth) {
        worth[pair] = itsWorth;
        known[pair] = true;
        rowKnown[from(pair)] = false;
        units[pair] = unit;
    }

    void blocked(int pair, int unit, double itsWorth) {
        blockedUnits[pair] = unit;
        blockedWorth[pair] = itsWorth;
    }

    /** The pair whose best move could be worth most; the first of equals. */
    int best() {
        int best = bestOf(0);
        for (int from = 1; from < hosts; from++) {
            int pair = bestOf(from);
            if (worth[pair] > worth[best]) {
                best = pair;
            }
        }
        return best;
    }

    private int bestOf(int from) {
        if (!rowKnown[from]) {
            int best = pair(from, 0);
            for (int pair = best + 1; pair < pair(from + 1, 0); pair++) {
                if (worth[pair] > worth[best]) {
                    best = pair;
                }
            }
            rowBest[from] = best;
            rowKnown[from] = true;
        }
        return rowBest[from];
    }

    double worth(int pair) {
        return worth[pair];
    }

    boolean known(int pair) {
        return known[pair];
    }

    int unit(int pair) {
        return units[pair];
    }

    /** The unit whose move would be worth more than any that is allowed; -1 for none. */
    int blockedUnit(int pair) {
        return blockedUnits[pair];
    }

    double blockedWorth(int pair) {
        return blockedWorth[pair];
    }
}
