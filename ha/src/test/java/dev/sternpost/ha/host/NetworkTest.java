package dev.sternpost.ha.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.ha.message.Message;
import dev.sternpost.ha.timing.HaTiming;
import dev.sternpost.inventory.HostId;
import java.util.Collections;
import org.junit.jupiter.api.Test;

class NetworkTest {
    private static final HostId OTHER = HostId.of(2);
    private static final HaTiming TIMING = HaTiming.DEFAULT;

    private Network network = Network.start(0);

    private void hears(long incarnation, long sequence, long at) {
        network = network.heard(
                new Message.Heartbeat(
                        OTHER,
                        incarnation,
                        sequence,
                        1,
                        true,
                        Collections.emptySortedMap(),
                        Collections.emptySortedMap()),
                TIMING,
                at);
    }

    private boolean isHeard(long at) {
        return network.lately(TIMING, at).containsKey(OTHER);
    }

    @Test
    void what_comes_late_counts_for_nothing() {
        hears(3, 10, 1_000);
        hears(3, 9, 30_000);
        hears(2, 99, 30_000);
        hears(3, 9, 60_000);
        assertThat(isHeard(60_000)).isFalse();
        hears(3, 11, 61_000);
        assertThat(isHeard(61_000)).isTrue();
    }

    @Test
    void a_number_that_was_too_high_is_forgotten_when_only_lower_ones_come_and_rise() {
        hears(Long.MAX_VALUE, Long.MAX_VALUE, 1_000);
        hears(Long.MAX_VALUE - 3, 1, 5_000);
        long at = 6_000;
        for (long sequence = 20; at < 6_000 + TIMING.deadMillis(); sequence++, at += 1_000) {
            hears(3, sequence, at);
            hears(3, sequence - 1, at);
            assertThat(isHeard(at)).as("at %d", at).isFalse();
        }
        hears(3, 100, at);
        hears(3, 101, at + 1_000);
        assertThat(isHeard(at + 1_000)).isTrue();
    }
}
