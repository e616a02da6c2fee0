package dev.sternpost.vmotion.precopy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.testkit.Property;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConvergencePolicyTest {
    private static final PrecopyLimits LIMITS = new PrecopyLimits(300, 60_000);

    private static PrecopyProgress progress(int rounds, long remaining, long bandwidth, long elapsed) {
        List<PrecopyRound> list = new ArrayList<>();
        for (int number = 1; number <= rounds; number++) {
            list.add(new PrecopyRound(number, 1_000_000, remaining, 5_000_000, 100));
        }
        return new PrecopyProgress(list, remaining, bandwidth, elapsed);
    }

    @Test
    void it_switches_over_when_the_rest_fits_into_the_downtime_limit() {
        PrecopyDecision decision = ConvergencePolicy.decide(progress(2, 30_000_000, 100_000_000, 1_000), LIMITS);
        assertThat(decision)
                .isInstanceOfSatisfying(
                        PrecopyDecision.SwitchOver.class,
                        switchOver ->
                                assertThat(switchOver.expectedDowntimeMillis()).isEqualTo(300));
    }

    @Test
    void it_goes_on_while_one_byte_too_many_is_left() {
        assertThat(ConvergencePolicy.decide(progress(2, 30_000_001 + 100_000, 100_000_000, 1_000), LIMITS))
                .isInstanceOf(PrecopyDecision.Continue.class);
    }

    @Test
    void it_never_switches_over_within_the_full_pass() {
        assertThat(ConvergencePolicy.decide(progress(1, 0, 100_000_000, 1_000), LIMITS))
                .isInstanceOf(PrecopyDecision.Continue.class);
    }

    @Test
    void it_gives_up_at_the_timeout_and_says_what_would_help() {
        assertThat(ConvergencePolicy.decide(progress(9, 90_000_000, 100_000_000, 60_000), LIMITS))
                .isInstanceOfSatisfying(
                        PrecopyDecision.GiveUp.class,
                        giveUp -> assertThat(giveUp.reason()).contains("raise the bandwidth limit"));
    }

    @Test
    void an_unknown_bandwidth_is_no_reason_to_stop_the_guest() {
        assertThat(ConvergencePolicy.decide(progress(3, 1, 0, 10), LIMITS))
                .isInstanceOf(PrecopyDecision.Continue.class);
    }

    @Test
    void a_guest_below_the_bandwidth_always_switches_over_within_the_rounds_of_the_formula() {
        Property.holds("constant rates converge as the closed form says", random -> {
            double memory = random.between(1e8, 1e10);
            double bandwidth = random.between(1e7, 1e9);
            double lambda = random.between(0.05, 0.9);
            var limits = new PrecopyLimits(random.between(10L, 1_000L), Long.MAX_VALUE);
            int expected = PrecopyModel.roundsConstantRate(memory, bandwidth, lambda, limits.downtimeMillis() / 1e3);
            List<PrecopyRound> rounds = new ArrayList<>();
            double left = memory;
            PrecopyDecision decision = new PrecopyDecision.Continue("");
            for (int number = 1; number <= expected + 3 && decision instanceof PrecopyDecision.Continue; number++) {
                double sent = left;
                left = sent * lambda;
                rounds.add(new PrecopyRound(number, (long) sent, (long) left, (long) (lambda * bandwidth), 1));
                decision = ConvergencePolicy.decide(
                        new PrecopyProgress(rounds, (long) left, (long) bandwidth, number), limits);
            }
            assertThat(decision).isInstanceOf(PrecopyDecision.SwitchOver.class);
            assertThat(rounds.size()).isBetween(Math.max(2, expected), Math.max(2, expected + 1));
        });
    }
}
