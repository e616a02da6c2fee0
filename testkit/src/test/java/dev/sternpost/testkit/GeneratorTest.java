package dev.sternpost.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GeneratorTest {
    @Test
    void the_same_seed_draws_the_same_values() {
        assertThat(draw(new Generator(42))).isEqualTo(draw(new Generator(42)));
        assertThat(draw(new Generator(42))).isNotEqualTo(draw(new Generator(43)));
    }

    @Test
    void both_ends_of_a_range_come_up_and_nothing_outside_it() {
        Generator random = new Generator(1);
        Set<Integer> seen = new HashSet<>(random.listOf(500, g -> g.between(-2, 2)));
        assertThat(seen).containsExactlyInAnyOrder(-2, -1, 0, 1, 2);
    }

    @Test
    void the_widest_ranges_do_not_overflow() {
        Generator random = new Generator(1);
        for (int i = 0; i < 1_000; i++) {
            assertThat(random.between(Long.MAX_VALUE - 1, Long.MAX_VALUE)).isGreaterThanOrEqualTo(Long.MAX_VALUE - 1);
            assertThat(random.between(0L, Long.MAX_VALUE)).isNotNegative();
        }
    }

    @Test
    void shuffling_keeps_the_elements() {
        Property.holds("shuffle is a permutation", random -> {
            List<Integer> from = random.listOf(random.sized(0, 50), g -> g.between(0, 9));
            assertThat(random.shuffled(from)).containsExactlyInAnyOrderElementsOf(from);
        });
    }

    @Test
    void a_split_generator_is_not_disturbed_by_its_parent() {
        Generator quiet = new Generator(5);
        Generator busy = new Generator(5);
        Generator fromQuiet = quiet.split();
        Generator fromBusy = busy.split();
        busy.bytes(100);
        assertThat(draw(fromBusy)).isEqualTo(draw(fromQuiet));
    }

    @Test
    void empty_choices_are_refused() {
        Generator random = new Generator(1);
        assertThatThrownBy(() -> random.pick(List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> random.between(2, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    private static List<String> draw(Generator random) {
        return random.listOf(20, g -> g.word(12) + g.between(0, 1_000) + g.chance(0.5));
    }
}
