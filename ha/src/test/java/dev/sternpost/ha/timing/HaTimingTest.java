package dev.sternpost.ha.timing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class HaTimingTest {
    private static HaTiming withDead(long deadMillis) {
        return new HaTiming(1_000, 8_000, 2_000, 5_000, 2_000, deadMillis, 500, 4_000, 6_500, 1_000, 4_000, 10_000);
    }

    @Test
    void a_lease_is_not_over_before_its_holder_has_stopped() {
        HaTiming timing = HaTiming.DEFAULT;
        assertThat(timing.deadMillis())
                .isGreaterThanOrEqualTo(
                        timing.failMillis() + timing.watchdogMillis() + timing.driftMillis() + timing.inFlightMillis());
        assertThat(withDead(12_500)).isEqualTo(timing);
        assertThatThrownBy(() -> withDead(12_100))
                .hasMessage("dead is 12100 ms, must be at least 12121 ms")
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_coordinator_is_not_followed_before_it_has_stepped_down() {
        assertThatThrownBy(() -> new HaTiming(
                        1_000, 8_000, 2_000, 5_000, 2_000, 12_500, 500, 4_000, 6_000, 1_000, 4_000, 10_000))
                .hasMessageStartingWith("coordinatorDead is 6000 ms");
    }

    @Test
    void the_default_rides_out_pauses_of_five_seconds() {
        assertThat(HaTiming.DEFAULT.failMillis())
                .isGreaterThan(5_000 + HaTiming.DEFAULT.renewMillis() + HaTiming.DEFAULT.inFlightMillis() - 1);
        assertThat(HaTiming.PATIENT.failMillis()).isGreaterThan(30_000);
    }
}
