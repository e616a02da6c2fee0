package dev.sternpost.ha.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.ha.port.Input;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SlotWatchTest {
    private static Input.SlotRead read(String content, long started, long ended) {
        return new Input.SlotRead("s", started, Optional.of(content), false, ended);
    }

    @Test
    void time_counts_from_the_end_of_the_first_read_to_the_beginning_of_the_last() {
        SlotWatch watch = SlotWatch.first(read("a", 0, 900));
        assertThat(watch.unmovedMillis()).isZero();
        assertThat(watch.seen(read("a", 5_000, 9_000)).unmovedMillis()).isEqualTo(4_100);
    }

    @Test
    void any_other_content_begins_anew_also_a_torn_or_older_one() {
        SlotWatch watch = SlotWatch.first(read("a", 0, 1)).seen(read("a", 5_000, 5_001));
        assertThat(watch.seen(read("", 6_000, 6_010)).unmovedMillis()).isZero();
    }

    @Test
    void a_read_that_failed_proves_nothing_and_one_that_was_overtaken_no_more() {
        SlotWatch watch = SlotWatch.first(read("a", 0, 0)).seen(read("a", 5_000, 5_001));
        assertThat(watch.seen(new Input.SlotRead("s", 9_000, Optional.empty(), true, 9_001)))
                .isEqualTo(watch);
        assertThat(watch.seen(read("a", 4_000, 9_001))).isEqualTo(watch);
    }

    @Test
    void who_saw_the_same_content_earlier_makes_it_older_and_never_younger() {
        SlotWatch watch = SlotWatch.first(read("a", 5_000, 5_001)).seen(read("a", 6_000, 6_001));
        assertThat(watch.knownSince(1_000).unmovedMillis()).isEqualTo(5_000);
        assertThat(watch.knownSince(5_500)).isEqualTo(watch);
    }
}
