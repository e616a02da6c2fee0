package dev.sternpost.agent.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.agent.engine.VmMeters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SamplerTest {

    private static VmMeters meters(long seconds, long used, VmMeters.Disks disks, VmMeters.Network network) {
        return new VmMeters(
                seconds * 1_000_000_000,
                used,
                used / 10,
                used / 100,
                1_500,
                4_096,
                VmMeters.UNKNOWN,
                disks,
                network,
                VmMeters.Pressure.UNTOLD,
                VmMeters.Dirtied.UNTOLD);
    }

    @Test
    void what_was_used_is_the_growth_and_memory_is_as_it_is() {
        VmSample sample = Deltas.between(
                "vm-1",
                2,
                1 << 30,
                meters(10, 5_000, new VmMeters.Disks(100, 200, 3, 4), VmMeters.Network.NOT_COUNTED),
                meters(30, 9_000, new VmMeters.Disks(150, 200, 5, 4), VmMeters.Network.NOT_COUNTED));

        assertThat(sample.intervalMillis()).isEqualTo(20_000);
        assertThat(sample.used().cpuUsedNanos()).isEqualTo(4_000);
        assertThat(sample.used().cpuReadyNanos()).isEqualTo(400);
        assertThat(sample.used().cpuLimitedNanos()).isEqualTo(40);
        assertThat(sample.used().cpuEntitledPermille()).isEqualTo(1_500);
        assertThat(sample.used().memoryConsumedBytes()).isEqualTo(4_096);
        assertThat(sample.used().memoryActiveBytes()).isEqualTo(VmMeters.UNKNOWN);
        assertThat(sample.used().disks()).isEqualTo(new VmMeters.Disks(50, 0, 2, 0));
        assertThat(sample.used().network()).isEqualTo(VmMeters.Network.NOT_COUNTED);
        assertThat(sample.used().pressure()).isEqualTo(VmMeters.Pressure.UNTOLD);
    }

    @Test
    void a_counter_that_began_anew_counts_from_zero() {
        VmSample sample = Deltas.between(
                "vm-1",
                1,
                1,
                meters(0, 5_000, VmMeters.Disks.NONE, new VmMeters.Network(900, 900, 9, 9)),
                meters(1, 6_000, VmMeters.Disks.NONE, new VmMeters.Network(30, 0, 1, 0)));

        assertThat(sample.used().network()).isEqualTo(new VmMeters.Network(30, 0, 1, 0));
    }

    @Test
    void the_machine_is_read_as_linux_shows_it(@TempDir Path proc) throws IOException {
        Files.writeString(proc.resolve("stat"), "cpu  100 1 20 9000 50 3 4 7 0 0\ncpu0 1 2 3\n");
        Files.writeString(proc.resolve("meminfo"), "MemTotal:  1000 kB\nMemFree: 1 kB\nMemAvailable:   400 kB\n");
        Files.writeString(proc.resolve("cpuinfo"), "processor : 0\ncpu MHz\t\t: 2445.418\ncpu MHz\t: 1.0\n");
        Files.createDirectory(proc.resolve("pressure"));
        Files.writeString(
                proc.resolve("pressure/cpu"),
                "some avg10=44.84 avg60=26.23 avg300=13.20 total=5831\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=9\n");

        HostMeters meters = new HostMeterReader(proc).read().orElseThrow();

        assertThat(meters.cpuUsedNanos()).isEqualTo((100 + 1 + 20 + 3 + 4) * 10_000_000L);
        assertThat(meters.cpuStolenNanos()).isEqualTo(70_000_000);
        assertThat(meters.cpuMhz()).isEqualTo(2445);
        assertThat(meters.memoryBytes()).isEqualTo(1000 * 1024);
        assertThat(meters.memoryConsumedBytes()).isEqualTo(600 * 1024);
        assertThat(meters.pressure()).isEqualTo(new VmMeters.Pressure(5831, VmMeters.UNKNOWN, VmMeters.UNKNOWN));
        Files.delete(proc.resolve("stat"));
        assertThat(new HostMeterReader(proc).read()).isEqualTo(Optional.empty());
    }

    private static StatisticsReport report(long name, int vms) {
        VmSample vm = new VmSample("vm-1", 1, 1, 1, meters(0, 0, VmMeters.Disks.NONE, VmMeters.Network.NONE));
        return new StatisticsReport(
                name,
                0,
                new HostSample(1, 1, 1, 1, 1, 1, 1, VmMeters.Pressure.UNTOLD),
                IntStream.range(0, vms).mapToObj(i -> vm).toList());
    }

    @Test
    void the_last_hour_is_kept_oldest_first() {
        StatisticsLog log = new StatisticsLog();
        for (int i = 1; i <= 500; i++) {
            log.add(report(i * 20_000L, 1));
        }

        List<StatisticsReport> kept = log.after(0, 1_000);

        assertThat(kept).hasSize(181);
        assertThat(kept.getFirst().sampleEpochMillis()).isEqualTo(320 * 20_000L);
        assertThat(log.after(499 * 20_000L, 10))
                .extracting(StatisticsReport::sampleEpochMillis)
                .containsExactly(10_000_000L);
        assertThat(log.after(0, 2)).isEqualTo(kept.subList(0, 2));
        assertThat(log.after(0, 0)).isEmpty();
    }

    @Test
    void what_is_kept_is_bounded_in_rounds_and_in_samples() {
        StatisticsLog quick = new StatisticsLog();
        StatisticsLog crowded = new StatisticsLog();
        for (int i = 1; i <= 1_000; i++) {
            quick.add(report(i, 1));
            crowded.add(report(i, 1_000));
        }

        assertThat(quick.after(0, 10_000)).hasSize(StatisticsLog.REPORTS_MAX);
        assertThat(crowded.after(0, 10_000)).hasSize(StatisticsLog.SAMPLES_MAX / 1_000);
    }
}
