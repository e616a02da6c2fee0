package dev.sternpost.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PingCountTest {
    @Test
    void busybox_tells_its_statistic() {
        assertThat(PingCount.parse("""
                        64 bytes from 10.77.0.2: seq=0 ttl=64 time=0.449 ms
                        64 bytes from 10.77.0.2: seq=3 ttl=64 time=0.336 ms

                        --- 10.77.0.2 ping statistics ---
                        4 packets transmitted, 2 packets received, 50% packet loss
                        """)).contains(new PingCount(4, 2, 2));
    }

    @Test
    void the_one_that_was_under_way_when_the_ping_was_ended_is_not_lost() {
        assertThat(PingCount.parse("""
                        64 bytes from 10.77.0.2: seq=0 ttl=64 time=0.449 ms
                        64 bytes from 10.77.0.2: seq=1 ttl=64 time=0.336 ms

                        3 packets transmitted, 2 packets received, 33% packet loss
                        """)).contains(new PingCount(3, 2, 0));
    }

    @Test
    void a_ping_that_told_nothing_has_no_count() {
        assertThat(PingCount.parse("ping: bad address")).isEmpty();
    }
}
