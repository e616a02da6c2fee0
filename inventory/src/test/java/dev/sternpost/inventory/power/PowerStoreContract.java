package dev.sternpost.inventory.power;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.inventory.ClusterId;
import dev.sternpost.inventory.HostId;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store of power settings does. */
public abstract class PowerStoreContract {
    private static final ClusterId CLUSTER = ClusterId.of(8);
    private static final HostId HOST = new HostId("host-12");
    private static final Instant NOON = Instant.parse("2026-05-01T12:00:00Z");

    private PowerStore store;

    /** An empty one. */
    protected abstract PowerStore newStore();

    @BeforeEach
    void open() {
        store = newStore();
    }

    @Test
    void a_new_store_is_empty() {
        assertThat(store.clusters()).isEmpty();
        assertThat(store.hosts()).isEmpty();
    }

    @Test
    void what_was_stored_is_read_as_it_was() {
        ClusterPower cluster = new ClusterPower(CLUSTER, PowerLevel.AUTOMATIC, 50, 10, 3, 60, 4_000, 1L << 33);
        HostPowerSetup bare = HostPowerSetup.none(new HostId("host-13"));
        HostPowerSetup full = HostPowerSetup.none(HOST)
                .withMethod(PowerMethod.REDFISH, "https://bmc", "root", "c2VhbGVk", "sha256:00", "52:54:00:00:00:01")
                .withOverride(PowerLevel.MANUAL)
                .withLastTest(new WakeTest(NOON, true, 41_000, ""))
                .withChangedTime(NOON);
        HostPowerSetup ipmi = HostPowerSetup.none(new HostId("host-14"))
                .withMethod(PowerMethod.IPMI, "bmc-14:6230", "fence", "c2VhbGVk", "", "");
        store.put(cluster);
        store.put(ipmi);
        store.put(bare);
        store.put(full);
        assertThat(store.clusters()).containsExactly(cluster);
        assertThat(store.hosts()).containsExactlyInAnyOrder(bare, full, ipmi);
    }

    @Test
    void the_last_word_counts() {
        store.put(ClusterPower.standard(CLUSTER));
        ClusterPower later = new ClusterPower(CLUSTER, PowerLevel.MANUAL, 63, 18, 1, 0, 0, 0);
        store.put(later);
        assertThat(store.clusters()).containsExactly(later);
        HostPowerSetup failed =
                HostPowerSetup.none(HOST).withLastTest(new WakeTest(NOON, false, 0, "nobody answers at its address"));
        store.put(HostPowerSetup.none(HOST));
        store.put(failed);
        assertThat(store.hosts()).containsExactly(failed);
        assertThat(failed.wakes()).isFalse();
    }

    @Test
    void what_is_removed_is_gone() {
        store.put(ClusterPower.standard(CLUSTER));
        store.put(HostPowerSetup.none(HOST));
        store.remove(CLUSTER);
        store.remove(HOST);
        store.remove(new HostId("host-99"));
        assertThat(store.clusters()).isEmpty();
        assertThat(store.hosts()).isEmpty();
    }
}
