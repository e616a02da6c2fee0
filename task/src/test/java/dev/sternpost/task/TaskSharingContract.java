package dev.sternpost.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.testkit.HeldUp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a {@link TaskStore} does when tasks share a transaction, and what the whole contract works on. */
@SuppressWarnings("NullAway.Init") // set before each test
abstract class TaskSharingContract {
    static final Duration LONG = Duration.ofMinutes(5);
    static final Duration SHORT = Duration.ofMillis(200);
    static final Instant T0 = Instant.parse("2030-01-01T00:00:00.123456Z");

    TaskStore store;
    RunnerLease lease;

    /** A store without tasks and leases. */
    protected abstract TaskStore emptyStore() throws Exception;

    /** The transaction that the store of this test joins. */
    protected abstract Atomic atomic();

    /** Lets the store's clock move on by at least this much. */
    protected abstract void passTime(Duration duration) throws Exception;

    @BeforeEach
    void open() throws Exception {
        store = emptyStore();
        lease = store.acquireLease("server-a", LONG);
    }

    static TaskDraft draft(String subject) {
        return draft(subject, "", "digest", Set.of());
    }

    static TaskDraft draft(String subject, String requestId, String digest, Set<String> claims) {
        return new TaskDraft(
                "Test.kind", subject, "name of " + subject, "admin", requestId, digest, "{\"a\": 1}", claims);
    }

    Task created(TaskDraft draft) {
        return ((Creation.Created) store.create(draft, "server-a")).task();
    }

    static TaskSummary summary(TaskState state) {
        TaskFault fault = state == TaskState.FAILED ? new TaskFault("HOST_ERROR", "it broke; mend it", "host-1") : null;
        return new TaskSummary(
                state,
                40,
                state.isEnd() ? "" : "two",
                List.of(
                        new StepSummary("one", StepState.DONE, T0, T0.plusSeconds(1), "said \"so\""),
                        new StepSummary("two", StepState.PENDING, null, null, "")),
                fault,
                "vm-7",
                !state.isEnd(),
                T0,
                state.isEnd() ? T0.plusSeconds(2) : null,
                "{\"rounds\": []}");
    }

    Task end(Task task, TaskState state) {
        return store.append(task.id(), task.epoch(), List.of(LogRecord.ended(T0, state)), summary(state));
    }

    private Callable<Task> appends(Task task, long epoch, LogRecord... records) {
        Task claimed = new Task(
                task.id(),
                task.draft(),
                task.summary(),
                task.createTime(),
                false,
                task.runner(),
                epoch,
                task.logLength());
        return () -> {
            TaskState state =
                    records[records.length - 1].kind() == LogKind.ENDED ? TaskState.FAILED : TaskState.RUNNING;
            Supplier<Task> stored =
                    atomic().runShared(() -> store.appendShared(claimed, List.of(records), summary(state)));
            return stored.get();
        };
    }

