package dev.sternpost.vmotion.precopy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The order in which means are taken, on a guest that follows the formula exactly. */
class ConvergenceControlTest {
    private static final double MEMORY = 1e9;
    private static final PrecopyLimits LIMITS = new PrecopyLimits(300, 120_000);

    private final List<PrecopyRound> rounds = new ArrayList<>();
    private double left = MEMORY;
    private long elapsedMillis;

    /** The next round of a guest; returns what is decided at its end. */
    private PrecopyDecision round(ConvergenceControl control, WriteLoad load, double bandwidth) {
        double seconds = left / bandwidth;
        left = load.uniqueBytes(seconds);
        elapsedMillis += Math.round(seconds * 1000);
        rounds.add(new PrecopyRound(rounds.size() + 1, 0, (long) left, 0, Math.round(seconds * 1000)));
        List<PrecopyRound> reported = new ArrayList<>(rounds);
        reported.add(new PrecopyRound(rounds.size() + 1, 0, (long) left, 0, 0));
        return control.decide(new PrecopyProgress(reported, (long) left, (long) bandwidth, elapsedMillis));
    }

    private static ConvergenceControl control(ConvergenceMeans means) {
        return new ConvergenceControl(LIMITS, means, EngineCost.NONE, MEMORY, List.of());
    }

    private static final double BANDWIDTH = 1e8;
    private static final WriteLoad TOO_FAST = new WriteLoad(WriteKind.CYCLIC, 4e8, 2e8);

    @Test
    void before_the_third_round_it_says_that_it_will_not_converge() {
        ConvergenceControl control = control(ConvergenceMeans.NONE);
        round(control, TOO_FAST, BANDWIDTH);
        assertThat(round(control, TOO_FAST, BANDWIDTH).reason()).startsWith("will not converge");
        assertThat(control.forecast()).hasValueSatisfying(forecast -> {
            assertThat(forecast.converges()).isFalse();
            assertThat(forecast.load().hotSetBytes()).isBetween(3.6e8, 4.6e8);
        });
    }

    @Test
    void more_bandwidth_comes_before_throttling_and_is_no_more_than_needed() {
        ConvergenceControl control = control(new ConvergenceMeans((long) BANDWIDTH, 10_000_000_000L, 0.8, true));
        round(control, TOO_FAST, BANDWIDTH);
        assertThat(round(control, TOO_FAST, BANDWIDTH))
                .isInstanceOfSatisfying(
                        PrecopyDecision.RaiseBandwidth.class,
                        raise -> assertThat(raise.bandwidthBytesPerSecond()).isBetween((long) 1e8, (long) 2e9));
    }

    @Test
    void throttling_comes_when_bandwidth_cannot_be_raised_and_suffices() {
        ConvergenceControl control = control(ConvergenceMeans.standard((long) BANDWIDTH));
        WriteLoad load = TOO_FAST;
        PrecopyDecision decision = new PrecopyDecision.Continue("");
        for (int number = 0; number < 60 && !(decision instanceof PrecopyDecision.SwitchOver); number++) {
            decision = round(control, load, BANDWIDTH);
            if (decision instanceof PrecopyDecision.Throttle throttle) {
                load = TOO_FAST.throttled(throttle.share());
            }
        }
        assertThat(decision).isInstanceOf(PrecopyDecision.SwitchOver.class);
        assertThat(control.throttleShare()).isBetween(0.45, 0.75);
    }

    @Test
    void post_copy_is_the_last_resort_and_only_when_allowed() {
        ConvergenceControl control = control(new ConvergenceMeans(0, 0, 0, true));
        round(control, TOO_FAST, BANDWIDTH);
        assertThat(round(control, TOO_FAST, BANDWIDTH)).isInstanceOf(PrecopyDecision.PostCopy.class);
    }

    @Test
    void without_means_it_gives_up_when_hope_has_gone_for_long_and_says_what_would_help() {
        ConvergenceControl control = control(ConvergenceMeans.NONE);
        PrecopyDecision decision = new PrecopyDecision.Continue("");
        while (decision instanceof PrecopyDecision.Continue && rounds.size() < 40) {
            decision = round(control, TOO_FAST, BANDWIDTH);
        }
        assertThat(rounds.size()).isGreaterThanOrEqualTo(ConvergenceControl.ROUNDS_TO_GIVE_UP);
        assertThat(decision)
                .isInstanceOfSatisfying(
                        PrecopyDecision.GiveUp.class,
                        giveUp -> assertThat(giveUp.reason()).contains("Allow a longer pause than 300 ms"));
    }

    @Test
    void a_guest_that_becomes_calm_gets_its_time_back() {
        ConvergenceControl control = control(ConvergenceMeans.standard(0));
        round(control, TOO_FAST, BANDWIDTH);
        assertThat(round(control, TOO_FAST, BANDWIDTH)).isInstanceOf(PrecopyDecision.Throttle.class);
        WriteLoad calm = new WriteLoad(WriteKind.CYCLIC, 4e8, 1.5e7);
        PrecopyDecision decision = new PrecopyDecision.Continue("");
        List<PrecopyDecision> seen = new ArrayList<>();
        for (int number = 0; number < 20 && !(decision instanceof PrecopyDecision.SwitchOver); number++) {
            decision = round(control, calm.throttled(control.throttleShare()), BANDWIDTH);
            seen.add(decision);
        }
        assertThat(decision).isInstanceOf(PrecopyDecision.SwitchOver.class);
        assertThat(seen).noneMatch(one -> one instanceof PrecopyDecision.Throttle more && more.share() > 0.7);
    }

    @Test
    void what_was_seen_before_the_move_counts_less_than_its_rounds() {
        List<DirtySample> wrong = List.of(DirtySample.ofPagesSampled(1, 5e8), DirtySample.ofPagesSampled(4, 9e8));
        ConvergenceControl control =
                new ConvergenceControl(LIMITS, ConvergenceMeans.standard(0), EngineCost.NONE, MEMORY, wrong);
        WriteLoad calm = new WriteLoad(WriteKind.RANDOM, 2e8, 2e7);
        PrecopyDecision decision = new PrecopyDecision.Continue("");
        for (int number = 0; number < 20 && !(decision instanceof PrecopyDecision.SwitchOver); number++) {
            decision = round(control, calm.throttled(control.throttleShare()), BANDWIDTH);
            assertThat(decision).isNotInstanceOf(PrecopyDecision.Throttle.class);
        }
        assertThat(decision).isInstanceOf(PrecopyDecision.SwitchOver.class);
    }

    @Test
    void a_forecast_reads_as_people_say_it() {
        PrecopyForecast forecast = new PrecopyForecast(
                1,
                new Range(12_000, 13_000, 15_400),
                new Range(40, 50, 80),
                Range.exactly(1e9),
                Range.exactly(3),
                WriteLoad.IDLE,
                1e8);
        assertThat(forecast.sentence()).isEqualTo("expected 12-15 s, pause 40-80 ms");
        assertThat(new PrecopyForecast(
                                1,
                                new Range(700, 800, 1_250),
                                new Range(5, 6, 9),
                                Range.exactly(1e9),
                                Range.exactly(3),
                                WriteLoad.IDLE,
                                1e8)
                        .sentence())
                .isEqualTo("expected 0.7-1.3 s, pause 5-9 ms");
    }
}
