package dev.sternpost.server.statistics;

import java.util.Arrays;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** What one object used in one interval. Immutable. */
public final class Sample {
    /** Stands for what was not measured. */
    public static final long UNKNOWN = -1;

    private final long endEpochMillis;
    private final long[] values;

    private Sample(long endEpochMillis, long[] values) {
        this.endEpochMillis = endEpochMillis;
        this.values = values;
    }

    /** When the interval ended, by the server's clock. */
    public long endEpochMillis() {
        return endEpochMillis;
    }

    /** Length of the interval. */
    public long intervalMillis() {
        return value(Meter.INTERVAL_MILLIS);
    }

    /** A figure as it was measured, or {@link #UNKNOWN}. */
    public long value(Meter meter) {
        return values[meter.ordinal()];
    }

    /** A figure as people ask for it; empty when something it is made of was not measured. */
    public OptionalDouble value(Counter counter) {
        return counter.of(this);
    }

    long[] values() {
        return values;
    }

    static Sample ofValues(long endEpochMillis, long[] values) {
        return new Sample(endEpochMillis, values);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Sample sample
                && sample.endEpochMillis == endEpochMillis
                && Arrays.equals(sample.values, values);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(endEpochMillis) * 31 + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return "Sample[" + endEpochMillis + ", " + Arrays.toString(values) + "]";
    }

    /** Figures to be made a sample. */
    public static final class Figures {
        private final long[] values = new long[Meter.COUNT];

        /** Nothing is known but the length of the interval. */
        public Figures(long intervalMillis) {
            if (intervalMillis <= 0) {
                throw new IllegalArgumentException("an interval of " + intervalMillis + " ms");
            }
            Arrays.fill(values, UNKNOWN);
            values[Meter.INTERVAL_MILLIS.ordinal()] = intervalMillis;
        }

        /** Adds a figure; a negative one counts as not measured. */
        public Figures with(Meter meter, long value) {
            values[meter.ordinal()] = Math.max(UNKNOWN, value);
            return this;
        }

        /** Adds what another object used, where that is known, to a figure. */
        void add(Meter meter, Figures other) {
            long more = other.values[meter.ordinal()];
            if (more != UNKNOWN) {
                values[meter.ordinal()] = Math.max(0, values[meter.ordinal()]) + more;
            }
        }

        Sample at(long endEpochMillis) {
            return new Sample(endEpochMillis, values.clone());
        }
    }
}
