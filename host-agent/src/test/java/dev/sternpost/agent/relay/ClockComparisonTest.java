package dev.sternpost.agent.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.testkit.Property;
import org.junit.jupiter.api.Test;

class ClockComparisonTest {

    @Test
    void the_estimate_is_wrong_by_at_most_half_the_best_round_trip_whatever_the_ways_take() {
        Property.holds("offset error is within half the round trip", random -> {
            long trueOffset = random.between(-1_000_000_000_000L, 1_000_000_000_000L);
            ClockComparison clocks = new ClockComparison();
            long now = random.between(0L, 1_000_000_000L);
            long bestRoundTrip = Long.MAX_VALUE;
            for (int probe = 0; probe < 16; probe++) {
                long there = random.between(10_000L, 50_000_000L);
                long held = random.between(0L, 1_000_000L);
                long back = random.between(10_000L, 50_000_000L);
                clocks.add(now, now + there + trueOffset, now + there + held + trueOffset, now + there + held + back);
                bestRoundTrip = Math.min(bestRoundTrip, there + back);
                now += 100_000_000;
            }

            ClockOffset best = clocks.best().orElseThrow();

            assertThat(best.roundTripNanos()).isEqualTo(bestRoundTrip);
            assertThat(Math.abs(best.offsetNanos() - trueOffset)).isLessThanOrEqualTo(bestRoundTrip / 2 + 1);
        });
    }

    @Test
    void an_impossible_probe_is_ignored() {
        ClockComparison clocks = new ClockComparison();

        clocks.add(100, 50, 40, 200);
        clocks.add(100, 50, 400, 200);

        assertThat(clocks.best()).isEmpty();
    }
}
