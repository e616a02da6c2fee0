package dev.sternpost.inventory.pass;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.inventory.ClusterId;
import dev.sternpost.inventory.pass.PassStore.Kept;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link PassStore} promises. */
public abstract class PassStoreContract {
    private static final ClusterId ONE = ClusterId.of(1_001);
    private static final ClusterId OTHER = ClusterId.of(1_002);

    private PassStore store;

    /** An empty store that keeps three passes of a cluster, and at most 1000 bytes. */
    protected abstract PassStore newStore(Kept kept);

    @BeforeEach
    void open() {
        store = newStore(new Kept(3, 1_000));
    }

    private static StoredPass pass(ClusterId cluster, String trigger) {
        return new StoredPass(0, cluster, Instant.parse("2026-01-01T00:00:00Z"), trigger, 2, 71.5, 99.25, "done “x”");
    }

    private static byte[] bytes(int length, int seed) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 7 + seed);
        }
        return bytes;
    }

    @Test
    void a_pass_is_read_back_as_it_was_stored_with_a_number() {
        StoredPass stored = store.add(pass(ONE, "interval"), bytes(300, 1));
        assertThat(stored).isEqualTo(pass(ONE, "interval").withNumber(stored.number()));
        assertThat(store.find(stored.number())).contains(stored);
        assertThat(store.content(stored.number()).orElseThrow()).isEqualTo(bytes(300, 1));
        assertThat(store.find(stored.number() + 1)).isEmpty();
        assertThat(store.content(stored.number() + 1)).isEmpty();
    }

    @Test
    void passes_of_a_cluster_are_listed_newest_first_in_pages() {
        StoredPass first = store.add(pass(ONE, "a"), bytes(1, 1));
        store.add(pass(OTHER, "b"), bytes(1, 2));
        StoredPass second = store.add(pass(ONE, "c"), bytes(1, 3));
        assertThat(second.number()).isGreaterThan(first.number());
        assertThat(store.list(ONE, Long.MAX_VALUE, 10)).containsExactly(second, first);
        assertThat(store.list(ONE, Long.MAX_VALUE, 1)).containsExactly(second);
        assertThat(store.list(ONE, second.number(), 10)).containsExactly(first);
    }

    @Test
    void only_the_newest_are_kept_by_number_and_by_size_but_always_the_last() {
        for (int i = 0; i < 10; i++) {
            store.add(pass(ONE, "p" + i), bytes(10, i));
        }
        assertThat(triggers(ONE)).containsExactly("p9", "p8", "p7");
        store.add(pass(ONE, "large"), bytes(985, 1));
        assertThat(triggers(ONE)).containsExactly("large", "p9");
        store.add(pass(ONE, "huge"), bytes(5_000, 1));
        assertThat(triggers(ONE)).containsExactly("huge");
    }

    @Test
    void passes_of_a_cluster_that_is_gone_are_removed() {
        store.add(pass(ONE, "a"), bytes(1, 1));
        store.add(pass(OTHER, "b"), bytes(1, 1));
        store.removeAll(ONE);
        assertThat(triggers(ONE)).isEmpty();
        assertThat(triggers(OTHER)).containsExactly("b");
    }

    private List<String> triggers(ClusterId cluster) {
        return store.list(cluster, Long.MAX_VALUE, PassStore.LIST_MAX).stream()
                .map(StoredPass::trigger)
                .toList();
    }
}
