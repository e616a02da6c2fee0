package dev.sternpost.drs.balancing;

import dev.sternpost.drs.layout.ClusterLayout;
import dev.sternpost.drs.layout.HostTable;
import dev.sternpost.drs.recommendation.RecommendationBook;
import java.util.Arrays;

/**
 * The units of one host that have not moved in this pass, side by side in memory. A move's gain is the relief of the host it leaves less the
 * harm to the host it goes to, and the first of these does not depend on the second: so it is worked out once for all targets, and
 * the units stand in its order, greatest first. Since nothing does negative harm, whoever looks for the best move to some host can stop where the
 * relief that is left is below the best that was found.
 */
final class Movers {
    private static final int[] NO_UNITS = {};
    private static final double[] NO_FIGURES = {};

    /** Bits of a unit's place in a key that is sorted: more units than any host carries. */
    private static final int PLACE_BITS = 20;

    private static final long PLACE_MASK = (1L << PLACE_BITS) - 1;

    private int count;
    private int[] units = NO_UNITS;
    private double[] cpu = NO_FIGURES;
    private double[] memory = NO_FIGURES;
    private double[] nets = NO_FIGURES;
    private double[] rest = NO_FIGURES;
    private long[] keys = new long[0];
    private double cpuMost;
    private double memoryMost;

    /** Reads the host again. */
    void measure(ClusterLayout layout, RecommendationBook book, MoveWorth worth, int host) {
        int there = layout.unitCountOn(host);
        if (there > PLACE_MASK) {
            throw new IllegalStateException("more units on one host than " + PLACE_MASK);
        }
        grow(there);
        HostTable hosts = layout.hosts();
        double loss = hosts.loss(host);
        count = 0;
        cpuMost = 0;
        memoryMost = 0;
        for (int i = 0; i < there; i++) {
            int unit = layout.unitOn(host, i);
            if (!book.moved(unit)) {
                double net =
                        loss - hosts.lossWith(host, -layout.cpu(unit), -layout.memory(unit)) - worth.required(unit);
                cpuMost = Math.max(cpuMost, layout.cpu(unit));
                memoryMost = Math.max(memoryMost, layout.memory(unit));
                keys[count++] = descending(net) & ~PLACE_MASK | i;
            }
        }
        Arrays.sort(keys, 0, count);
        for (int i = 0; i < count; i++) {
            int unit = layout.unitOn(host, (int) (keys[i] & PLACE_MASK));
            units[i] = unit;
            cpu[i] = layout.cpu(unit);
            memory[i] = layout.memory(unit);
            nets[i] = loss - hosts.lossWith(host, -cpu[i], -memory[i]) - worth.required(unit);
        }
        double most = Double.NEGATIVE_INFINITY;
        for (int i = count - 1; i >= 0; i--) {
            most = Math.max(most, nets[i]);
            rest[i] = most;
        }
    }

    private void grow(int least) {
        if (units.length < least) {
            int length = Math.max(least, 2 * units.length);
            units = new int[length];
            cpu = new double[length];
            memory = new double[length];
            nets = new double[length];
            rest = new double[length];
            keys = new long[length];
        }
    }

    /** Whole numbers in the opposite order of the figures, but for the last digits that are cut off. */
    private static long descending(double figure) {
        long bits = Double.doubleToLongBits(figure);
        return ~(bits ^ ((bits >> 63) & Long.MAX_VALUE));
    }

    int count() {
        return count;
    }

    int unit(int index) {
        return units[index];
    }

    /** In MHz. */
    double cpu(int index) {
        return cpu[index];
    }

    /** In bytes. */
    double memory(int index) {
        return memory[index];
    }

    /** By how much the relief of the host when the unit leaves is more than what the move must gain. */
    double net(int index) {
        return nets[index];
    }

    /** The greatest of that from this unit on. */
    double netOfRest(int index) {
        return rest[index];
    }

    /** The most CPU that one unit could take off the host, in MHz. */
    double cpuMost() {
        return cpuMost;
    }

    /** The most memory that one unit could take off the host, in bytes. */
    double memoryMost() {
        return memoryMost;
    }
}
