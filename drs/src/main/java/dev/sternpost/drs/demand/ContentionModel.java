package dev.sternpost.drs.demand;

import dev.sternpost.drs.snapshot.HostContention;

/**
 * Follows what one host suffers. Smoothed, and with hysteresis: contention counts once it rises above a mark and until it falls below a
 * lower one, so that what hovers about a mark does not move VMs to and fro. Not for use by several threads.
 */
public final class ContentionModel {
    /** Where contention begins to count. */
    static final double BEGINS = 0.10;

    /** Where it no longer does. */
    static final double ENDS = 0.05;

    private static final double SECONDS = 120;

    private final Signal cpuSteal = new Signal();
    private final Signal memoryPressure = new Signal();
    private long lastSeconds = -1;

    /** Takes a sample in; one that is not later than the last is passed over. */
    public void observe(HostSample sample) {
        if (sample.timeSeconds() <= lastSeconds) {
            return;
        }
        double weight = lastSeconds < 0 ? 1 : 1 - Math.exp(-(sample.timeSeconds() - lastSeconds) / SECONDS);
        lastSeconds = sample.timeSeconds();
        cpuSteal.follow(sample.cpuStealPart(), weight);
        memoryPressure.follow(sample.memoryPressure(), weight);
    }

    /** What is to be planned with. */
    public HostContention planned() {
        return new HostContention(cpuSteal.counted(), memoryPressure.counted());
    }

    private static final class Signal {
        private double level;
        private boolean counts;

        void follow(double value, double weight) {
            level += (value - level) * weight;
            counts = level >= (counts ? ENDS : BEGINS);
        }

        double counted() {
            return counts ? Math.clamp(level, 0, 1) : 0;
        }
    }
}
