package dev.sternpost.inventory.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.inventory.Folder;
import dev.sternpost.inventory.ObjectName;
import dev.sternpost.inventory.event.Event;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.testkit.HeldUp;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What every {@link InventoryStore} and its {@link Transactions} promise of ids, transactions and concurrent callers. */
public abstract class InventoryTransactionsContract extends InventoryStoreFixture {
    @Test
    void a_number_for_an_id_is_never_given_twice_not_even_after_a_rollback() {
        Set<Long> seen = new HashSet<>();
        seen.add(store.nextIdNumber());
        assertThatThrownBy(() -> transactions.inTransaction(() -> {
                    seen.add(store.nextIdNumber());
                    throw new IllegalStateException("roll back");
                }))
                .isInstanceOf(IllegalStateException.class);
        seen.add(store.nextIdNumber());
        seen.add(reopen().nextIdNumber());
        assertThat(seen).hasSize(4).allMatch(number -> number >= ObjectName.ID_NUMBER_MIN);
    }

    @Test
    void commits_in_one_transaction_happen_together() {
        long begin = store.load().revision();
        transactions.inTransaction(() -> {
            store.commit(putting(newFolder("east")));
            store.commit(InventoryWrite.builder()
                    .put(newFolder("west"))
                    .event(event("two"))
                    .build());
            assertThat(store.load().size()).isEqualTo(3);
        });
        assertThat(store.load().revision()).isEqualTo(begin + 2);
        assertThatThrownBy(() -> transactions.inTransaction(() -> {
                    store.commit(InventoryWrite.builder()
                            .put(newFolder("north"))
                            .event(event("three"))
                            .build());
                    throw new IllegalArgumentException("roll back");
                }))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(store.load().revision()).isEqualTo(begin + 2);
        assertThat(store.load().size()).isEqualTo(3);
        assertThat(store.lastEventSequence()).isEqualTo(1);
        assertThat(store.commit(InventoryWrite.builder().event(event("four")).build())
                        .events())
                .extracting(Event::sequence)
                .containsExactly(2L);
    }

    @Test
    void a_failure_inside_a_transaction_rolls_it_back_even_when_it_is_caught() {
        assertThatThrownBy(() -> transactions.inTransaction(() -> {
                    store.commit(putting(newFolder("east")));
                    try {
                        transactions.inTransaction(() -> {
                            throw new IllegalArgumentException("inner");
                        });
                    } catch (IllegalArgumentException e) {
                        // swallowed on purpose
                    }
                }))
                .isInstanceOf(RuntimeException.class);
        assertThat(store.load().size()).isEqualTo(1);
    }

