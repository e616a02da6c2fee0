package dev.sternpost.sim.kernel;

import java.util.function.LongSupplier;

/** A machine's monotonic clock, which begins anywhere and may run too fast or too slow; and its wall clock, which may jump besides. */
public final class HostClock {
    private static final long MILLION = 1_000_000;

    private final LongSupplier trueMillis;
    private final long offsetMillis;
    private long sinceTrueMillis;
    private long sinceMillis;
    private int driftPpm;
    private long wallOffsetMillis;

    /** @param trueMillis the time of the simulation */
    public HostClock(LongSupplier trueMillis, long offsetMillis) {
        this.trueMillis = trueMillis;
        this.offsetMillis = offsetMillis;
        this.sinceTrueMillis = trueMillis.getAsLong();
        this.sinceMillis = offsetMillis;
    }

    /** What it shows: never goes back. */
    public long millis() {
        long passed = trueMillis.getAsLong() - sinceTrueMillis;
        return sinceMillis + passed + passed * driftPpm / MILLION;
    }

    /** From now on it runs too fast by so many millionths, or too slow. */
    public void drift(int ppm) {
        sinceMillis = millis();
        sinceTrueMillis = trueMillis.getAsLong();
        driftPpm = ppm;
    }

    /** Somebody sets the wall clock. */
    public void jump(long millis) {
        wallOffsetMillis += millis;
    }

    /** What people see on it. */
    public long wallMillis() {
        return millis() - offsetMillis + wallOffsetMillis;
    }
}
