package dev.sternpost.vmotion.precopy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.testkit.Property;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrecopyLimitsTest {
    @Test
    void a_budget_keeps_for_the_engine_what_the_engine_takes() {
        PrecopyLimits limits = PrecopyLimits.of(300, 0).sparing(EngineCost.QEMU);
        assertThat(limits.downtimeMillis()).isEqualTo(300);
        assertThat(limits.pagesMillis()).isEqualTo(265);
        assertThat(PrecopyLimits.of(20, 0).sparing(EngineCost.QEMU).pagesMillis())
                .isEqualTo(10);
    }

    @Test
    void pages_never_get_more_than_the_budget_nor_less_than_half_of_it() {
        Property.holds("the pages' part of a budget", random -> {
            double engine = random.between(0.0, 500.0);
            long budget = random.between(1L, PrecopyLimits.DOWNTIME_MILLIS_MAX);
            PrecopyLimits limits =
                    new PrecopyLimits(budget, 60_000).sparing(new EngineCost(0, 0, 0, Range.exactly(engine)));
            assertThat(limits.pagesMillis()).isBetween((budget + 1) / 2, budget);
            if (budget >= 2 * engine + 1) {
                assertThat(limits.pagesMillis() + engine).isLessThanOrEqualTo(budget + 0.5);
            }
        });
    }

    @Test
    void whoever_switches_over_keeps_the_budget_with_what_the_engine_takes_besides() {
        Property.holds("the pause of a switch-over", random -> {
            double engine = random.between(0.0, 100.0);
            PrecopyLimits limits = new PrecopyLimits(random.between(200L, 1_000L), 60_000)
                    .sparing(new EngineCost(0, 0, 0, Range.exactly(engine)));
            long bandwidth = random.between(1_000_000L, 1_000_000_000L);
            long left = random.between(0L, bandwidth);
            PrecopyRound round = new PrecopyRound(1, left, left, 0, 100);
            PrecopyDecision decision = ConvergencePolicy.decide(
                    new PrecopyProgress(List.of(round, new PrecopyRound(2, 0, left, 0, 0)), left, bandwidth, 100),
                    limits);
            double pause = left * 1000.0 / bandwidth + engine;
            if (decision instanceof PrecopyDecision.SwitchOver) {
                assertThat(pause).isLessThanOrEqualTo(limits.downtimeMillis() + 1);
            } else {
                assertThat(pause).isGreaterThan(limits.downtimeMillis() - 1);
            }
        });
    }

    @Test
    void giving_up_tells_the_pause_there_would_be_and_the_one_allowed() {
        PrecopyRound round = new PrecopyRound(1, 90_000_000, 90_000_000, 0, 100);
        PrecopyDecision decision = ConvergencePolicy.decide(
                new PrecopyProgress(List.of(round, round, round), 90_000_000, 100_000_000, 60_000),
                new PrecopyLimits(250, 60_000).sparing(EngineCost.QEMU));
        assertThat(decision.reason()).contains("a pause of 900 ms", "longer pause than 250 ms");
    }

    @Test
    void limits_that_make_no_sense_are_refused() {
        assertThatThrownBy(() -> new PrecopyLimits(10, 11, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PrecopyLimits(0, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
