package dev.sternpost.sso.login;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LoginBrakeTest {
    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    private final LoginBrake brake = new LoginBrake();

    @Test
    void the_fifth_failure_within_the_window_locks_for_five_minutes() {
        for (int i = 0; i < 4; i++) {
            assertThat(brake.failed("anne", START.plusSeconds(i * 40L))).isFalse();
        }
        Instant fifth = START.plusSeconds(179);

        assertThat(brake.failed("anne", fifth)).isTrue();

        assertThat(brake.lockedFor("anne", fifth)).isEqualTo(Duration.ofSeconds(300));
        assertThat(brake.lockedFor("anne", fifth.plusSeconds(299))).isEqualTo(Duration.ofSeconds(1));
        assertThat(brake.lockedFor("anne", fifth.plusSeconds(300))).isZero();
    }

    @Test
    void failures_that_are_far_apart_do_not_lock() {
        for (int i = 0; i < 50; i++) {
            assertThat(brake.failed("anne", START.plusSeconds(i * 46L))).isFalse();
        }
    }

    @Test
    void success_forgives_and_one_name_does_not_lock_another() {
        for (int i = 0; i < 4; i++) {
            brake.failed("anne", START);
        }
        brake.succeeded("anne");

        assertThat(brake.failed("anne", START)).isFalse();
        assertThat(brake.lockedFor("bob", START)).isZero();
    }

    @Test
    void after_the_lock_one_has_five_tries_again() {
        for (int i = 0; i < 5; i++) {
            brake.failed("anne", START);
        }
        Instant later = START.plusSeconds(300);
        assertThat(brake.lockedFor("anne", later)).isZero();

        for (int i = 0; i < 4; i++) {
            assertThat(brake.failed("anne", later)).isFalse();
        }
        assertThat(brake.failed("anne", later)).isTrue();
    }

    @Test
    void the_names_remembered_are_bounded_and_the_newest_stay() {
        for (int i = 0; i < 5; i++) {
            brake.failed("first", START);
        }
        for (int i = 0; i < LoginBrake.NAMES_MAX - 1; i++) {
            brake.failed("name" + i, START);
        }
        assertThat(brake.lockedFor("first", START)).isPositive();

        for (int i = 0; i < LoginBrake.NAMES_MAX; i++) {
            brake.failed("other" + i, START);
        }
        assertThat(brake.lockedFor("first", START)).isZero();
    }
}
