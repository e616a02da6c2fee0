package dev.sternpost.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;

/** Times of one thing done many times. */
final class Timings {
    private static final double NANOS_PER_MILLI = 1e6;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private double[] millis = new double[64];
    private int count;
    private double cpuMillis;

    /** Runs something and notes how long it took. */
    void time(Runnable work) {
        long cpuSince = threads.getCurrentThreadCpuTime();
        long since = System.nanoTime();
        work.run();
        add((System.nanoTime() - since) / NANOS_PER_MILLI);
        cpuMillis += (threads.getCurrentThreadCpuTime() - cpuSince) / NANOS_PER_MILLI;
    }

    /** CPU time of one run on average, in ms: what is left of the figures when the machine is shared. */
    double cpuMean() {
        return cpuMillis / count;
    }

    void add(double itMillis) {
        if (count == millis.length) {
            millis = Arrays.copyOf(millis, 2 * count);
        }
        millis[count++] = itMillis;
    }

    /** In ms; the part lies between 0 and 1. */
    double quantile(double part) {
        double[] sorted = Arrays.copyOf(millis, count);
        Arrays.sort(sorted);
        return sorted[Math.min(count - 1, (int) Math.ceil(part * count) - 1)];
    }

    double median() {
        return quantile(0.5);
    }

    /** In ms. */
    double sum() {
        return Arrays.stream(millis, 0, count).sum();
    }

    int count() {
        return count;
    }
}
