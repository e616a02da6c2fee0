package dev.sternpost.server.allocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.inventory.Accelerator;
import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostConnectionState;
import dev.sternpost.inventory.HostFacts;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.HostMode;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.InMemoryInventoryStore;
import dev.sternpost.inventory.store.InMemoryTransactions;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.server.host.HostAnswer;
import dev.sternpost.server.host.HostCommand;
import dev.sternpost.server.host.HostCommands;
import dev.sternpost.server.host.HostOperation;
import dev.sternpost.server.host.HostProgress;
import dev.sternpost.server.tree.InventoryTree;
import dev.sternpost.testkit.VirtualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HostAllocationsTest {
    private static final HostId ONE = new HostId("host-901");
    private static final HostId TWO = new HostId("host-902");
    private static final VirtualMachineId VM = new VirtualMachineId("vm-500");
    private static final Entitlement SOME = new Entitlement(1_500, 2_000, 1L << 30);

    private final VirtualClock clock = new VirtualClock();
    private final InMemoryTransactions transactions = new InMemoryTransactions();
    private final Inventory inventory = new Inventory(new InMemoryInventoryStore(transactions, clock), transactions);
    private final Line line = new Line();
    private final HostAllocations allocations = new HostAllocations(inventory, line, clock);

    /** Hosts that answer nothing but may be away or refuse. */
    private static final class Line implements HostCommands {
        record Sent(HostId host, HostCommand command) {
            HostOperation.ApplyAllocations order() {
                return (HostOperation.ApplyAllocations) command.operation();
            }
        }

        final List<Sent> sent = new ArrayList<>();
        final Set<HostId> away = new HashSet<>();
        boolean refuses;

        @Override
        public CompletionStage<HostAnswer> send(
                HostId hostId, HostCommand command, Duration timeout, Consumer<HostProgress> progress) {
            sent.add(new Sent(hostId, command));
            return refuses
                    ? CompletableFuture.failedFuture(new FaultException(FaultCode.HOST_ERROR, "The test says no."))
                    : new CompletableFuture<>();
        }

        @Override
        public boolean isConnected(HostId hostId) {
            return !away.contains(hostId);
        }

        @Override
        public void overtaken(VirtualMachineId vmId, HostId runsOn, Fault fault) {}

        @Override
        public void forgetTask(HostId hostId, String taskId) {
            throw new AssertionError("allocations have no task");
        }
    }

    @BeforeEach
    void twoHosts() {
        InventoryTree tree = new InventoryTree(inventory);
        tree.createDatacenter("ada", "", "DC0", "");
        Cluster cluster = tree.createCluster("ada", "/DC0/host", "prod", "");
        HostFacts facts = new HostFacts(
                "cpu", 4, 3_000, 1L << 34, Accelerator.TCG, "no vmx", "7.2", "0.1", "127.0.1.1:7450", List.of());
        inventory.commit(InventoryWrite.builder()
                .put(new Host(
                        ONE,
                        "one",
                        cluster.id(),
                        0,
                        HostConnectionState.CONNECTED,
                        HostMode.NORMAL,
                        facts,
                        1,
                        null,
                        List.of(),
                        List.of()))
                .put(Host.create(TWO, "two", cluster.id()))
                .build());
    }

    @Test
    void a_host_is_told_in_thousandths_of_its_own_cpu() {
        allocations.entitle(ONE, Map.of(VM, SOME));

        assertThat(line.sent).singleElement().satisfies(sent -> {
            assertThat(sent.host()).isEqualTo(ONE);
            assertThat(sent.command().taskId()).isEmpty();
            assertThat(sent.order().validFor()).isEqualTo(HostAllocations.VALID);
            assertThat(sent.order().allocations())
                    .containsExactly(Map.entry(VM, new HostOperation.Allocation(500, 2_000, 1L << 30)));
        });
    }

    @Test
    void what_is_not_limited_and_a_host_whose_clock_is_not_known_stay_free() {
        long free = HostOperation.Allocation.NONE;
        allocations.entitle(ONE, Map.of(VM, new Entitlement(Entitlement.UNLIMITED, 5, Entitlement.UNLIMITED)));
        allocations.entitle(TWO, Map.of(VM, SOME));

        assertThat(line.sent)
                .extracting(sent -> sent.order().allocations().get(VM))
                .containsExactly(
                        new HostOperation.Allocation(free, 5, free),
                        new HostOperation.Allocation(free, 2_000, 1L << 30));
    }

    @Test
    void an_order_is_renewed_until_it_is_withdrawn_and_numbers_rise_whatever_the_clock_says() {
        allocations.entitle(ONE, Map.of(VM, SOME));
        allocations.renew();
        clock.advance(HostAllocations.RENEWAL);
        allocations.renew();
        allocations.withdraw(ONE);
        allocations.renew();
        allocations.withdraw(ONE);

        assertThat(line.sent)
                .extracting(sent -> sent.order().allocations().size())
                .containsExactly(1, 1, 1, 0);
        assertThat(line.sent)
                .extracting(sent -> sent.order().revision())
                .isSorted()
                .doesNotHaveDuplicates()
                .allMatch(revision -> revision >= VirtualClock.START.toEpochMilli());
        assertThat(line.sent).extracting(sent -> sent.command().key()).doesNotHaveDuplicates();
    }

    @Test
    void a_host_that_is_away_or_refuses_is_told_with_the_next_renewal() {
        line.away.add(ONE);
        allocations.entitle(ONE, Map.of(VM, SOME));
        assertThat(line.sent).isEmpty();

        line.away.clear();
        line.refuses = true;
        allocations.renew();
        line.refuses = false;
        allocations.renew();

        assertThat(line.sent).hasSize(2);
    }

    @Test
    void a_host_that_was_removed_is_forgotten() {
        allocations.entitle(TWO, Map.of(VM, SOME));
        inventory.commit(
                InventoryWrite.builder().remove(inventory.snapshot().get(TWO)).build());

        allocations.renew();

        assertThat(line.sent).hasSize(1);
    }

    @Test
    void less_than_nothing_is_no_entitlement() {
        assertThatThrownBy(() -> new Entitlement(-1, 1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Entitlement(1, 0, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
