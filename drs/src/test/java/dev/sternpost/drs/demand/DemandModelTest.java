package dev.sternpost.drs.demand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sternpost.drs.snapshot.VmDemand;
import dev.sternpost.testkit.Generator;
import dev.sternpost.testkit.Property;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongToDoubleFunction;
import org.junit.jupiter.api.Test;

class DemandModelTest {
    private static final long DAY = 86_400;
    private static final double MOST = 8_000;
    private static final double GIB = 1L << 30;

    private static UsageSample cpu(long timeSeconds, double mhz) {
        return new UsageSample(timeSeconds, mhz, 0, GIB, GIB, 0);
    }

    /** One sample a minute, the first at the beginning, the last at the end. */
    private static DemandModel seen(long from, long to, LongToDoubleFunction mhz) {
        DemandModel model = new DemandModel();
        for (long at = from; at <= to; at += 60) {
            model.observe(cpu(at, mhz.applyAsDouble(at)));
        }
        return model;
    }

    @Test
    void a_load_that_has_come_to_stay_is_believed_within_three_minutes_and_one_that_has_gone_within_fifteen() {
        DemandModel model = seen(0, 3_600, at -> 500);
        for (long at = 3_660; at <= 3_660 + 120; at += 60) {
            model.observe(cpu(at, 4_000));
        }
        assertThat(model.planned(MOST, GIB).cpuMhz()).isBetween(3_500.0, 4_000.0);
        for (long at = 3_840; at <= 3_840 + 840; at += 60) {
            model.observe(cpu(at, 500));
        }
        assertThat(model.planned(MOST, GIB).cpuMhz()).isBetween(500.0, 800.0);
    }

    @Test
    void a_single_busy_sample_of_twenty_seconds_moves_the_estimate_by_less_than_a_third_of_it() {
        DemandModel model = seen(0, 3_600, at -> 500);
        model.observe(cpu(3_620, 4_500));
        assertThat(model.planned(MOST, GIB).cpuMhz()).isLessThan(500 + 4_000 / 3.0);
    }

    @Test
    void time_that_a_vm_was_ready_and_waited_is_demand() {
        DemandModel model = new DemandModel();
        model.observe(new UsageSample(0, 1_000, 700, GIB, GIB, 0));
        assertThat(model.planned(MOST, GIB).cpuMhz()).isEqualTo(1_700);
    }

    @Test
    void idle_memory_counts_a_quarter_and_more_the_more_the_host_is_short_of_it() {
        DemandModel calm = new DemandModel();
        calm.observe(new UsageSample(0, 0, 0, 4 * GIB, 2 * GIB, 0));
        assertThat(calm.planned(MOST, 8 * GIB).memoryBytes()).isEqualTo(2.5 * GIB);
        DemandModel pressed = new DemandModel();
        pressed.observe(new UsageSample(0, 0, 0, 4 * GIB, 2 * GIB, 1));
        assertThat(pressed.planned(MOST, 8 * GIB).memoryBytes()).isEqualTo(4 * GIB);
        assertThat(pressed.planned(MOST, 3 * GIB).memoryBytes()).isEqualTo(3 * GIB);
    }

    @Test
    void a_rise_that_comes_at_the_same_hour_each_day_is_foreseen_before_it_comes() {
        LongToDoubleFunction office = at -> at % DAY >= 9 * 3_600 && at % DAY < 17 * 3_600 ? 6_000 : 1_000;
        long before = 3 * DAY + 9 * 3_600 - 900;
        DemandModel model = seen(0, before, office);
        assertThat(model.cpuForecast().fromHistory()).isTrue();
        assertThat(model.cpuForecast().now()).isCloseTo(1_000, within(50.0));
        assertThat(model.cpuForecast().mean()).isGreaterThan(4_000);
        assertThat(model.planned(MOST, GIB).cpuMhz()).isGreaterThan(4_000);
    }

    @Test
    void without_a_day_of_history_the_hour_ahead_is_as_now() {
        DemandModel model = seen(0, 6 * 3_600, at -> 2_000);
        assertThat(model.cpuForecast().fromHistory()).isFalse();
        assertThat(model.cpuForecast().mean()).isEqualTo(model.cpuForecast().now());
    }

    @Test
    void a_sample_after_a_silence_does_not_speak_for_the_silence() {
        DemandModel model = seen(0, 2 * DAY, at -> 1_000);
        model.observe(cpu(2 * DAY + 6 * 3_600, 8_000));
        model.observe(cpu(2 * DAY + 6 * 3_600 + 900, 1_000));
        DemandModel twin = seen(0, 2 * DAY, at -> 1_000);
        for (long at = 2 * DAY + 6 * 3_600; at <= 2 * DAY + 7 * 3_600; at += 60) {
            twin.observe(cpu(at, 1_000));
            model.observe(cpu(at + 960, 1_000));
        }
        assertThat(model.cpuForecast().mean()).isCloseTo(twin.cpuForecast().mean(), within(600.0));
    }

