package dev.sternpost.agent.engine.simulated;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * How much of something a simulated guest wants at any time, as a share of all it could have: a level of its own, a wave
 * over the day and a calmer weekend, noise that lingers (a first-order autoregressive process), and spikes. Random access:
 * the same seed gives the same value for a time, whichever times were asked for before.
 */
public final class DemandSeries {

    /** Between two steps the value stands still. */
    static final long STEP_MILLIS = 5_000;

    private static final long DAY_MILLIS = TimeUnit.DAYS.toMillis(1);
    /** 1 January 1970 was a Thursday. */
    private static final long EPOCH_DAY_OF_WEEK = 3;

    private static final long SPIKE_SLOT_MILLIS = TimeUnit.MINUTES.toMillis(30);
    private static final double WEEKEND_FACTOR = 0.6;
    /** What a step keeps of the noise of the step before: half is gone after three and a half minutes. */
    private static final double NOISE_KEPT = 0.983;
    /** Steps of noise that are added up; what is older weighs less than 2 %. */
    private static final int NOISE_STEPS = 240;

    private final long seed;
    private final double level;
    private final double wave;
    private final double noise;
    private final long peakMillis;
    private final double spikeProbability;

    /** A series drawn by lot: most guests are nearly idle, a few are busy. */
    public DemandSeries(long seed) {
        SplittableRandom lot = new SplittableRandom(seed);
        this.seed = seed;
        double draw = lot.nextDouble();
        this.level = 0.02 + 0.5 * draw * draw * draw;
        this.wave = level * lot.nextDouble(0.2, 0.9);
        this.noise = level * lot.nextDouble(0.05, 0.3);
        this.peakMillis = TimeUnit.HOURS.toMillis(14) + lot.nextLong(-2, 3) * TimeUnit.HOURS.toMillis(1);
        this.spikeProbability = lot.nextDouble(0, 0.15);
    }

    /** The demand at a time, 0 to 1. */
    public double at(long epochMillis) {
        long step = Math.floorDiv(epochMillis, STEP_MILLIS);
        double calm = (level + wave * Math.cos(2 * Math.PI * (epochMillis - peakMillis) / DAY_MILLIS))
                * (isWeekend(epochMillis) ? WEEKEND_FACTOR : 1);
        return Math.clamp(calm + noise * lingering(step) + spike(epochMillis), 0.002, 1);
    }

    /** Variance 1, since the squares of the weights add up to that. */
    private double lingering(long step) {
        double sum = 0;
        double weight = Math.sqrt(1 - NOISE_KEPT * NOISE_KEPT);
        for (int i = 0; i < NOISE_STEPS; i++) {
            sum += weight * lot(step - i).nextGaussian();
            weight *= NOISE_KEPT;
        }
        return sum;
    }

    /** In some half hours the guest is busy for some minutes. */
    private double spike(long epochMillis) {
        long slot = Math.floorDiv(epochMillis, SPIKE_SLOT_MILLIS);
        SplittableRandom lot = lot(-1 - slot);
        if (lot.nextDouble() >= spikeProbability) {
            return 0;
        }
        long lengthMillis = TimeUnit.MINUTES.toMillis(lot.nextLong(1, 11));
        long beginMillis = slot * SPIKE_SLOT_MILLIS + lot.nextLong(SPIKE_SLOT_MILLIS - lengthMillis);
        double height = lot.nextDouble(0.2, 0.9);
        return epochMillis >= beginMillis && epochMillis < beginMillis + lengthMillis ? height : 0;
    }

    private static boolean isWeekend(long epochMillis) {
        return Math.floorMod(Math.floorDiv(epochMillis, DAY_MILLIS) + EPOCH_DAY_OF_WEEK, 7L) >= 5;
    }

    private SplittableRandom lot(long number) {
        return new SplittableRandom(seed * 0x9e3779b97f4a7c15L ^ number * 0xd1342543de82ef95L);
    }
}
