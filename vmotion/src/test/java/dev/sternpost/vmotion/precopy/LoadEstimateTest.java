package dev.sternpost.vmotion.precopy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sternpost.testkit.Property;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class LoadEstimateTest {
    private static final double MEMORY = 1e9;

    private static List<DirtySample> samples(WriteLoad load, double... seconds) {
        return DoubleStream.of(seconds)
                .mapToObj(length -> DirtySample.ofBitmap(length, load.uniqueBytes(length)))
                .toList();
    }

    @Test
    void samples_on_both_sides_of_saturation_tell_hot_set_rate_and_order() {
        Property.holds("both kinds are found again", random -> {
            WriteKind kind = random.pick(WriteKind.class);
            double hotSet = random.between(5e7, 5e8);
            WriteLoad load = new WriteLoad(kind, hotSet, random.between(2e7, 2e8));
            double sweep = hotSet / load.writeBytesPerSecond();

            LoadEstimate estimate =
                    LoadEstimate.from(samples(load, 0.2 * sweep, 0.9 * sweep, 1.6 * sweep, 6 * sweep), MEMORY);

            assertThat(estimate.best().kind()).isEqualTo(kind);
            assertThat(estimate.best().hotSetBytes()).isCloseTo(hotSet, within(hotSet * 0.12));
            assertThat(estimate.best().writeBytesPerSecond())
                    .isCloseTo(load.writeBytesPerSecond(), within(load.writeBytesPerSecond() * 0.2));
        });
    }

    @Test
    void what_was_sampled_is_never_ruled_out() {
        Property.holds("the estimate agrees with its samples", random -> {
            WriteLoad load =
                    new WriteLoad(random.pick(WriteKind.class), random.between(1e6, MEMORY), random.between(1e5, 1e9));
            List<DirtySample> samples = samples(load, random.between(0.1, 20.0), random.between(0.1, 20.0));
            WriteLoad best = LoadEstimate.from(samples, MEMORY).best();
            for (DirtySample sample : samples) {
                assertThat(best.uniqueBytes(sample.seconds()))
                        .isCloseTo(sample.dirtyBytes(), within(sample.dirtyBytes() * 0.15 + 1e6));
            }
        });
    }

    @Test
    void a_sample_that_is_saturated_leaves_open_how_fast_the_guest_writes() {
        WriteLoad load = new WriteLoad(WriteKind.CYCLIC, 1e8, 1e9);
        LoadEstimate estimate = LoadEstimate.from(samples(load, 10), MEMORY);
        assertThat(estimate.loads())
                .anyMatch(one -> one.load().writeBytesPerSecond() > 5e7)
                .anyMatch(one -> one.load().writeBytesPerSecond() < 2e7);
    }

    @Test
    void nothing_known_is_a_calm_guest_of_which_much_may_be_wrong() {
        LoadEstimate estimate = LoadEstimate.from(List.of(), MEMORY);
        assertThat(estimate.best().uniqueBytes(1)).isBetween(MEMORY * 0.002, MEMORY * 0.05);
        assertThat(estimate.loads().size()).isGreaterThan(20);
    }

    @Test
    void a_guest_that_writes_nothing_is_seen_as_one() {
        LoadEstimate estimate = LoadEstimate.from(List.of(DirtySample.ofBitmap(5, 0)), MEMORY);
        assertThat(estimate.best().uniqueBytes(5)).isLessThan(2e6);
    }

    @Test
    void taking_time_from_a_guest_is_the_same_as_less_time() {
        Property.holds("throttle is a change of clock", random -> {
            WriteLoad load =
                    new WriteLoad(random.pick(WriteKind.class), random.between(1e6, MEMORY), random.between(1e5, 1e9));
            double share = random.between(0.0, 0.9);
            double seconds = random.between(0.0, 30.0);
            double expected = load.uniqueBytes(seconds * (1 - share));
            assertThat(load.throttled(share).uniqueBytes(seconds)).isCloseTo(expected, within(expected * 1e-9 + 1e-6));
        });
    }
}
