package dev.sternpost.agent.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.testkit.Property;
import org.junit.jupiter.api.Test;

class RateLimitTest {

    @Test
    void over_any_long_stretch_no_more_goes_than_the_rate_and_one_burst() {
        Property.holds("the rate is kept", random -> {
            long rate = random.between(10_000L, 1_000_000_000L);
            RateLimit limit = new RateLimit(rate, 0);
            long now = 0;
            long sent = 0;
            for (int i = 0; i < 200; i++) {
                long bytes = random.between(0L, 256 * 1024L);
                now += limit.take(bytes, now);
                sent += bytes;
                assertThat((double) sent).isLessThanOrEqualTo(rate * (now / 1e9 + 0.1) * 1.001 + 1);
                now += random.between(0L, 5_000_000L);
            }
        });
    }

    @Test
    void no_limit_never_waits() {
        assertThat(new RateLimit(0, 0).take(Long.MAX_VALUE, 5)).isZero();
    }
}
