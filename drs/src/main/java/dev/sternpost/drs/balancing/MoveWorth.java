package dev.sternpost.drs.balancing;

import dev.sternpost.drs.layout.ClusterLayout;
import dev.sternpost.drs.recommendation.MoveCost;
import dev.sternpost.drs.snapshot.DrsPolicy;

/** What each unit's move costs, what it must gain at the cluster's threshold, and how good a move is. */
final class MoveWorth {
    /** How many times its cost a move must gain to be of priority 2, 3, 4 and 5. Of 1 are moves that must be made. */
    private static final double[] TIMES_COST = {24, 6, 3, 1.5};

    private static final int PRIORITY_FIRST = 2;

    /** How likely it is that a VM is at its peak when that matters. */
    private static final double PEAK_WEIGHT = 0.1;

    private final ClusterLayout layout;
    private final double[] costs;
    private final double[] required;
    private double requiredMin = Double.POSITIVE_INFINITY;

    MoveWorth(ClusterLayout layout, DrsPolicy policy) {
        this.layout = layout;
        double times = TIMES_COST[policy.migrationThreshold() - PRIORITY_FIRST];
        costs = new double[layout.unitCount()];
        required = new double[costs.length];
        for (int unit = 0; unit < costs.length; unit++) {
            costs[unit] = MoveCost.of(layout, unit, policy);
            required[unit] = times * costs[unit];
            requiredMin = Math.min(requiredMin, required[unit]);
        }
    }

    /** What moving a unit must gain, in average hosts. */
    double required(int unit) {
        return required[unit];
    }

    /** The least that any move must gain. */
    double requiredMin() {
        return requiredMin;
    }

    /**
     * The risk of a move: how much more the unit's peak would lack at the target than where it is, times how likely the peak
     * is.
     */
    double risk(int unit, int to) {
        double rise = layout.cpuPeak(unit) - layout.cpu(unit);
        if (rise <= 0) {
            return 0;
        }
        double there = layout.hosts().cpuLackWith(to, layout.cpu(unit) + rise);
        double here = layout.hosts().cpuLackWith(layout.hostOf(unit), rise);
        return PEAK_WEIGHT * Math.max(0, there - here);
    }

    int priority(int unit, double gain) {
        int priority = PRIORITY_FIRST;
        while (priority < DrsPolicy.THRESHOLD_MAX && gain < TIMES_COST[priority - PRIORITY_FIRST] * costs[unit]) {
            priority++;
        }
        return priority;
    }
}
