package dev.sternpost.drs.recommendation;

import dev.sternpost.drs.layout.ClusterLayout;
import dev.sternpost.drs.snapshot.DrsPolicy;

/**
 * What moving a unit costs and how long the good it does can be counted on. While a migration copies memory it takes about
 * one CPU at either end; the guest loses its pause; and there is some trouble in every move, however small. All in seconds of an
 * average host.
 */
public final class MoveCost {
    /** CPUs that copying takes, both hosts together. */
    private static final double COPY_CPUS = 2;

    /** The trouble of any move, as so many seconds of copying. */
    private static final double TROUBLE_SECONDS = 5;

    /** How much worse standing still is than running slowly. */
    private static final double PAUSE_WEIGHT = 20;

    private MoveCost() {}

    /** In average hosts, spread over the time that the move has to pay for itself. */
    public static double of(ClusterLayout layout, int unit, DrsPolicy policy) {
        double copying = COPY_CPUS
                * (layout.migrationSeconds(unit) + TROUBLE_SECONDS)
                / layout.hosts().cpuCountMean();
        double pause = PAUSE_WEIGHT
                * layout.pauseSeconds(unit)
                * layout.cpu(unit)
                / layout.hosts().cpuMean();
        return (copying + pause) / (policy.stableSeconds() * stability(layout, unit));
    }

    /** 1 for a demand that does not change, towards 0 the further its peak lies above what is expected. */
    private static double stability(ClusterLayout layout, int unit) {
        double cpu = layout.cpu(unit);
        double spread = layout.cpuPeak(unit) - cpu;
        return spread <= 0 ? 1 : Math.max(0.1, (cpu + 1) / (cpu + 1 + spread));
    }
}
