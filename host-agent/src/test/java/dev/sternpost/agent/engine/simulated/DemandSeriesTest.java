package dev.sternpost.agent.engine.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DemandSeriesTest {

    private static final long MONDAY = 1_767_571_200_000L; // 5 January 2026, 00:00 UTC
    private static final long HOUR = 3_600_000;
    private static final long DAY = 24 * HOUR;

    private static double meanOf(long from, long length) {
        return IntStream.range(0, 300)
                .mapToObj(DemandSeries::new)
                .flatMapToDouble(series -> LongStream.iterate(from, at -> at < from + length, at -> at + HOUR / 4)
                        .mapToDouble(series::at))
                .average()
                .orElseThrow();
    }

    @Test
    void the_same_seed_gives_the_same_series_in_whatever_order_it_is_read() {
        DemandSeries forwards = new DemandSeries(42);
        DemandSeries backwards = new DemandSeries(42);
        double[] there = LongStream.range(0, 500)
                .mapToDouble(i -> forwards.at(MONDAY + i * 20_000))
                .toArray();
        for (int i = 499; i >= 0; i--) {
            assertThat(backwards.at(MONDAY + i * 20_000L)).isEqualTo(there[i]);
        }
        assertThat(new DemandSeries(43).at(MONDAY)).isNotEqualTo(there[0]);
    }

    @Test
    void demand_is_a_share() {
        for (int seed = 0; seed < 200; seed++) {
            DemandSeries series = new DemandSeries(seed);
            for (int i = 0; i < 100; i++) {
                assertThat(series.at(MONDAY + i * 100_000L)).isBetween(0.0, 1.0);
            }
        }
    }

    @Test
    void days_are_busier_than_nights_and_weekends_are_calm() {
        assertThat(meanOf(MONDAY + 12 * HOUR, 4 * HOUR)).isGreaterThan(1.3 * meanOf(MONDAY, 4 * HOUR));
        assertThat(meanOf(MONDAY, DAY)).isGreaterThan(1.2 * meanOf(MONDAY + 5 * DAY, DAY));
    }

    @Test
    void what_follows_is_like_what_was() {
        double steps = 0;
        double strides = 0;
        for (int seed = 0; seed < 100; seed++) {
            DemandSeries series = new DemandSeries(seed);
            for (int i = 0; i < 50; i++) {
                long at = MONDAY + 10 * HOUR + i * 600_000L;
                steps += Math.abs(series.at(at + DemandSeries.STEP_MILLIS) - series.at(at));
                strides += Math.abs(series.at(at + HOUR) - series.at(at));
            }
        }
        assertThat(steps).isLessThan(0.4 * strides);
    }

    @Test
    void most_guests_are_nearly_idle_and_some_are_busy() {
        double[] levels = IntStream.range(0, 1_000)
                .mapToDouble(seed -> new DemandSeries(seed).at(MONDAY + 10 * HOUR))
                .sorted()
                .toArray();

        assertThat(levels[500]).isLessThan(0.2);
        assertThat(levels[950]).isGreaterThan(0.4);
    }
}
