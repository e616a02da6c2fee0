package dev.sternpost.server.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.Datastore;
import dev.sternpost.inventory.DatastoreId;
import dev.sternpost.inventory.Firmware;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.OverallStatus;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.VmConfig;
import dev.sternpost.inventory.VmRuntime;
import dev.sternpost.inventory.store.InMemoryInventoryStore;
import dev.sternpost.inventory.store.InMemoryTransactions;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.server.tree.InventoryTree;
import dev.sternpost.testkit.VirtualClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StatisticsTest {
    private static final HostId ONE = new HostId("host-901");
    private static final HostId TWO = new HostId("host-902");
    private static final VirtualMachineId VM = new VirtualMachineId("vm-500");
    private static final VirtualMachineId STRANGER = new VirtualMachineId("vm-501");
    private static final Duration INTERVAL = Duration.ofSeconds(20);

    private final VirtualClock clock = new VirtualClock();
    private final InMemoryTransactions transactions = new InMemoryTransactions();
    private final Inventory inventory = new Inventory(new InMemoryInventoryStore(transactions, clock), transactions);
    private final Statistics statistics = new Statistics(inventory, clock, INTERVAL);

    @BeforeEach
    void oneVmOnTheFirstOfTwoHosts() {
        InventoryTree tree = new InventoryTree(inventory);
        tree.createDatacenter("ada", "", "DC0", "");
        Cluster cluster = tree.createCluster("ada", "/DC0/host", "prod", "");
        inventory.commit(InventoryWrite.builder()
                .put(Host.create(ONE, "one", cluster.id()))
                .put(Host.create(TWO, "two", cluster.id()))
                .build());
        InventorySnapshot snapshot = inventory.snapshot();
        DatastoreId datastore = new DatastoreId("datastore-903");
        inventory.commit(InventoryWrite.builder()
                .put(new Datastore(
                        datastore,
                        "shared1",
                        snapshot.datacenterOf(cluster.id()).orElseThrow().datastoreFolderId(),
                        0,
                        new UUID(7, 7),
                        1000,
                        900,
                        true))
                .put(new VirtualMachine(
                        VM,
                        "web-1",
                        snapshot.datacenterOf(cluster.id()).orElseThrow().vmFolderId(),
                        0,
                        new UUID(1, 2),
                        new VmConfig(1, 1 << 27, Firmware.BIOS, List.of(), List.of(), ""),
                        false,
                        ONE,
                        cluster.rootResourcePoolId(),
                        datastore,
                        "web-1",
                        "web-1",
                        1,
                        VmRuntime.OFF,
                        OverallStatus.GREEN,
                        ""))
                .build());
    }

    private static Sample.Figures figures(long cpuUsedMillis) {
        return new Sample.Figures(20_000)
                .with(Meter.CPU_COUNT, 1)
                .with(Meter.CPU_USED_MILLIS, cpuUsedMillis)
                .with(Meter.DISK_READ_KIB, cpuUsedMillis * 10);
    }

    private static HostMeasurement measurement(long name, Map<VirtualMachineId, Sample.Figures> vms) {
        return new HostMeasurement(name, 0, new Sample.Figures(20_000).with(Meter.CPU_COUNT, 4), vms);
    }

    @Test
    void a_report_is_known_as_the_latest_and_as_part_of_the_series() {
        statistics.measured(ONE, 1, measurement(1, Map.of(VM, figures(100))));
        clock.advance(INTERVAL);
        statistics.measured(ONE, 1, measurement(2, Map.of(VM, figures(200))));

        assertThat(statistics.latest(VM).orElseThrow().value(Meter.CPU_USED_MILLIS))
                .isEqualTo(200);
        assertThat(statistics.between(VM, 0, Long.MAX_VALUE))
                .extracting(sample -> sample.value(Meter.CPU_USED_MILLIS))
                .containsExactly(100L, 200L);
        assertThat(statistics.latest(ONE).orElseThrow().value(Meter.CPU_COUNT)).isEqualTo(4);
        assertThat(statistics.storedCount()).isEqualTo(4);
        assertThat(statistics.seriesCount()).isEqualTo(2);
        assertThat(statistics.sizeBytes()).isPositive();
    }

    @Test
    void a_host_is_said_to_read_what_its_vms_read() {
        statistics.measured(ONE, 1, measurement(1, Map.of(VM, figures(100), STRANGER, figures(5))));

        Sample host = statistics.latest(ONE).orElseThrow();

        assertThat(host.value(Meter.DISK_READ_KIB)).isEqualTo(1_000);
        assertThat(host.value(Meter.NET_RECEIVED_KIB)).isEqualTo(Sample.UNKNOWN);
    }

    @Test
    void a_host_cannot_speak_for_a_vm_of_another_host_nor_for_one_that_is_not_there() {
        statistics.measured(TWO, 1, measurement(1, Map.of(VM, figures(100), STRANGER, figures(100))));

        assertThat(statistics.latest(VM)).isEmpty();
        assertThat(statistics.latest(STRANGER)).isEmpty();
        assertThat(statistics.latest(TWO)).isPresent();
    }

    @Test
    void what_comes_late_stands_where_it_belongs() {
        clock.advance(Duration.ofMinutes(10));
        long now = clock.millis();
        statistics.measured(
                ONE, 1, new HostMeasurement(1, 60_000, new Sample.Figures(20_000), Map.of(VM, figures(100))));
        statistics.measured(
                ONE, 1, new HostMeasurement(2, 40_000, new Sample.Figures(20_000), Map.of(VM, figures(200))));

        assertThat(statistics.between(VM, 0, Long.MAX_VALUE))
                .extracting(Sample::endEpochMillis)
                .containsExactly(now - 60_000, now - 40_000);
    }

    @Test
    void what_is_older_than_three_intervals_is_not_the_latest() {
        statistics.measured(ONE, 1, measurement(1, Map.of(VM, figures(100))));
        clock.advance(INTERVAL.multipliedBy(3));
        assertThat(statistics.latest(VM)).isPresent();

        clock.advance(Duration.ofMillis(1));

        assertThat(statistics.latest(VM)).isEmpty();
        assertThat(statistics.between(VM, 0, Long.MAX_VALUE)).hasSize(1);
    }

    @Test
    void a_host_that_connects_again_is_asked_for_what_is_missing_only() {
        assertThat(statistics.newestName(ONE, 1)).isZero();
        statistics.measured(ONE, 1, measurement(77, Map.of()));

        assertThat(statistics.newestName(ONE, 1)).isEqualTo(77);
        assertThat(statistics.newestName(ONE, 2))
                .as("another start may have another clock")
                .isZero();
        assertThat(statistics.newestName(TWO, 1)).isZero();
    }

    @Test
    void the_sweep_forgets_what_is_gone_and_what_has_been_silent_for_an_hour() {
        statistics.measured(ONE, 1, measurement(1, Map.of(VM, figures(100))));
        statistics.measured(TWO, 1, measurement(1, Map.of()));
        statistics.sweep();
        assertThat(statistics.seriesCount()).isEqualTo(3);

        inventory.commit(
                InventoryWrite.builder().remove(inventory.snapshot().get(VM)).build());
        statistics.sweep();
        assertThat(statistics.seriesCount()).isEqualTo(2);

        clock.advance(Duration.ofHours(1).plusMillis(1));
        statistics.measured(TWO, 1, measurement(2, Map.of()));
        statistics.sweep();
        assertThat(statistics.seriesCount()).isEqualTo(1);
        assertThat(statistics.latest(TWO)).isPresent();
    }

    @Test
    void an_interval_out_of_bounds_is_refused() {
        for (long millis : new long[] {0, 999, 300_001}) {
            assertThatThrownBy(() -> new Statistics(inventory, clock, Duration.ofMillis(millis)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("1 s to 5 min");
        }
    }
}
