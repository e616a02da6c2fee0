package dev.sternpost.sso.login;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LoginBrakeTest {
    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    private static final String HOME = "192.0.2.1";
    private static final String STRANGER = "203.0.113.7";

    private final LoginBrake brake = new LoginBrake();

    @Test
    void the_fifth_failure_within_the_window_locks_for_five_minutes() {
        for (int i = 0; i < 4; i++) {
            assertThat(brake.failed("anne", HOME, START.plusSeconds(i * 40L))).isFalse();
        }
        Instant fifth = START.plusSeconds(179);

        assertThat(brake.failed("anne", HOME, fifth)).isTrue();

        assertThat(brake.lockedFor("anne", HOME, fifth)).isEqualTo(Duration.ofSeconds(300));
        assertThat(brake.lockedFor("anne", HOME, fifth.plusSeconds(299))).isEqualTo(Duration.ofSeconds(1));
        assertThat(brake.lockedFor("anne", HOME, fifth.plusSeconds(300))).isZero();
    }

    @Test
    void failures_that_are_far_apart_do_not_lock() {
        for (int i = 0; i < 50; i++) {
            assertThat(brake.failed("anne", HOME, START.plusSeconds(i * 46L))).isFalse();
        }
    }

    @Test
    void success_forgives_and_one_name_does_not_lock_another() {
        for (int i = 0; i < 4; i++) {
            brake.failed("anne", HOME, START);
        }
        brake.succeeded("anne", HOME);

        assertThat(brake.failed("anne", HOME, START)).isFalse();
        assertThat(brake.lockedFor("bob", HOME, START)).isZero();
    }

    @Test
    void after_the_lock_one_has_five_tries_again() {
        for (int i = 0; i < 5; i++) {
            brake.failed("anne", HOME, START);
        }
        Instant later = START.plusSeconds(300);
        assertThat(brake.lockedFor("anne", HOME, later)).isZero();

        for (int i = 0; i < 4; i++) {
            assertThat(brake.failed("anne", HOME, later)).isFalse();
        }
        assertThat(brake.failed("anne", HOME, later)).isTrue();
    }

    @Test
    void a_stranger_locks_the_name_for_himself_only() {
        for (int i = 0; i < 5; i++) {
            brake.failed("anne", STRANGER, START);
        }

        assertThat(brake.lockedFor("anne", STRANGER, START)).isPositive();
        assertThat(brake.lockedFor("anne", HOME, START)).isZero();
    }

    @Test
    void guesses_from_many_addresses_lock_the_name_but_for_where_its_owner_has_logged_in() {
        brake.succeeded("anne", HOME);
        boolean locked = false;
        for (int i = 0; i < LoginBrake.FAILURES_EVERYWHERE_MAX; i++) {
            locked = brake.failed("anne", "198.51.100." + i, START);
        }

        assertThat(locked).isTrue();
        assertThat(brake.lockedFor("anne", STRANGER, START)).isEqualTo(LoginBrake.LOCK);
        assertThat(brake.lockedFor("anne", HOME, START)).isZero();
        assertThat(brake.lockedFor("bob", STRANGER, START)).isZero();
        assertThat(brake.lockedFor("anne", STRANGER, START.plus(LoginBrake.LOCK)))
                .isZero();
    }

    @Test
    void many_names_from_one_address_lock_it_but_for_who_has_logged_in_from_there() {
        brake.succeeded("anne", STRANGER);
        for (int i = 1; i < LoginBrake.FAILURES_OF_ADDRESS_MAX; i++) {
            assertThat(brake.failed("name-" + i, STRANGER, START)).isFalse();
        }
        assertThat(brake.lockedFor("bob", STRANGER, START)).isZero();

        assertThat(brake.failed("one-more", STRANGER, START)).isTrue();

        assertThat(brake.lockedFor("bob", STRANGER, START)).isEqualTo(LoginBrake.LOCK);
        assertThat(brake.lockedFor("anne", STRANGER, START)).isZero();
        assertThat(brake.lockedFor("bob", HOME, START)).isZero();
        assertThat(brake.lockedFor("bob", STRANGER, START.plus(LoginBrake.LOCK)))
                .isZero();
    }

    @Test
    void the_owners_success_does_not_forgive_the_stranger() {
        for (int i = 0; i < 4; i++) {
            brake.failed("anne", STRANGER, START);
        }
        brake.succeeded("anne", HOME);

        assertThat(brake.failed("anne", STRANGER, START)).isTrue();
    }

    @Test
    void what_is_remembered_is_bounded_and_the_newest_stay() {
        for (int i = 0; i < 5; i++) {
            brake.failed("first", HOME, START);
        }
        // Each address has an entry for the name and one for all names; a name has one more, for all addresses
        // together.
        for (int i = 0; i < (LoginBrake.ENTRIES_MAX - 4) / 2; i++) {
            brake.failed("other", "address-" + i, START);
        }
        assertThat(brake.lockedFor("first", HOME, START)).isPositive();

        for (int i = 0; i < LoginBrake.ENTRIES_MAX; i++) {
            brake.failed("other", "another-" + i, START);
        }
        assertThat(brake.lockedFor("first", HOME, START)).isZero();
    }
}
