package dev.sternpost.inventory.demand;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.inventory.VirtualMachineId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link DemandStore} promises. */
public abstract class DemandStoreContract {
    private static final VirtualMachineId ONE = VirtualMachineId.of(1_001);
    private static final VirtualMachineId OTHER = VirtualMachineId.of(1_002);

    private DemandStore store;

    /** An empty store. */
    protected abstract DemandStore newStore();

    @BeforeEach
    void open() {
        store = newStore();
    }

    private Map<VirtualMachineId, byte[]> kept() {
        Map<VirtualMachineId, byte[]> kept = new HashMap<>();
        store.forEach(kept::put);
        return kept;
    }

    @Test
    void what_was_saved_last_is_read_back() {
        assertThat(kept()).isEmpty();
        store.save(Map.of(ONE, new byte[] {1, 2, -3}, OTHER, new byte[] {}));
        store.save(Map.of(ONE, new byte[] {4}));
        assertThat(kept()).containsOnlyKeys(ONE, OTHER);
        assertThat(kept().get(ONE)).containsExactly(4);
        assertThat(kept().get(OTHER)).isEmpty();
        store.save(Map.of());
        assertThat(kept()).hasSize(2);
    }

    @Test
    void what_is_removed_is_forgotten_and_the_rest_stays() {
        store.save(Map.of(ONE, new byte[] {1}, OTHER, new byte[] {2}));
        store.removeAll(List.of(ONE, VirtualMachineId.of(77)));
        assertThat(kept()).containsOnlyKeys(OTHER);
        store.removeAll(List.of());
        assertThat(kept()).containsOnlyKeys(OTHER);
    }

    @Test
    void many_are_saved_at_once() {
        Map<VirtualMachineId, byte[]> many = new HashMap<>();
        for (int i = 1; i <= DemandStore.SAVED_AT_ONCE_MAX; i++) {
            many.put(VirtualMachineId.of(i), new byte[900]);
        }
        store.save(many);
        assertThat(kept()).hasSize(DemandStore.SAVED_AT_ONCE_MAX);
    }
}
