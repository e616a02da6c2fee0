package dev.sternpost.server.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.inventory.Accelerator;
import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.Datastore;
import dev.sternpost.inventory.Firmware;
import dev.sternpost.inventory.GuestInfo;
import dev.sternpost.inventory.GuestToolsState;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostConnectionState;
import dev.sternpost.inventory.HostFacts;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.Network;
import dev.sternpost.inventory.NetworkKind;
import dev.sternpost.inventory.OverallStatus;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.VmConfig;
import dev.sternpost.inventory.VmRuntime;
import dev.sternpost.inventory.event.Event;
import dev.sternpost.inventory.event.EventQuery;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.store.InMemoryInventoryStore;
import dev.sternpost.inventory.store.InMemoryTransactions;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.server.tree.InventoryTree;
import dev.sternpost.testkit.VirtualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HostReconcilerTest {
    private static final UUID DATASTORE_UUID = new UUID(7, 7);
    private static final VirtualMachineId VM = new VirtualMachineId("vm-500");

    private final VirtualClock clock = new VirtualClock();
    private final InMemoryTransactions transactions = new InMemoryTransactions();
    private final Inventory inventory = new Inventory(new InMemoryInventoryStore(transactions, clock), transactions);
    private final List<String> told = new ArrayList<>();
    private Cluster cluster;
    private Host one;
    private Host two;
    private HostReconciler reconciler;

    @BeforeEach
    void twoHostsInOneCluster() {
        InventoryTree tree = new InventoryTree(inventory);
        tree.createDatacenter("ada", "", "DC0", "");
        cluster = tree.createCluster("ada", "/DC0/host", "prod", "");
        one = Host.create(new HostId("host-901"), "one", cluster.id());
        two = Host.create(new HostId("host-902"), "two", cluster.id());
        inventory.commit(InventoryWrite.builder().put(one).put(two).build());
        reconciler = new HostReconciler(inventory, clock, told::add);
    }

    private static HostDescription description(String... notices) {
        HostFacts facts = new HostFacts(
                "cpu", 2, 2000, 1L << 34, Accelerator.TCG, "no vmx", "7.2", "0.1", "127.0.1.1:7450", List.of(notices));
        return new HostDescription(
                facts,
                List.of(new HostDescription.SeenDatastore(DATASTORE_UUID, "shared1", 1000, 900, true)),
                List.of(new HostDescription.SeenNetwork("VM Network", NetworkKind.BRIDGED)));
    }

    private void bothConnected() {
        for (Host host : List.of(one, two)) {
            assertThat(reconciler.connected(host.id(), 1, "0.1")).isTrue();
            reconciler.described(host.id(), description());
        }
    }

    private VirtualMachine vmOn(Host host, long generation) {
        InventorySnapshot snapshot = inventory.snapshot();
        VirtualMachine vm = new VirtualMachine(
                VM,
                "web-1",
                snapshot.datacenterOf(cluster.id()).orElseThrow().vmFolderId(),
                0,
                new UUID(1, 2),
                new VmConfig(1, 1 << 27, Firmware.BIOS, List.of(), List.of(), ""),
                false,
                host.id(),
                cluster.rootResourcePoolId(),
                snapshot.objects(Datastore.class).getFirst().id(),
                "web-1",
                "web-1",
                generation,
                VmRuntime.OFF,
                OverallStatus.GREEN,
                "");
        inventory.commit(InventoryWrite.builder().put(vm).build());
        return vm;
    }

    private static VmObservation observation(long generation, VmObservation.State state, String... addresses) {
        GuestInfo guest = new GuestInfo(GuestToolsState.RUNNING, "web", "Linux", List.of(addresses));
        return new VmObservation(VM, generation, state, state == VmObservation.State.POWERED_ON, guest, "", null, "");
    }

    private VirtualMachine vm() {
        return inventory.snapshot().get(VM);
    }

    private List<EventType> events() {
        return inventory.events(EventQuery.after(0, 100)).stream()
                .map(Event::type)
                .toList();
    }

    @Test
    void hosts_that_see_the_same_datastore_and_network_share_one_object() {
        bothConnected();
        InventorySnapshot snapshot = inventory.snapshot();
        assertThat(snapshot.objects(Datastore.class))
                .singleElement()
                .satisfies(datastore ->
                        assertThat(snapshot.hostsWith(datastore.id())).hasSize(2));
        assertThat(snapshot.objects(Network.class))
                .singleElement()
                .satisfies(
                        network -> assertThat(snapshot.hostsWith(network.id())).hasSize(2));
        assertThat(snapshot.get(one.id()).connectionState()).isEqualTo(HostConnectionState.CONNECTED);
    }

    @Test
    void a_report_that_changes_nothing_commits_nothing() {
        bothConnected();
        long revision = inventory.snapshot().revision();
        reconciler.described(one.id(), description());
        reconciler.heard(one.id());
        assertThat(inventory.snapshot().revision()).isEqualTo(revision);
    }

    @Test
    void another_datastore_of_the_same_name_gets_a_name_of_its_own() {
        bothConnected();
        reconciler.described(
                two.id(),
                new HostDescription(
                        description().facts(),
                        List.of(new HostDescription.SeenDatastore(new UUID(8, 8), "shared1", 5, 5, true)),
                        List.of()));
        assertThat(inventory.snapshot().objects(Datastore.class).stream().map(Datastore::name))
                .containsExactlyInAnyOrder("shared1", "shared1 (2)");
    }

    @Test
    void an_older_incarnation_and_an_unknown_host_are_refused() {
        assertThat(reconciler.connected(one.id(), 5, "0.1")).isTrue();
        assertThat(reconciler.connected(one.id(), 4, "0.1")).isFalse();
        assertThat(reconciler.connected(new HostId("host-999"), 1, "0.1")).isFalse();
    }

    @Test
    void silence_is_told_once_and_so_is_the_end_of_it() {
        bothConnected();
        clock.advance(Duration.ofSeconds(6));
        reconciler.heard(two.id());
        reconciler.tick();
        reconciler.tick();
        assertThat(inventory.snapshot().get(one.id()).connectionState()).isEqualTo(HostConnectionState.NOT_RESPONDING);
        assertThat(inventory.snapshot().get(two.id()).connectionState()).isEqualTo(HostConnectionState.CONNECTED);
        reconciler.heard(one.id());
        assertThat(inventory.snapshot().get(one.id()).connectionState()).isEqualTo(HostConnectionState.CONNECTED);
        assertThat(events()).filteredOn(EventType.HOST_NOT_RESPONDING::equals).hasSize(1);
        assertThat(events()).filteredOn(EventType.HOST_CONNECTED::equals).hasSize(3);
    }

    @Test
    void a_vm_on_a_silent_host_is_gray_until_the_host_is_heard() {
        bothConnected();
        vmOn(one, 3);
        reconciler.observed(one.id(), observation(3, VmObservation.State.POWERED_ON));
        clock.advance(Duration.ofSeconds(6));
        reconciler.heard(two.id());
        reconciler.tick();
        assertThat(vm().status()).isEqualTo(OverallStatus.GRAY);
        assertThat(vm().statusReason()).contains("does not respond");
        assertThat(vm().powerState()).isEqualTo(PowerState.POWERED_ON);
        reconciler.heard(one.id());
        assertThat(vm().status()).isEqualTo(OverallStatus.GREEN);

        clock.advance(Duration.ofSeconds(6));
        reconciler.tick();
        reconciler.connected(one.id(), 2, "0.1");
        assertThat(vm().status()).isEqualTo(OverallStatus.GREEN);
        assertThat(vm().statusReason()).isEmpty();
    }

    @Test
    void a_restarted_server_gives_hosts_time_to_come_back() {
        bothConnected();
        HostReconciler afterRestart = new HostReconciler(inventory, clock, told::add);
        clock.advance(Duration.ofSeconds(2));
        afterRestart.tick();
        assertThat(inventory.snapshot().get(one.id()).isConnected()).isTrue();
        clock.advance(Duration.ofSeconds(4));
        afterRestart.tick();
        assertThat(inventory.snapshot().get(one.id()).isConnected()).isFalse();
    }

    @Test
    void the_owner_says_how_a_vm_runs_and_waiting_tasks_are_told() {
        bothConnected();
        vmOn(one, 3);
        reconciler.observed(one.id(), observation(3, VmObservation.State.POWERED_ON, "10.77.0.9"));
        assertThat(vm().powerState()).isEqualTo(PowerState.POWERED_ON);
        assertThat(vm().guest().ipAddresses()).containsExactly("10.77.0.9");
        assertThat(told).containsExactly("vm-500");
        assertThat(events()).contains(EventType.VM_IP_ADDRESS_CHANGED);
    }

    @Test
    void what_was_seen_before_the_last_change_of_intent_says_nothing() {
        bothConnected();
        vmOn(one, 3);
        reconciler.observed(one.id(), observation(2, VmObservation.State.POWERED_ON));
        assertThat(vm().powerState()).isEqualTo(PowerState.POWERED_OFF);
    }

    @Test
    void a_vm_on_the_wrong_host_raises_an_event_once_and_is_not_believed() {
        bothConnected();
        vmOn(one, 3);
        reconciler.observed(two.id(), observation(3, VmObservation.State.POWERED_ON));
        reconciler.observed(two.id(), observation(3, VmObservation.State.POWERED_ON));
        assertThat(vm().status()).isEqualTo(OverallStatus.RED);
        assertThat(vm().powerState()).isEqualTo(PowerState.POWERED_OFF);
        assertThat(events()).filteredOn(EventType.VM_RUNS_ON_WRONG_HOST::equals).hasSize(1);
    }

    @Test
    void both_ends_of_a_live_migration_are_left_to_its_task() {
        bothConnected();
        vmOn(one, 3);
        reconciler.observed(one.id(), observation(3, VmObservation.State.POWERED_ON));
        long revision = inventory.snapshot().revision();
        reconciler.observed(two.id(), observation(3, VmObservation.State.INCOMING));
        reconciler.observed(two.id(), observation(4, VmObservation.State.POWERED_ON));
        reconciler.observed(one.id(), observation(4, VmObservation.State.HANDED_OVER));
        assertThat(inventory.snapshot().revision()).isEqualTo(revision);
    }

    @Test
    void the_death_of_an_engine_is_an_event_and_a_power_state_stored_once() {
        bothConnected();
        vmOn(one, 3);
        reconciler.observed(one.id(), observation(3, VmObservation.State.POWERED_ON));
        VmHappening died = new VmHappening(VM, 3, VmHappening.Kind.ENGINE_DIED, "QEMU was killed", 1);
        reconciler.happened(one.id(), died);
        reconciler.happened(one.id(), died);
        assertThat(vm().powerState()).isEqualTo(PowerState.POWERED_OFF);
        assertThat(events()).filteredOn(EventType.VM_ENGINE_DIED::equals).hasSize(1);
    }

    @Test
    void a_vm_its_host_does_not_know_is_red_until_the_host_knows_it_again() {
        bothConnected();
        vmOn(one, 3);
        reconciler.inventory(one.id(), List.of());
        assertThat(vm().status()).isEqualTo(OverallStatus.RED);
        reconciler.inventory(one.id(), List.of(observation(3, VmObservation.State.POWERED_OFF)));
        assertThat(vm().status()).isEqualTo(OverallStatus.GREEN);
    }
}
