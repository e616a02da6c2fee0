package dev.sternpost.server.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.testkit.Property;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SeriesTest {
    private static final long START = 1_900_000_000_000L;
    private static final int PER_HOUR = 180;

    private static Sample sample(long endEpochMillis, long cpuUsedMillis) {
        return new Sample.Figures(20_000)
                .with(Meter.CPU_COUNT, 2)
                .with(Meter.CPU_USED_MILLIS, cpuUsedMillis)
                .at(endEpochMillis);
    }

    @Test
    void what_went_in_comes_out_whatever_the_figures_are() {
        Property.holds("a series gives back what it was given", generator -> {
            Series series = new Series();
            List<Sample> given = new ArrayList<>();
            long end = START + generator.between(0, 1_000_000);
            for (int i = 0; i < generator.sized(1, 150); i++) {
                end += generator.between(1, 20_000);
                Sample.Figures figures = new Sample.Figures(generator.between(1, 30_000));
                for (Meter meter : Meter.values()) {
                    if (meter != Meter.INTERVAL_MILLIS && generator.chance(0.75)) {
                        figures.with(meter, generator.between(0, Long.MAX_VALUE) >>> generator.between(0, 62));
                    }
                }
                Sample sample = figures.at(end);
                given.add(sample);
                assertThat(series.add(sample)).isTrue();
            }

            assertThat(series.between(Long.MIN_VALUE, Long.MAX_VALUE)).isEqualTo(given);
            assertThat(series.last()).isEqualTo(given.getLast());
        });
    }

    @Test
    void a_range_takes_its_first_moment_and_not_its_last() {
        Series series = new Series();
        for (int i = 0; i < 40; i++) {
            series.add(sample(START + i * 20_000L, i));
        }

        assertThat(series.between(START + 200_000, START + 240_000))
                .extracting(Sample::endEpochMillis)
                .containsExactly(START + 200_000, START + 220_000);
        assertThat(series.between(START + 1_000_000, Long.MAX_VALUE)).isEmpty();
        assertThat(new Series().between(Long.MIN_VALUE, Long.MAX_VALUE)).isEmpty();
    }

    @Test
    void an_hour_is_kept_and_no_more() {
        Series series = new Series();
        for (int i = 0; i < 1_000; i++) {
            series.add(sample(START + i * 20_000L, i));
        }

        List<Sample> kept = series.between(Long.MIN_VALUE, Long.MAX_VALUE);

        assertThat(kept).hasSize(PER_HOUR + 1);
        assertThat(kept.getFirst().value(Meter.CPU_USED_MILLIS)).isEqualTo(1_000 - PER_HOUR - 1);
        assertThat(kept.getLast().value(Meter.CPU_USED_MILLIS)).isEqualTo(999);
    }

    @Test
    void a_sample_that_is_not_later_is_refused() {
        Series series = new Series();
        series.add(sample(START, 1));

        assertThat(series.add(sample(START, 2))).isFalse();
        assertThat(series.add(sample(START - 1, 3))).isFalse();

        assertThat(series.between(Long.MIN_VALUE, Long.MAX_VALUE)).containsExactly(sample(START, 1));
    }

    @Test
    void an_hour_of_the_busiest_vm_takes_less_than_5500_bytes_and_of_an_idle_one_less_than_1500() {
        assertThat(hourOf(true)).isLessThan(5_500);
        assertThat(hourOf(false)).isLessThan(1_500);
    }

    private static int hourOf(boolean busy) {
        Random random = new Random(7);
        Series series = new Series();
        for (int i = 0; i <= PER_HOUR; i++) {
            long busyness = busy ? 5_000 + random.nextInt(5_000) : 0;
            series.add(new Sample.Figures(20_000 + random.nextInt(-3, 4))
                    .with(Meter.CPU_COUNT, 2)
                    .with(Meter.CPU_MHZ, 2_445)
                    .with(Meter.CPU_USED_MILLIS, busyness + 200 + random.nextInt(20))
                    .with(Meter.CPU_READY_MILLIS, busyness / 20)
                    .with(Meter.CPU_LIMITED_MILLIS, 0)
                    .with(Meter.MEMORY_KIB, 4 << 20)
                    .with(Meter.MEMORY_CONSUMED_KIB, 3 << 20)
                    .with(Meter.MEMORY_ACTIVE_KIB, (1 << 20) + busyness * 10)
                    .with(Meter.DISK_READ_KIB, busyness / 2)
                    .with(Meter.DISK_WRITE_KIB, busyness / 3)
                    .with(Meter.DISK_READS, busyness / 10)
                    .with(Meter.DISK_WRITES, busyness / 20)
                    .with(Meter.NET_RECEIVED_KIB, busyness)
                    .with(Meter.NET_TRANSMITTED_KIB, busyness / 4)
                    .with(Meter.NET_RECEIVED_PACKETS, busyness / 3)
                    .with(Meter.NET_TRANSMITTED_PACKETS, busyness / 5)
                    .at(START + i * 20_000L));
        }
        return series.sizeBytes();
    }
}
