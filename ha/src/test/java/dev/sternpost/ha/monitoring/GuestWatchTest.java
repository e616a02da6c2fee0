package dev.sternpost.ha.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.ha.monitoring.GuestWatch.State;
import dev.sternpost.ha.monitoring.GuestWatch.Step;
import dev.sternpost.testkit.Generator;
import dev.sternpost.testkit.Property;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GuestWatchTest {
    /** Ten seconds of silence, half a minute after the start, two resets in ten minutes. */
    private static final GuestMonitoring SETTINGS = new GuestMonitoring(10_000, 30_000, 2, 600_000);

    private final GuestWatch watch = new GuestWatch(SETTINGS);
    private final List<GuestEffect> effects = new ArrayList<>();
    private final List<Long> resetsAsked = new ArrayList<>();
    private State state = State.start(0);
    private long operations = 1;

    private void take(GuestInput input) {
        Step step = watch.step(state, input);
        state = step.state();
        step.effect().ifPresent(effect -> {
            effects.add(effect);
            if (effect instanceof GuestEffect.Reset) {
                resetsAsked.add(input.atMillis());
            }
        });
    }

    /** Ticks each second, while its process answers. */
    private void pass(long from, long until) {
        for (long at = from; at < until; at += 1_000) {
            take(new GuestInput.EngineAnswered(at));
            take(new GuestInput.Tick(at));
        }
    }

    @Test
    void a_guest_that_falls_silent_and_does_nothing_is_reset() {
        pass(0, 40_000);
        take(new GuestInput.Heartbeat(40_000));
        pass(40_000, 50_000);
        assertThat(effects).isEmpty();
        pass(50_000, 51_000);
        assertThat(effects)
                .containsExactly(new GuestEffect.Reset(
                        "nothing was heard of it for 10 s, and it did nothing on disk or network"));
    }

    @Test
    void a_guest_that_works_is_left_alone_though_its_agent_is_silent() {
        take(new GuestInput.Heartbeat(35_000));
        for (long at = 35_000; at < 200_000; at += 5_000) {
            take(new GuestInput.Activity(++operations, at));
            pass(at, at + 5_000);
        }
        assertThat(effects).isEmpty();
        pass(200_000, 210_000);
        assertThat(effects).hasSize(1);
    }

    @Test
    void a_guest_whose_agent_was_never_heard_is_not_judged_by_silence() {
        take(new GuestInput.Activity(++operations, 1_000));
        pass(1_000, 500_000);
        assertThat(effects).isEmpty();
    }

    @Test
    void a_guest_that_starts_is_given_time() {
        take(new GuestInput.Heartbeat(1_000));
        pass(1_000, 30_000);
        assertThat(effects).isEmpty();
        pass(30_000, 31_000);
        assertThat(effects).hasSize(1);
        take(new GuestInput.WasReset(31_500));
        pass(32_000, 62_000);
        assertThat(effects).hasSize(1);
        pass(62_000, 63_000);
        assertThat(effects).hasSize(2);
    }

    @Test
    void a_panic_is_answered_at_once_and_within_the_same_limits() {
        for (int i = 0; i < 2; i++) {
            take(new GuestInput.Panicked(1_000 + i));
            take(new GuestInput.WasReset(1_500 + i));
        }
        assertThat(effects).hasSize(2).allMatch(GuestEffect.Reset.class::isInstance);
        take(new GuestInput.Panicked(2_000));
        assertThat(effects.getLast())
                .isEqualTo(new GuestEffect.GaveUp("it panicked, and it was reset or killed 2 times within 10 min"));
        pass(2_000, 60_000);
        assertThat(effects).as("told once").hasSize(3);
    }

    @Test
    void a_guest_that_was_given_up_and_is_heard_again_is_watched_again() {
        for (int i = 0; i < 3; i++) {
            take(new GuestInput.Panicked(1_000 + i));
            take(new GuestInput.WasReset(1_500 + i));
        }
        take(new GuestInput.Panicked(2_000));
        take(new GuestInput.Heartbeat(3_000));
        take(new GuestInput.EngineAnswered(650_000));
        take(new GuestInput.Tick(650_000));
        assertThat(effects.getLast()).as("the window is over").isInstanceOf(GuestEffect.Reset.class);
    }

    @Test
    void a_process_that_does_not_answer_is_killed_though_its_guest_has_no_agent() {
        pass(0, 5_000);
        for (long at = 5_000; at < 14_000; at += 1_000) {
            take(new GuestInput.Tick(at));
        }
        assertThat(effects).isEmpty();
        take(new GuestInput.Tick(14_000));
        assertThat(effects).containsExactly(new GuestEffect.Kill("its process did not answer for 10 s"));
        take(new GuestInput.Tick(20_000));
        assertThat(effects).hasSize(1);
        take(new GuestInput.Tick(24_000));
        assertThat(effects).as("asked again").hasSize(2);
    }

    @Test
    void a_guest_that_stands_still_by_somebodys_will_is_not_judged() {
        take(new GuestInput.Heartbeat(40_000));
        take(new GuestInput.StandsStill(true, 41_000));
        for (long at = 41_000; at < 300_000; at += 1_000) {
            take(new GuestInput.Tick(at));
        }
        take(new GuestInput.StandsStill(false, 300_000));
        pass(300_000, 310_000);
        assertThat(effects).isEmpty();
        pass(310_000, 311_000);
        assertThat(effects).hasSize(1);
    }

    @Test
    void a_reset_that_does_not_come_is_asked_for_again() {
        take(new GuestInput.Heartbeat(40_000));
        pass(40_000, 60_000);
        assertThat(effects).hasSize(1);
        pass(60_000, 61_000);
        assertThat(effects).hasSize(2);
    }

    @Test
    void a_reset_that_was_asked_for_and_not_made_does_not_count() {
        for (int i = 0; i < 5; i++) {
            take(new GuestInput.EngineAnswered(1_000 + i * 11_000L));
            take(new GuestInput.Panicked(1_000 + i * 11_000L));
        }
        assertThat(effects).hasSize(5).allMatch(GuestEffect.Reset.class::isInstance);
    }

    @Test
    void processes_that_hang_again_and_again_are_killed_within_the_same_limits() {
        for (long started = 0; started < 60_000; started += 20_000) {
            state = State.start(started, state.resets());
            take(new GuestInput.Tick(started + 10_000));
        }
        assertThat(effects)
                .extracting(Object::getClass)
                .containsExactly(GuestEffect.Kill.class, GuestEffect.Kill.class, GuestEffect.GaveUp.class);
        take(new GuestInput.Tick(70_000));
        assertThat(effects).as("told once").hasSize(3);
        take(new GuestInput.Tick(620_000));
        assertThat(effects.getLast()).as("the window is over").isInstanceOf(GuestEffect.Kill.class);
    }

    @Test
    void whatever_happens_resets_keep_to_their_limits_and_have_a_cause() {
        Property.holds("resets keep to their limits", 200, random -> {
            GuestMonitoring settings = new GuestMonitoring(
                    random.between(1, 60) * 1_000L,
                    random.between(0, 120) * 1_000L,
                    random.between(1, 4),
                    random.between(60, 3_600) * 1_000L);
            replay(settings, random);
        });
    }

    private static void replay(GuestMonitoring settings, Generator random) {
        GuestWatch watch = new GuestWatch(settings);
        State state = State.start(0);
        List<Long> resets = new ArrayList<>();
        long at = 0;
        long sign = 0;
        long engine = 0;
        long started = 0;
        boolean spoke = false;
        boolean panicked = false;
        boolean still = false;
        long operations = 0;
        for (int i = 0; i < 400; i++) {
            at += random.between(100, 8_000);
            GuestInput input = switch (random.between(0, 19)) {
                case 0 -> new GuestInput.Heartbeat(at);
                case 1 -> new GuestInput.Activity(operations += random.between(0, 1), at);
                case 2 -> new GuestInput.Panicked(at);
                case 3 -> new GuestInput.StandsStill(random.chance(0.3), at);
                case 4, 5, 6, 7, 8 -> new GuestInput.EngineAnswered(at);
                default -> new GuestInput.Tick(at);
            };
            long before = state.operations();
            Step step = watch.step(state, input);
            state = step.state();
            switch (input) {
                case GuestInput.Heartbeat ignored -> {
                    sign = at;
                    spoke = true;
                }
                case GuestInput.Activity activity -> sign = activity.operations() != before ? at : sign;
                case GuestInput.Panicked ignored -> panicked = true;
                case GuestInput.StandsStill stands -> {
                    still = stands.still();
                    sign = at;
                    engine = at;
                }
                case GuestInput.EngineAnswered ignored -> engine = at;
                case GuestInput.Tick ignored -> {}
                case GuestInput.WasReset ignored -> {}
            }
            GuestEffect effect = step.effect().orElse(null);
            if (effect == null) {
                continue;
            }
            assertThat(still).as("nothing is done to what stands still").isFalse();
            if (effect instanceof GuestEffect.Kill) {
                assertThat(at - engine).isGreaterThanOrEqualTo(settings.failureMillis());
                return;
            }
            boolean silent =
                    spoke && at - sign >= settings.failureMillis() && at - started >= settings.uptimeMillisMin();
            boolean hung = effect instanceof GuestEffect.GaveUp && at - engine >= settings.failureMillis();
            assertThat(silent || panicked || hung).as("a reset has a cause").isTrue();
            long window = at - settings.windowMillis();
            long within = resets.stream().filter(made -> made > window).count();
            if (effect instanceof GuestEffect.Reset) {
                assertThat(within).isLessThan(settings.resetsMax());
                resets.add(at);
                state = watch.step(state, new GuestInput.WasReset(at)).state();
                started = at;
                sign = at;
                panicked = false;
            } else {
                assertThat(within).isGreaterThanOrEqualTo(settings.resetsMax());
            }
        }
    }
}