    @Test
    void appends_that_share_a_transaction_are_stored_or_refused_one_by_one() throws Exception {
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            tasks.add(created(draft("vm-" + i, "", "", Set.of("name:" + i))));
        }
        store.append(tasks.get(2).id(), 1, List.of(LogRecord.of(T0, LogKind.STARTED, "")), summary(TaskState.RUNNING));
        store.requestCancel(tasks.get(2).id());
        LogRecord started = LogRecord.of(T0, LogKind.STARTED, "");
        LogRecord done =
                LogRecord.done(T0.plusMillis(1), "one", new StepOutput("{\"x\": \"ü\"}", "did it", "vm-7", null));
        LogRecord failed = LogRecord.fault(
                T0.plusMillis(2), LogKind.STEP_FAILED, "two", true, new TaskFault("HOST_ERROR", "no", "host-2"));
        LogRecord ended = LogRecord.ended(T0.plusMillis(3), TaskState.FAILED);
        List<Future<Task>> answers = HeldUp.behind(
                hold -> atomic().runShared(() -> {
                    hold.run();
                    return "held up";
                }),
                List.of(
                        appends(tasks.get(0), 1, started, done),
                        appends(tasks.get(1), 7, started),
                        appends(tasks.get(2), 1, done, failed),
                        appends(tasks.get(3), 1, started, ended)));
        assertThatThrownBy(() -> answers.get(1).get()).hasCauseInstanceOf(LeaseLostException.class);
        assertThat(store.find(tasks.get(1).id())).contains(tasks.get(1));
        assertThat(store.log(tasks.get(1).id())).isEmpty();
        for (int i : List.of(0, 2, 3)) {
            assertThat(store.find(tasks.get(i).id())).contains(answers.get(i).get());
        }
        assertThat(store.log(tasks.get(0).id())).containsExactly(started, done);
        assertThat(store.log(tasks.get(2).id())).containsExactly(started, done, failed);
        assertThat(answers.get(2).get().cancelRequested()).isTrue();
        assertThat(answers.get(2).get().logLength()).isEqualTo(3);
        assertThat(store.create(draft("vm-9", "", "", Set.of("name:3")), "server-a"))
                .isInstanceOf(Creation.Created.class);
        assertThat(store.create(draft("vm-9", "", "", Set.of("name:0")), "server-a"))
                .isInstanceOf(Creation.ClaimTaken.class);
    }

    @Test
    void appends_of_one_task_that_share_a_transaction_follow_each_other() throws Exception {
        Task task = created(draft("vm-1"));
        LogRecord started = LogRecord.of(T0, LogKind.STARTED, "");
        LogRecord resumed = LogRecord.of(T0.plusMillis(1), LogKind.RESUMED, "");
        HeldUp.behind(
                hold -> atomic().runShared(() -> {
                    hold.run();
                    return "held up";
                }),
                List.of(appends(task, 1, started), appends(task, 1, resumed)));
        assertThat(store.log(task.id())).containsExactly(started, resumed);
        assertThat(store.find(task.id()).orElseThrow().logLength()).isEqualTo(2);
    }

    private Callable<Creation> creates(TaskDraft draft) {
        return () ->
                atomic().runShared(() -> store.createShared(draft, "server-a")).get();
    }

    @Test
    void tasks_that_share_a_transaction_are_accepted_one_by_one_in_the_order_in_which_they_came() throws Exception {
        Task earlier = created(draft("vm-1", "r-1", "d", Set.of()));
        List<Future<Creation>> answers = HeldUp.behind(
                hold -> atomic().runShared(() -> {
                    hold.run();
                    return "held up";
                }),
                List.of(
                        creates(draft("vm-2")),
                        creates(draft("vm-1", "r-1", "d", Set.of())),
                        creates(draft("vm-1", "r-1", "other", Set.of())),
                        creates(draft("vm-3", "r-2", "d", Set.of())),
                        creates(draft("vm-3", "r-2", "d", Set.of())),
                        creates(draft("vm-4", "r-3", "d", Set.of("name:x")))));
        Task second = ((Creation.Created) answers.get(0).get()).task();
        Task third = ((Creation.Created) answers.get(3).get()).task();
        Task fourth = ((Creation.Created) answers.get(5).get()).task();
        assertThat(answers.get(1).get()).isEqualTo(new Creation.Existing(earlier));
        assertThat(answers.get(2).get()).isEqualTo(new Creation.RequestIdReused(earlier.id()));
        assertThat(answers.get(4).get()).isEqualTo(new Creation.Existing(third));
        assertThat(List.of(earlier.id(), second.id(), third.id())).isSorted();
        assertThat(store.find(second.id())).contains(second);
        assertThat(store.find(third.id())).contains(third);
        assertThat(store.unfinished(0, 10)).containsExactlyInAnyOrder(earlier, second, third, fourth);
    }
}