    @Test
    void the_end_of_a_transaction_is_told_once_in_order_and_says_how_it_ended() {
        List<String> told = new ArrayList<>();
        assertThat(transactions.isActive()).isFalse();
        transactions.inTransaction(() -> {
            assertThat(transactions.isActive()).isTrue();
            transactions.onCompletion(outcome -> told.add("first " + outcome));
            transactions.inTransaction(() -> transactions.onCompletion(outcome -> told.add("second " + outcome)));
            store.commit(putting(newFolder("east")));
            assertThat(told).isEmpty();
        });
        assertThat(told).containsExactly("first COMMITTED", "second COMMITTED");
        assertThatThrownBy(() -> transactions.inTransaction(() -> {
                    transactions.onCompletion(outcome -> told.add("third " + outcome));
                    throw new IllegalArgumentException("roll back");
                }))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(told).hasSize(3).endsWith("third ROLLED_BACK");
        assertThatThrownBy(() -> transactions.onCompletion(outcome -> {})).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void concurrent_commits_get_one_revision_each_and_none_is_lost() throws Exception {
        int threads = 6;
        int each = 20;
        long begin = store.load().revision();
        List<Committed> all = new ArrayList<>();
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            List<Callable<List<Committed>>> work = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int thread = t;
                work.add(() -> commits(thread, each));
            }
            for (Future<List<Committed>> future : executor.invokeAll(work, 60, TimeUnit.SECONDS)) {
                all.addAll(future.get());
            }
        }
        int count = threads * each;
        assertThat(all)
                .extracting(Committed::revision)
                .containsExactlyInAnyOrder(
                        LongStream.rangeClosed(begin + 1, begin + count).boxed().toArray(Long[]::new));
        all.sort(Comparator.comparingLong(Committed::revision));
        assertThat(all.stream().flatMap(committed -> committed.events().stream()))
                .extracting(Event::sequence)
                .containsExactly(LongStream.rangeClosed(1, count).boxed().toArray(Long[]::new));
        assertThat(store.load().size()).isEqualTo(1 + count);
        assertThat(store.deltasAfter(begin, 1_000))
                .isEqualTo(all.stream().map(Committed::delta).toList());
    }

    private List<Committed> commits(int thread, int count) {
        List<Committed> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = "f-" + thread + "-" + i;
            made.add(store.commit(InventoryWrite.builder()
                    .put(newFolder(name))
                    .event(event(name))
                    .build()));
        }
        return made;
    }

    @Test
    void of_concurrent_writers_of_one_object_exactly_one_wins_each_round() throws Exception {
        Folder folder = newFolder("east");
        store.commit(putting(folder));
        int threads = 4;
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            for (int round = 1; round <= 5; round++) {
                Folder current = stored(Folder.class, folder);
                List<Callable<Boolean>> work = new ArrayList<>();
                for (int t = 0; t < threads; t++) {
                    String name = "name-" + round + "-" + t;
                    work.add(() -> wins(current.withName(name)));
                }
                int winners = 0;
                for (Future<Boolean> future : executor.invokeAll(work, 60, TimeUnit.SECONDS)) {
                    winners += future.get() ? 1 : 0;
                }
                assertThat(winners).isEqualTo(1);
                assertThat(stored(Folder.class, folder).version()).isEqualTo(round + 1L);
            }
        }
    }

    private boolean wins(Folder folder) {
        try {
            store.commit(putting(folder));
            return true;
        } catch (FaultException e) {
            assertThat(e.code()).isEqualTo(FaultCode.VERSION_CONFLICT);
            return false;
        }
    }

    private List<Future<String>> sharing(List<Callable<String>> works) throws Exception {
        return HeldUp.behind(
                hold -> transactions.inSharedTransaction(() -> {
                    hold.run();
                    return "held up";
                }),
                works);
    }

    private Callable<String> shares(List<String> told, String name, Runnable work) {
        return () -> transactions.inSharedTransaction(() -> {
            told.add(name + (transactions.isShared() ? " with others" : " alone"));
            transactions.onCompletion(outcome -> told.add(name + " " + outcome));
            work.run();
            return name;
        });
    }

    @Test
    void those_who_wait_share_a_transaction_and_are_done_in_the_order_in_which_they_came() throws Exception {
        List<String> told = Collections.synchronizedList(new ArrayList<>());
        List<Future<String>> done = sharing(List.of(
                shares(told, "first", () -> store.commit(putting(newFolder("east")))),
                shares(told, "second", () -> transactions.beforeCommit(() -> told.add("last of all"))),
                shares(told, "third", () -> store.commit(putting(newFolder("west"))))));
        assertThat(told)
                .containsExactly(
                        "first with others",
                        "second with others",
                        "third with others",
                        "last of all",
                        "first COMMITTED",
                        "second COMMITTED",
                        "third COMMITTED");
        assertThat(done.get(2).get()).isEqualTo("third");
        assertThat(store.load().size()).isEqualTo(3);
    }

    @Test
    void work_that_throws_is_refused_alone_and_leaves_nothing() throws Exception {
        List<String> told = Collections.synchronizedList(new ArrayList<>());
        List<Future<String>> done = sharing(List.of(
                shares(told, "first", () -> store.commit(putting(newFolder("east")))),
                shares(told, "second", () -> {
                    store.commit(putting(newFolder("west")));
                    throw new IllegalArgumentException("mine alone");
                }),
                shares(told, "third", () -> store.commit(putting(newFolder("west"))))));
        assertThat(done.get(0).get()).isEqualTo("first");
        assertThatThrownBy(() -> done.get(1).get()).hasRootCauseMessage("mine alone");
        assertThat(done.get(2).get()).isEqualTo("third");
        assertThat(told).endsWith("first COMMITTED", "third COMMITTED");
        assertThat(store.load().size()).isEqualTo(3);
    }

    @Test
    void when_all_is_refused_at_the_end_each_has_a_transaction_of_its_own() throws Exception {
        List<String> told = Collections.synchronizedList(new ArrayList<>());
        List<Future<String>> done = sharing(List.of(
                shares(told, "first", () -> store.commit(putting(newFolder("east")))), shares(told, "second", () -> {
                    if (!transactions.isShared()) {
                        throw new IllegalArgumentException("mine alone");
                    }
                    transactions.beforeCommit(() -> {
                        throw new IllegalStateException("refused when it is written");
                    });
                })));
        assertThat(done.get(0).get()).isEqualTo("first");
        assertThatThrownBy(() -> done.get(1).get()).hasRootCauseMessage("mine alone");
        assertThat(told)
                .startsWith("first with others", "second with others", "first ROLLED_BACK", "second ROLLED_BACK")
                .contains("first alone", "first COMMITTED", "second alone");
        assertThat(store.load().size()).isEqualTo(2);
    }

    @Test
    void who_comes_alone_or_with_a_transaction_shares_with_nobody() {
        assertThat(transactions.inSharedTransaction(transactions::isShared)).isFalse();
        assertThatThrownBy(() -> transactions.inTransaction(() -> transactions.beforeCommit(() -> {})))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> transactions.inTransaction(() -> {
                    transactions.inSharedTransaction(() -> store.commit(putting(newFolder("east"))));
                    throw new IllegalArgumentException("roll back");
                }))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(store.load().size()).isEqualTo(1);
    }

    @Test
    void what_breaks_down_ends_everybodys_wait() throws Exception {
        List<String> told = Collections.synchronizedList(new ArrayList<>());
        List<Future<String>> done = sharing(List.of(
                shares(told, "first", () -> store.commit(putting(newFolder("east")))), shares(told, "second", () -> {
                    throw new LinkageError("no such class");
                })));
        assertThatThrownBy(() -> done.get(0).get()).hasRootCauseMessage("no such class");
        assertThatThrownBy(() -> done.get(1).get()).hasRootCauseMessage("no such class");
        assertThat(store.load().size()).isEqualTo(1);
        assertThat(transactions.inSharedTransaction(() -> "next")).isEqualTo("next");
    }
}
