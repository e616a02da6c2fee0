package dev.sternpost.bench;

import java.util.Random;

/**
 * What one VM wants of CPU, minute by minute: a level, a daily course with its own height and hour, a remainder that
 * remembers (first-order autoregressive), and spikes that come now and then and stay for a while.
 */
final class DemandSeries {
    static final int DAY_MINUTES = 1_440;

    private static final double REMEMBERS = 0.97;

    private final Random random;
    private final double base;
    private final double dailyHeight;
    private final int dailyPeakMinute;
    private final double noise;
    private final double spikesPerDay;
    private final double spikeHeight;
    private final double most;
    private double stray;
    private int spikeEnds = -1;
    private int minute;

    DemandSeries(long seed, double meanMhz, double mostMhz) {
        random = new Random(seed);
        base = meanMhz;
        dailyHeight = 0.2 + 0.6 * random.nextDouble();
        // Most VMs serve people in the daytime; one in five works at night.
        int hour = random.nextInt(5) == 0 ? 2 : 14;
        dailyPeakMinute = 60 * hour + (int) (90 * random.nextGaussian());
        noise = 0.05 + 0.15 * random.nextDouble();
        spikesPerDay = random.nextInt(4) == 0 ? 4 : 0.5;
        spikeHeight = 1 + 2 * random.nextDouble();
        most = mostMhz;
    }

    /** The next minute's demand, in MHz. */
    double next() {
        double daily = dailyHeight * Math.cos(2 * Math.PI * (minute - dailyPeakMinute) / DAY_MINUTES);
        stray = REMEMBERS * stray + Math.sqrt(1 - REMEMBERS * REMEMBERS) * noise * random.nextGaussian();
        if (spikeEnds < minute && random.nextDouble() < spikesPerDay / DAY_MINUTES) {
            spikeEnds = minute + 10 + random.nextInt(50);
        }
        double spike = minute < spikeEnds ? spikeHeight : 0;
        minute++;
        return Math.clamp(base * (1 + daily + stray + spike), 0, most);
    }
}
