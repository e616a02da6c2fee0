package dev.sternpost.inventory.availability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.inventory.ClusterId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store of told versions does. */
public abstract class ToldVersionStoreContract {
    private static final ClusterId CLUSTER = ClusterId.of(8);
    private static final ClusterId OTHER = ClusterId.of(9);

    private ToldVersionStore store;

    /** An empty one. */
    protected abstract ToldVersionStore newStore();

    @BeforeEach
    void open() {
        store = newStore();
    }

    @Test
    void the_last_word_of_each_cluster_is_kept() {
        assertThat(store.all()).isEmpty();
        store.put(new ToldVersion(CLUSTER, 1, "ab"));
        store.put(new ToldVersion(OTHER, 7, "cd"));
        store.put(new ToldVersion(CLUSTER, 1L << 40, "ef"));
        assertThat(store.all())
                .containsExactlyInAnyOrder(new ToldVersion(CLUSTER, 1L << 40, "ef"), new ToldVersion(OTHER, 7, "cd"));
    }

    @Test
    void what_is_removed_is_gone() {
        store.put(new ToldVersion(CLUSTER, 1, "ab"));
        store.remove(CLUSTER);
        store.remove(OTHER);
        assertThat(store.all()).isEmpty();
    }
}
