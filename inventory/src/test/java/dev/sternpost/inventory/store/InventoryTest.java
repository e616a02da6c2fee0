package dev.sternpost.inventory.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventoryDelta;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.SampleInventory;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.event.Event;
import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.testkit.HeldUp;
import dev.sternpost.testkit.VirtualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InventoryTest {
    private final InMemoryTransactions transactions = new InMemoryTransactions();
    private final InMemoryInventoryStore store = new InMemoryInventoryStore(transactions, new VirtualClock());
    private final Inventory inventory = new Inventory(store, transactions);
    private final SampleInventory sample = new SampleInventory();
    private final VirtualMachine vm = sample.addVm("app-1", sample.datacenter.vmFolderId(), sample.hosts.getFirst());

    @BeforeEach
    void fill() {
        inventory.commit(InventoryWrite.builder().putAll(sample.objects()).build());
    }

    private VirtualMachine vm() {
        return inventory.snapshot().get(vm.id());
    }

    private InventoryWrite renamed(InventorySnapshot snapshot, String name) {
        VirtualMachine now = snapshot.get(vm.id());
        return InventoryWrite.builder()
                .put(now.withName(name))
                .event(EventDraft.about(now, EventType.VM_RENAMED, "renamed to " + name))
                .build();
    }

    private static void assertFault(FaultCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        FaultException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void a_commit_moves_the_snapshot_to_what_the_store_holds() {
        Committed committed = inventory.commit(snapshot -> renamed(snapshot, "app-2"));
        assertThat(vm().name()).isEqualTo("app-2");
        assertThat(vm().version()).isEqualTo(2);
        assertThat(inventory.snapshot().revision()).isEqualTo(committed.revision());
        assertThat(inventory.snapshot().objects()).isEqualTo(store.load().objects());
        assertThat(new Inventory(store, transactions).snapshot().objects())
                .isEqualTo(inventory.snapshot().objects());
    }

    @Test
    void a_refused_write_moves_nothing_and_leaves_the_inventory_writable() {
        long revision = inventory.snapshot().revision();
        VirtualMachine stale = vm().withVersion(7);
        assertFault(
                FaultCode.VERSION_CONFLICT,
                () -> inventory.commit(InventoryWrite.builder().put(stale).build()));
        assertFault(
                FaultCode.OBJECT_NOT_FOUND,
                () -> inventory.commit((InventorySnapshot snapshot) -> {
                    throw new FaultException(FaultCode.OBJECT_NOT_FOUND, "gone");
                }));
        assertThat(inventory.snapshot().revision()).isEqualTo(revision);
        inventory.commit(snapshot -> renamed(snapshot, "app-2"));
        assertThat(vm().name()).isEqualTo("app-2");
    }

    @Test
    void nothing_may_refer_to_what_is_not_there() {
        Host host = sample.hosts.getFirst();
        assertFault(
                FaultCode.OBJECT_NOT_EMPTY,
                () -> inventory.commit(snapshot ->
                        InventoryWrite.builder().remove(snapshot.get(host.id())).build()));
        assertFault(
                FaultCode.OBJECT_NOT_FOUND,
                () -> inventory.commit(snapshot -> InventoryWrite.builder()
                        .put(snapshot.get(vm.id()).withOwner(HostId.of(7), 2))
                        .build()));
        inventory.commit(snapshot -> InventoryWrite.builder()
                .remove(snapshot.get(host.id()))
                .remove(snapshot.get(vm.id()))
                .build());
        assertThat(inventory.snapshot().find(host.id())).isEmpty();
    }

    @Test
    void an_empty_decision_commits_nothing() {
        long revision = inventory.snapshot().revision();
        assertThat(inventory.commit(InventoryWrite.NOTHING).delta()).isEqualTo(new InventoryDelta(revision, List.of()));
        assertThat(store.load().revision()).isEqualTo(revision);
    }

    @Test
    void readers_see_a_transaction_only_when_it_is_committed_but_its_own_decisions_see_it_at_once() {
        List<Committed> told = new ArrayList<>();
        inventory.subscribe((committed, snapshot) -> told.add(committed));
        transactions.inTransaction(() -> {
            inventory.commit(snapshot -> renamed(snapshot, "app-2"));
            assertThat(vm().name()).isEqualTo("app-1");
            inventory.commit(snapshot -> {
                assertThat(snapshot.get(vm.id()).name()).isEqualTo("app-2");
                return renamed(snapshot, "app-3");
            });
            assertThat(told).isEmpty();
        });
        assertThat(vm().name()).isEqualTo("app-3");
        assertThat(vm().version()).isEqualTo(3);
        assertThat(told).hasSize(2).isSortedAccordingTo(Comparator.comparingLong(Committed::revision));
    }

    @Test
    void a_transaction_rolled_back_leaves_no_trace() {
        List<Committed> told = new ArrayList<>();
        inventory.subscribe((committed, snapshot) -> told.add(committed));
        InventorySnapshot before = inventory.snapshot();
        assertThatThrownBy(() -> transactions.inTransaction(() -> {
                    inventory.commit(snapshot -> renamed(snapshot, "app-2"));
                    throw new IllegalArgumentException("roll back");
                }))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(inventory.snapshot()).isSameAs(before);
        assertThat(told).isEmpty();
        inventory.commit(snapshot -> renamed(snapshot, "app-4"));
        assertThat(told).extracting(Committed::revision).containsExactly(before.revision() + 1);
    }

    @Test
    void after_a_commit_with_an_unknown_outcome_the_next_one_learns_what_happened() {
        List<String> messages = new ArrayList<>();
        inventory.subscribe((committed, snapshot) ->
                committed.events().stream().map(Event::message).forEach(messages::add));
        transactions.inTransaction(() -> {
            inventory.commit(snapshot -> renamed(snapshot, "app-2"));
            transactions.loseOutcome();
        });
        assertThat(vm().name()).isEqualTo("app-1");
        inventory.commit(snapshot -> {
            assertThat(snapshot.get(vm.id()).name()).isEqualTo("app-2");
            return renamed(snapshot, "app-3");
        });
        assertThat(vm().name()).isEqualTo("app-3");
        assertThat(messages).containsExactly("renamed to app-2", "renamed to app-3");
    }

    @Test
    void a_subscription_ends_when_it_is_closed() {
        List<Committed> told = new ArrayList<>();
        try (Inventory.Subscription subscription = inventory.subscribe((committed, snapshot) -> told.add(committed))) {
            inventory.commit(snapshot -> renamed(snapshot, "app-2"));
        }
        inventory.commit(snapshot -> renamed(snapshot, "app-3"));
        assertThat(told).hasSize(1);
    }

    @Test
    void a_watcher_gets_every_delta_once_from_any_revision_on() {
        long begin = inventory.snapshot().revision();
        for (int i = 0; i < 10; i++) {
            String name = "app-" + i;
            inventory.commit(snapshot -> renamed(snapshot, name));
        }
        assertThat(inventory.deltasAfter(begin, 4))
                .extracting(InventoryDelta::revision)
                .containsExactly(begin + 1, begin + 2, begin + 3, begin + 4);
        assertThat(inventory.deltasAfter(begin + 9, 4)).hasSize(1);
        assertThat(inventory.deltasAfter(begin + 10, 4)).isEmpty();
        // Older than what this process has seen: from the store.
        assertThat(new Inventory(store, transactions).deltasAfter(begin, 100)).hasSize(10);
        assertFault(FaultCode.CURSOR_INVALID, () -> inventory.deltasAfter(begin + 11, 4));
    }

    @Test
    void waiting_ends_with_the_next_commit_or_when_the_time_is_up() throws Exception {
        long revision = inventory.snapshot().revision();
        assertThat(inventory.awaitBeyond(revision, Duration.ofMillis(1))).isFalse();
        assertThat(inventory.awaitBeyond(revision - 1, Duration.ZERO)).isTrue();
        try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
            Future<Boolean> waiting = executor.submit(() -> inventory.awaitBeyond(revision, Duration.ofSeconds(30)));
            inventory.commit(snapshot -> renamed(snapshot, "app-2"));
            assertThat(waiting.get(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void concurrent_decisions_never_lose_an_update() throws Exception {
        List<Long> revisions = Collections.synchronizedList(new ArrayList<>());
        inventory.subscribe((committed, snapshot) -> revisions.add(committed.revision()));
        int threads = 4;
        int each = 100;
        CountDownLatch start = new CountDownLatch(1);
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> all = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                all.add(executor.submit(() -> {
                    start.await();
                    for (int i = 0; i < each; i++) {
                        inventory.commit(snapshot -> InventoryWrite.builder()
                                .put(snapshot.get(vm.id()).withNextGeneration())
                                .build());
                    }
                    return null;
                }));
            }
            start.countDown();
            for (Future<?> future : all) {
                future.get(30, TimeUnit.SECONDS);
            }
        }
        assertThat(vm().generation()).isEqualTo(1L + threads * each);
        assertThat(revisions).hasSize(threads * each).isSorted().doesNotHaveDuplicates();
    }

    /** Holds up the one that is being committed, so that the others gather behind it. */
    private List<Future<Committed>> gathered(List<Inventory.Decision> decisions) throws Exception {
        return gatheredWork(decisions.stream()
                .<Callable<Committed>>map(decision -> () -> inventory.commit(decision))
                .toList());
    }

    private List<Future<Committed>> gatheredWork(List<Callable<Committed>> works) throws Exception {
        return HeldUp.behind(
                hold -> inventory.commit(snapshot -> {
                    hold.run();
                    return InventoryWrite.NOTHING;
                }),
                works);
    }

    private Inventory.Decision renaming(VirtualMachine which, String name) {
        return snapshot -> {
            VirtualMachine now = snapshot.get(which.id());
            return InventoryWrite.builder()
                    .put(now.withName(name))
                    .event(EventDraft.about(now, EventType.VM_RENAMED, "renamed to " + name))
                    .build();
        };
    }

    @Test
    void writes_that_have_gathered_are_committed_as_one_and_each_is_told_its_own() throws Exception {
        VirtualMachine other = inventory.snapshot().objects(VirtualMachine.class).stream()
                .filter(each -> !each.id().equals(vm.id()))
                .findFirst()
                .orElseGet(() -> added("app-7"));
        long revision = inventory.snapshot().revision();
        List<Future<Committed>> done = gathered(List.of(
                renaming(vm, "first"),
                snapshot -> {
                    throw new IllegalArgumentException("mine alone");
                },
                renaming(other, "second"),
                snapshot -> InventoryWrite.NOTHING));
        assertThat(inventory.snapshot().revision()).isEqualTo(revision + 1);
        assertThat(done.get(0).get().delta().changes()).hasSize(1);
        assertThat(done.get(0).get().events()).extracting(Event::message).containsExactly("renamed to first");
        assertThatThrownBy(() -> done.get(1).get()).hasRootCauseMessage("mine alone");
        assertThat(done.get(2).get().events()).extracting(Event::message).containsExactly("renamed to second");
        assertThat(done.get(3).get().delta().changes()).isEmpty();
        assertThat(inventory.snapshot().get(other.id()).name()).isEqualTo("second");
        assertThat(vm().name()).isEqualTo("first");
        assertThat(store.load().objects()).isEqualTo(inventory.snapshot().objects());
    }

    private VirtualMachine added(String name) {
        VirtualMachine made = sample.addVm(name, sample.datacenter.vmFolderId(), sample.hosts.getFirst());
        inventory.commit(InventoryWrite.builder().put(made).build());
        return made;
    }

    @Test
    void writes_of_one_object_that_have_gathered_follow_each_other() throws Exception {
        long revision = inventory.snapshot().revision();
        List<Future<Committed>> done =
                gathered(List.of(renaming(vm, "first"), renaming(vm, "second"), renaming(vm, "third")));
        assertThat(vm().name()).isEqualTo("third");
        assertThat(vm().version()).isEqualTo(4);
        for (int i = 0; i < done.size(); i++) {
            assertThat(done.get(i).get().revision()).isEqualTo(revision + 1 + i);
        }
    }

    @Test
    void work_that_shares_a_transaction_sees_at_once_what_it_will_have_done() throws Exception {
        VirtualMachine other = added("app-7");
        long revision = inventory.snapshot().revision();
        List<Committed> expected = Collections.synchronizedList(new ArrayList<>());
        List<Future<Committed>> done = gatheredWork(List.of(
                () -> inventory.commit(renaming(vm, "first")),
                () -> transactions.inSharedTransaction(() -> {
                    Committed once = inventory.commit(renaming(other, "second"));
                    assertThat(inventory.snapshot().get(other.id()).name()).isEqualTo("app-7");
                    expected.add(once);
                    Committed twice = inventory.commit(renaming(other, "third"));
                    expected.add(twice);
                    return twice;
                })));
        assertThat(done.get(0).get().revision()).isEqualTo(revision + 1);
        assertThat(done.get(1).get().revision()).isEqualTo(revision + 2);
        assertThat(expected).extracting(Committed::revision).containsExactly(revision + 1, revision + 2);
        assertThat(expected.get(1).delta().changes())
                .isEqualTo(inventory.deltasAfter(revision + 1, 1).getFirst().changes());
        assertThat(inventory.snapshot().get(other.id()).name()).isEqualTo("third");
        assertThat(inventory.snapshot().get(other.id()).version()).isEqualTo(3);
        assertThat(store.load().objects()).isEqualTo(inventory.snapshot().objects());
    }

    @Test
    void what_shared_a_transaction_with_an_unknown_outcome_is_told_so_and_found_again() throws Exception {
        VirtualMachine other = added("app-7");
        List<Future<Committed>> done = gatheredWork(List.of(
                () -> inventory.commit(renaming(vm, "first")),
                () -> transactions.inSharedTransaction(() -> {
                    transactions.loseOutcome();
                    return inventory.commit(renaming(other, "second"));
                })));
        assertThat(done).hasSize(2);
        assertThat(vm().name()).isEqualTo("app-1");
        inventory.commit(snapshot -> renamed(snapshot, "last"));
        assertThat(vm().name()).isEqualTo("last");
        assertThat(vm().version()).isEqualTo(3);
        assertThat(inventory.snapshot().get(other.id()).name()).isEqualTo("second");
    }
}
