package dev.sternpost.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.testkit.Property;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SortedTreeTest {
    @Test
    void it_holds_what_a_sorted_map_of_the_library_holds_and_stays_balanced() {
        Property.holds("like TreeMap", random -> {
            SortedTree<Integer, Integer> tree = SortedTree.empty();
            TreeMap<Integer, Integer> model = new TreeMap<>();
            int keys = random.sized(1, 300);
            for (int i = 0; i < 4 * keys; i++) {
                int key = random.between(1, keys);
                if (random.chance(0.6)) {
                    tree = tree.with(key, i);
                    model.put(key, i);
                } else {
                    tree = tree.without(key);
                    model.remove(key);
                }
                assertThat(tree.get(key)).isEqualTo(model.get(key));
            }
            assertThat(tree.size()).isEqualTo(model.size());
            assertThat(tree.values()).isEqualTo(new ArrayList<>(model.values()));
            SortedTree<Integer, Integer> built = SortedTree.of(random.shuffled(List.copyOf(model.entrySet())));
            assertThat(built.values()).isEqualTo(tree.values());
            assertThat(built.size()).isEqualTo(tree.size());
            assertThat((double) built.height()).isLessThanOrEqualTo(1 + log2(model.size() + 1));
            // A tree built at once must take updates like any other.
            assertThat(built.with(0, -1).without(0).values()).isEqualTo(tree.values());
            assertThat((double) tree.height()).isLessThanOrEqualTo(1.45 * log2(model.size() + 2));
            int low = random.between(0, keys);
            int high = random.between(low, keys + 1);
            int limit = random.between(0, keys);
            List<Integer> range = tree.range(key -> key < low ? -1 : key >= high ? 1 : 0, limit);
            assertThat(range)
                    .isEqualTo(model.subMap(low, high).values().stream()
                            .limit(limit)
                            .toList());
        });
    }

    @Test
    void an_update_leaves_the_tree_it_came_from_as_it_was() {
        SortedTree<String, Integer> one =
                SortedTree.<String, Integer>empty().with("a", 1).with("b", 2);
        SortedTree<String, Integer> two = one.with("a", 3).without("b").with("c", 4);
        assertThat(one.values()).containsExactly(1, 2);
        assertThat(two.values()).containsExactly(3, 4);
        assertThat(one.without("not there")).isSameAs(one);
    }

    private static double log2(double n) {
        return Math.log(n) / Math.log(2);
    }
}
