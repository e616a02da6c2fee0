package dev.sternpost.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.inventory.Folder;
import dev.sternpost.inventory.FolderId;
import dev.sternpost.inventory.FolderType;
import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.inventory.store.Transactions;
import dev.sternpost.task.Creation;
import dev.sternpost.task.LeaseLostException;
import dev.sternpost.task.LogKind;
import dev.sternpost.task.LogRecord;
import dev.sternpost.task.RunnerLease;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskDraft;
import dev.sternpost.task.TaskState;
import dev.sternpost.task.TaskStore;
import dev.sternpost.task.TaskSummary;
import dev.sternpost.testkit.HeldUp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Steps of several tasks in one transaction, and a database that goes away under it. */
@SuppressWarnings("NullAway.Init") // set before each test
class SharedTransactionsTest {
    private static final Instant T0 = Instant.parse("2030-01-01T00:00:00Z");

    private static final LogRecord END =
            new LogRecord(T0, LogKind.ENDED, "", "", TaskState.SUCCEEDED.name(), "", false, null);

    private Database database;
    private Transactions transactions;
    private TaskStore tasks;
    private Inventory inventory;

    @BeforeEach
    void open() {
        database = TestDatabase.fresh(TestServer.EMBEDDED).database();
        transactions = database.transactions();
        tasks = database.taskStore();
        inventory = new Inventory(database.inventoryStore(), transactions);
        RunnerLease lease = tasks.acquireLease("server", Duration.ofMinutes(5));
        assertThat(lease.term()).isEqualTo(1);
    }

    private Task task(String subject) {
        TaskDraft draft = new TaskDraft("Folder.create", subject, subject, "admin", "", "", "{}", Set.of());
        return ((Creation.Created) tasks.create(draft, "server")).task();
    }

    private void make(String name) {
        Folder folder =
                Folder.create(FolderId.of(FolderType.DATACENTER, inventory.nextIdNumber()), name, FolderId.ROOT);
        inventory.commit(InventoryWrite.builder()
                .put(folder)
                .event(EventDraft.about(folder, EventType.FOLDER_CREATED, "made " + name))
                .build());
    }

    /** A local step: effect and record in one transaction. */
    private Callable<Task> step(Task task, String name, Runnable also) {
        return () -> {
            Supplier<Task> stored = transactions.inSharedTransaction(() -> {
                make(name);
                also.run();
                return tasks.appendShared(task, List.of(END), ended());
            });
            return stored.get();
        };
    }

    private static TaskSummary ended() {
        TaskSummary queued = TaskSummary.queued();
        return new TaskSummary(TaskState.SUCCEEDED, 100, "", queued.steps(), null, "", false, T0, T0, queued.report());
    }

    private List<Future<Task>> sharing(List<Callable<Task>> steps) throws Exception {
        return HeldUp.behind(
                hold -> transactions.inSharedTransaction(() -> {
                    hold.run();
                    return "held up";
                }),
                steps);
    }

    private boolean isThere(String name) {
        assertThat(inventory.snapshot().objects())
                .isEqualTo(database.inventoryStore().load().objects());
        return inventory.snapshot().findChild(FolderId.ROOT, name).isPresent();
    }

    /** Of the connection that the caller's transaction has. */
    private static void killConnection(TestDatabase test) {
        test.jdbc()
                .execute("select pg_terminate_backend(pid) from pg_stat_activity"
                        + " where state = 'idle in transaction' and datname = current_database()");
    }

    @Test
    void effects_and_records_of_several_tasks_are_one_commit_of_the_inventory() throws Exception {
        long revision = inventory.snapshot().revision();
        List<Task> all = List.of(task("a"), task("b"), task("c"));
        List<Future<Task>> done = sharing(List.of(
                step(all.get(0), "east", () -> {}),
                step(all.get(1), "west", () -> {
                    throw new IllegalArgumentException("mine alone");
                }),
                step(all.get(2), "north", () -> {})));
        assertThat(inventory.snapshot().revision()).isEqualTo(revision + 1);
        assertThat(done.get(0).get()).isEqualTo(tasks.find(all.get(0).id()).orElseThrow());
        assertThatThrownBy(() -> done.get(1).get()).hasRootCauseMessage("mine alone");
        assertThat(tasks.log(all.get(1).id())).isEmpty();
        assertThat(tasks.log(all.get(2).id())).extracting(LogRecord::kind).containsExactly(LogKind.ENDED);
        assertThat(isThere("east")).isTrue();
        assertThat(isThere("west")).isFalse();
        assertThat(isThere("north")).isTrue();
    }

    @Test
    void a_task_that_was_adopted_by_another_loses_its_effect_and_nobody_elses() throws Exception {
        Task mine = task("a");
        Task other = task("b");
        RunnerLease taker = tasks.acquireLease("another", Duration.ofMinutes(5));
        assertThat(tasks.adopt(mine.id(), taker, 1)).isPresent();
        List<Future<Task>> done = sharing(List.of(step(mine, "east", () -> {}), step(other, "west", () -> {})));
        assertThatThrownBy(() -> done.get(0).get()).hasCauseInstanceOf(LeaseLostException.class);
        assertThat(done.get(1).get().state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(tasks.log(mine.id())).isEmpty();
        assertThat(isThere("east")).isFalse();
        assertThat(isThere("west")).isTrue();
    }

    @Test
    void nothing_of_a_commit_during_which_the_connection_is_lost_is_acknowledged() throws Exception {
        TestDatabase test = TestDatabase.open(TestServer.EMBEDDED);
        Task mine = task("a");
        Task other = task("b");
        List<Future<Task>> done = sharing(List.of(
                step(mine, "east", () -> {}),
                // The last before the commit itself: all is written by then.
                step(
                        other,
                        "west",
                        () -> transactions.beforeCommit(() -> transactions.beforeCommit(() -> killConnection(test))))));
        assertThatThrownBy(() -> done.get(0).get()).isInstanceOf(Exception.class);
        assertThatThrownBy(() -> done.get(1).get()).isInstanceOf(Exception.class);
        assertThat(tasks.log(mine.id())).isEmpty();
        assertThat(tasks.log(other.id())).isEmpty();
        make("after");
        assertThat(isThere("after")).isTrue();
        assertThat(isThere("east")).isFalse();
        assertThat(isThere("west")).isFalse();
    }
}