    @Test
    void what_is_planned_lies_within_what_was_seen_and_what_the_vm_can_use() {
        Property.holds("demand is bounded", random -> {
            DemandModel model = new DemandModel();
            double most = random.between(1_000.0, 20_000.0);
            double greatest = 0;
            double memoryGreatest = 0;
            long at = random.between(0L, DAY);
            for (int i = 0; i < random.sized(1, 2_000); i++) {
                UsageSample sample = drawn(random, at, most);
                model.observe(sample);
                greatest = Math.max(greatest, sample.cpuUsedMhz() + sample.cpuReadyMhz());
                memoryGreatest = Math.max(memoryGreatest, sample.memoryConsumedBytes());
                at += random.between(0L, 1_200L);
                VmDemand planned = model.planned(most, 64 * GIB);
                assertThat(planned.cpuMhz()).isLessThanOrEqualTo(most);
                assertThat(planned.cpuPeakMhz()).isLessThanOrEqualTo(most);
                // A profile lifted by today's straying may rise above all that was seen, but not by more than it
                // strays.
                assertThat(planned.cpuMhz()).isLessThanOrEqualTo(2 * greatest + 1);
                assertThat(planned.memoryBytes()).isLessThanOrEqualTo(2 * memoryGreatest + 1);
            }
        });
    }

    private static UsageSample drawn(Generator random, long at, double most) {
        double consumed = random.between(0.0, 32.0) * GIB;
        return new UsageSample(
                at,
                random.between(0.0, most),
                random.chance(0.2) ? random.between(0.0, most) : 0,
                consumed,
                consumed * random.between(0.0, 1.0),
                random.chance(0.2) ? random.between(0.0, 1.0) : 0);
    }

    @Test
    void a_steady_demand_is_planned_as_it_is_whatever_the_times_of_the_samples() {
        Property.holds("steady", random -> {
            double mhz = random.between(0.0, MOST);
            DemandModel model = new DemandModel();
            long at = 0;
            for (int i = 0; i < random.sized(1, 1_000); i++) {
                model.observe(cpu(at, mhz));
                at += random.between(0L, 7_200L);
            }
            VmDemand planned = model.planned(MOST, GIB);
            assertThat(planned.cpuMhz()).isCloseTo(mhz, within(0.01));
            assertThat(planned.cpuPeakMhz()).isCloseTo(mhz, within(0.01));
        });
    }

    @Test
    void samples_that_come_late_are_passed_over() {
        DemandModel model = seen(0, 600, at -> 1_000);
        VmDemand before = model.planned(MOST, GIB);
        model.observe(cpu(300, 8_000));
        model.observe(cpu(600, 8_000));
        assertThat(model.planned(MOST, GIB)).isEqualTo(before);
    }

    @Test
    void a_model_that_was_written_down_goes_on_as_if_it_had_not_been() {
        LongToDoubleFunction day = at -> 1_000 + 900 * Math.sin(2 * Math.PI * at / DAY);
        DemandModel model = seen(0, 2 * DAY + 5_000, day);
        DemandModel read = DemandModel.fromBytes(model.toBytes());
        assertThat(read.planned(MOST, GIB)).isEqualTo(model.planned(MOST, GIB));
        for (long at = 2 * DAY + 5_060; at < 2 * DAY + 9_000; at += 60) {
            model.observe(cpu(at, day.applyAsDouble(at)));
            read.observe(cpu(at, day.applyAsDouble(at)));
        }
        assertThat(read.cpuForecast()).isEqualTo(model.cpuForecast());
        assertThat(read.memoryForecast()).isEqualTo(model.memoryForecast());
        assertThat(read.toBytes()).isEqualTo(model.toBytes()).hasSizeLessThan(1_200);
        assertThat(DemandModel.fromBytes(new DemandModel().toBytes()).blank()).isTrue();
    }

    @Test
    void bytes_that_are_no_model_are_refused() {
        byte[] good = seen(0, 3_600, at -> 500).toBytes();
        byte[] older = good.clone();
        older[0] = 0;
        byte[] senseless = good.clone();
        Arrays.fill(senseless, 1, senseless.length, (byte) 0xff);
        for (byte[] bad : List.of(new byte[0], Arrays.copyOf(good, good.length - 1), older, senseless)) {
            assertThatThrownBy(() -> DemandModel.fromBytes(bad)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
