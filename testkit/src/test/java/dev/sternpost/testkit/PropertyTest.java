package dev.sternpost.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;

class PropertyTest {
    private static final Property.Body FAILS_FOR_LARGE = random -> {
        if (random.between(0, random.size()) > 20) {
            throw new IllegalStateException("too large");
        }
    };

    @Test
    void a_true_property_sees_every_case_from_small_to_large() {
        List<Integer> sizes = new ArrayList<>();
        Property.holds("sizes", 50, 1, random -> sizes.add(random.size()));
        assertThat(sizes).hasSize(50).isSorted().startsWith(1).endsWith(Property.SIZE_MAX);
    }

    @Test
    void a_failure_names_the_property_its_cause_and_a_seed_that_replays_it() {
        Throwable failure = catchThrowable(() -> Property.holds("stays small", 200, 7, FAILS_FOR_LARGE));
        assertThat(failure)
                .isInstanceOf(AssertionFailedError.class)
                .hasMessageContaining("stays small")
                .hasMessageContaining("too large");
        String printed = String.valueOf(failure.getMessage()).replaceAll("(?s).*sternpost.seed=([0-9a-f-]+).*", "$1");

        System.setProperty("sternpost.seed", printed);
        try {
            List<Integer> drawn = new ArrayList<>();
            Throwable again = catchThrowable(() -> Property.holds("stays small", random -> {
                drawn.add(random.size());
                FAILS_FOR_LARGE.check(random);
            }));
            assertThat(again).hasMessage(failure.getMessage());
            assertThat(drawn).as("only the one case").hasSize(1);
        } finally {
            System.clearProperty("sternpost.seed");
        }
    }

    @Test
    void a_seed_survives_being_printed_and_read() {
        Property.holds("seed round trip", random -> {
            var seed = new Property.Seed(random.between(Long.MIN_VALUE, Long.MAX_VALUE), random.size());
            assertThat(Property.Seed.parse(seed.toString())).isEqualTo(seed);
        });
    }

    @Test
    void a_seed_that_no_failure_printed_is_refused() {
        assertThatThrownBy(() -> Property.Seed.parse("12345"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("12345");
    }
}
