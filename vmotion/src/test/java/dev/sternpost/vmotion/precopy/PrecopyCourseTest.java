package dev.sternpost.vmotion.precopy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sternpost.testkit.Property;
import org.junit.jupiter.api.Test;

class PrecopyCourseTest {

    private static PrecopyCourse.Terms terms(double bandwidth, long downtimeMillis) {
        return new PrecopyCourse.Terms(bandwidth, new PrecopyLimits(downtimeMillis, Long.MAX_VALUE / 2), 0, 0, 0, 0);
    }

    @Test
    void without_rewrites_rounds_and_bytes_are_those_of_the_closed_form() {
        Property.holds("constant rate", random -> {
            double memory = random.between(1e8, 1e10);
            double bandwidth = random.between(1e7, 1e9);
            double lambda = random.between(0.05, 0.9);
            long downtimeMillis = random.between(10L, 1_000L);
            WriteLoad sweep = new WriteLoad(WriteKind.CYCLIC, 1e15, lambda * bandwidth);

            PrecopyCourse course = PrecopyCourse.of(sweep, memory, 0, terms(bandwidth, downtimeMillis));

            int rounds = Math.max(1, PrecopyModel.roundsConstantRate(memory, bandwidth, lambda, downtimeMillis / 1e3));
            assertThat(course.converges()).isTrue();
            assertThat(course.rounds()).isBetween(rounds - 1, rounds + 1); // the edge itself is a matter of rounding
            double sent = PrecopyModel.sentConstantRate(memory, lambda, course.rounds());
            assertThat(course.sentBytes()).isCloseTo(sent, within(sent * 1e-9));
            assertThat(course.seconds()).isCloseTo(sent / bandwidth, within(sent / bandwidth * 1e-9));
            assertThat(course.pauseMillis()).isLessThanOrEqualTo(downtimeMillis * 1.000001);
        });
    }

    @Test
    void it_converges_just_when_the_residual_fits_the_pause() {
        Property.holds("fixed point", random -> {
            double bandwidth = random.between(1e7, 1e9);
            double hotSet = random.between(1e7, 1e9);
            long downtimeMillis = random.between(10L, 500L);
            WriteLoad load = new WriteLoad(random.pick(WriteKind.class), hotSet, random.between(0.2, 4.0) * bandwidth);
            double fits = bandwidth * downtimeMillis / 1000;
            double residual = load.residualBytes(bandwidth);
            boolean clear =
                    residual > fits * 1.05 || residual < fits * 0.95 && Math.abs(load.lambda(bandwidth) - 1) > 0.05;
            PrecopyCourse course = PrecopyCourse.of(load, hotSet * 2, 0, terms(bandwidth, downtimeMillis));
            if (clear) {
                assertThat(course.converges()).isEqualTo(residual <= fits || hotSet <= fits);
            }
        });
    }

    @Test
    void the_least_throttle_is_that_of_the_formula() {
        Property.holds("throttle", random -> {
            double bandwidth = random.between(1e7, 1e9);
            double hotSet = random.between(1e7, 1e9);
            long downtimeMillis = random.between(10L, 500L);
            WriteLoad load = new WriteLoad(random.pick(WriteKind.class), hotSet, random.between(0.2, 4.0) * bandwidth);
            double share = load.throttleShareMin(bandwidth, downtimeMillis / 1e3);
            if (share > 0) {
                PrecopyCourse.Terms terms = terms(bandwidth, downtimeMillis);
                double less = 1 - (1 - share) * 1.1;
                double more = 1 - (1 - share) * 0.9;
                assertThat(PrecopyCourse.of(load.throttled(Math.max(0, less)), hotSet, 0, terms)
                                .converges())
                        .isFalse();
                assertThat(PrecopyCourse.of(load.throttled(more), hotSet, 0, terms)
                                .converges())
                        .isTrue();
            }
        });
    }

    @Test
    void no_pre_copy_sends_less_than_the_memory_or_pauses_less_than_the_engine_does() {
        Property.holds("floor", random -> {
            double memory = random.between(1e6, 1e10);
            WriteLoad load =
                    new WriteLoad(random.pick(WriteKind.class), random.between(0, memory), random.between(0.0, 1e9));
            PrecopyCourse course = PrecopyCourse.of(
                    load,
                    memory,
                    0,
                    new PrecopyCourse.Terms(
                            random.between(1e6, 1e10), new PrecopyLimits(300, 600_000), 0.1, 0.1, 0.1, 20));
            assertThat(course.sentBytes()).isGreaterThanOrEqualTo(memory);
            assertThat(course.pauseMillis()).isGreaterThanOrEqualTo(20);
        });
    }
}
