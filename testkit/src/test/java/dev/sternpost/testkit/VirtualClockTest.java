package dev.sternpost.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VirtualClockTest {
    private final VirtualClock clock = new VirtualClock();
    private final List<String> log = new ArrayList<>();

    @Test
    void time_stands_still_until_it_is_advanced() {
        assertThat(clock.instant()).isEqualTo(VirtualClock.START).isEqualTo(clock.instant());
        clock.advance(Duration.ofMillis(1_500));
        assertThat(clock.millis() - VirtualClock.START.toEpochMilli()).isEqualTo(1_500);
    }

    @Test
    void actions_run_at_their_own_instant_in_order_of_time_then_of_scheduling() {
        clock.schedule(Duration.ofSeconds(2), () -> note("c"));
        clock.schedule(Duration.ofSeconds(1), () -> note("a"));
        clock.schedule(Duration.ofSeconds(1), () -> note("b"));
        clock.advance(Duration.ofSeconds(5));
        assertThat(log).containsExactly("1 a", "1 b", "2 c");
    }

    @Test
    void what_an_action_schedules_runs_in_the_same_advance_when_it_is_due() {
        clock.schedule(Duration.ofSeconds(1), () -> {
            note("first");
            clock.schedule(Duration.ofSeconds(2), () -> note("second"));
            clock.schedule(Duration.ofSeconds(9), () -> note("later"));
        });
        clock.advance(Duration.ofSeconds(5));
        assertThat(log).containsExactly("1 first", "3 second");
        assertThat(clock.pending()).isEqualTo(1);
    }

    @Test
    void an_action_that_reschedules_itself_without_a_delay_is_caught() {
        clock.schedule(Duration.ZERO, this::again);
        assertThatThrownBy(() -> clock.advance(Duration.ofSeconds(1))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void time_does_not_run_backwards() {
        assertThatThrownBy(() -> clock.advance(Duration.ofSeconds(-1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> clock.schedule(Duration.ofSeconds(-1), this::again))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private void again() {
        clock.schedule(Duration.ZERO, this::again);
    }

    private void note(String what) {
        log.add(Duration.between(VirtualClock.START, clock.instant()).toSeconds() + " " + what);
    }
}
