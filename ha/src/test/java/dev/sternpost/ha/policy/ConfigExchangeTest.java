package dev.sternpost.ha.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ConfigExchangeTest {
    private static ConfigExchange of(long own, long there) {
        return ConfigExchange.of(own, OptionalLong.of(there));
    }

    @Test
    void the_higher_version_counts() {
        assertThat(ConfigExchange.of(7, OptionalLong.empty())).isEqualTo(ConfigExchange.WRITE);
        assertThat(of(7, 6)).isEqualTo(ConfigExchange.WRITE);
        assertThat(of(7, 7)).isEqualTo(ConfigExchange.NOTHING);
        assertThat(of(7, 8)).isEqualTo(ConfigExchange.TAKE);
        assertThat(of(7, 1_900_000_000)).isEqualTo(ConfigExchange.TAKE);
        assertThat(of(7, 7 + ConfigExchange.VERSION_RISE_MAX)).isEqualTo(ConfigExchange.TAKE);
    }

    @Test
    void a_version_that_cannot_be_is_not_gone_by() {
        assertThat(of(7, 8 + ConfigExchange.VERSION_RISE_MAX)).isEqualTo(ConfigExchange.REFUSE);
        assertThat(of(7, Long.MAX_VALUE)).isEqualTo(ConfigExchange.REFUSE);
        assertThat(of(7, -1)).isEqualTo(ConfigExchange.REFUSE);
        assertThat(of(0, Long.MIN_VALUE)).isEqualTo(ConfigExchange.REFUSE);
    }
}
