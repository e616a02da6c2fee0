package dev.sternpost.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What every {@link TaskStore} must do. A subclass gives an empty store per test, and a way for time to pass in it. */
public abstract class TaskStoreContract extends TaskSharingContract {
    @Test
    void a_created_task_is_queued_under_epoch_one_and_found_again() {
        Task task = created(draft("vm-1", "r-1", "d", Set.of("name:x")));
        assertThat(task.state()).isEqualTo(TaskState.QUEUED);
        assertThat(task.epoch()).isEqualTo(1);
        assertThat(task.runner()).isEqualTo("server-a");
        assertThat(task.logLength()).isZero();
        assertThat(task.draft()).isEqualTo(draft("vm-1", "r-1", "d", Set.of("name:x")));
        assertThat(store.find(task.id())).contains(task);
        assertThat(store.log(task.id())).isEmpty();
        assertThat(store.find(new TaskId(task.id().number() + 1000))).isEmpty();
    }

    @Test
    void numbers_rise() {
        assertThat(created(draft("vm-1")).id())
                .isLessThan(created(draft("vm-2")).id());
    }

    @Test
    void repeating_a_request_returns_the_same_task_even_after_it_ended() {
        Task task = created(draft("vm-1", "r-1", "d", Set.of("c")));
        assertThat(store.create(draft("vm-2", "r-1", "d", Set.of("c")), "server-a"))
                .isEqualTo(new Creation.Existing(task));
        Task ended = end(task, TaskState.SUCCEEDED);
        assertThat(store.create(draft("vm-2", "r-1", "d", Set.of("c")), "server-a"))
                .isEqualTo(new Creation.Existing(ended));
    }

    @Test
    void a_task_is_found_by_the_request_it_was_accepted_as() {
        Task task = created(draft("vm-1", "r-1", "d", Set.of()));
        created(draft("vm-2"));
        assertThat(store.findByRequest("admin", "Test.kind", "r-1")).contains(task);
        assertThat(store.findByRequest("eve", "Test.kind", "r-1")).isEmpty();
        assertThat(store.findByRequest("admin", "Other.kind", "r-1")).isEmpty();
        assertThat(store.findByRequest("admin", "Test.kind", "")).isEmpty();
    }

    @Test
    void a_request_id_with_another_body_is_refused() {
        Task task = created(draft("vm-1", "r-1", "d", Set.of()));
        assertThat(store.create(draft("vm-1", "r-1", "other", Set.of()), "server-a"))
                .isEqualTo(new Creation.RequestIdReused(task.id()));
    }

    @Test
    void request_ids_count_per_user_and_kind() {
        created(draft("vm-1", "r-1", "d", Set.of()));
        TaskDraft otherUser = new TaskDraft("Test.kind", "vm-1", "n", "eve", "r-1", "d", "", Set.of());
        TaskDraft otherKind = new TaskDraft("Other.kind", "vm-1", "n", "admin", "r-1", "d", "", Set.of());
        assertThat(store.create(otherUser, "server-a")).isInstanceOf(Creation.Created.class);
        assertThat(store.create(otherKind, "server-a")).isInstanceOf(Creation.Created.class);
    }

    @Test
    void a_claim_is_held_until_its_task_ends() {
        Task first = created(draft("vm-1", "", "", Set.of("name:a", "name:b")));
        assertThat(store.create(draft("vm-2", "", "", Set.of("name:b", "name:c")), "server-a"))
                .isEqualTo(new Creation.ClaimTaken("name:b", first.id()));
        store.append(first.id(), 1, List.of(LogRecord.of(T0, LogKind.STARTED, "")), summary(TaskState.RUNNING));
        assertThat(store.create(draft("vm-2", "", "", Set.of("name:b")), "server-a"))
                .isInstanceOf(Creation.ClaimTaken.class);
        end(first, TaskState.FAILED);
        assertThat(store.create(draft("vm-2", "", "", Set.of("name:b", "name:c")), "server-a"))
                .isInstanceOf(Creation.Created.class);
    }

    @Test
    void a_refused_create_takes_no_claim() {
        created(draft("vm-1", "", "", Set.of("name:b")));
        store.create(draft("vm-2", "", "", Set.of("name:a", "name:b", "name:c")), "server-a");
        assertThat(store.create(draft("vm-3", "", "", Set.of("name:a", "name:c")), "server-a"))
                .isInstanceOf(Creation.Created.class);
    }

    @Test
    void appended_records_and_the_summary_are_read_back_as_written() {
        Task task = created(draft("vm-1"));
        List<LogRecord> first = List.of(
                LogRecord.of(T0, LogKind.STARTED, ""),
                LogRecord.done(T0.plusMillis(1), "one", new StepOutput("{\"x\": \"ü\"}", "did it", "vm-7", null)));
        List<LogRecord> second = List.of(LogRecord.fault(
                T0.plusMillis(2), LogKind.STEP_FAILED, "two", true, new TaskFault("HOST_ERROR", "no", "host-2")));
        Task after = store.append(task.id(), 1, first, summary(TaskState.RUNNING));
        after = store.append(task.id(), 1, second, summary(TaskState.RUNNING));
        assertThat(after.logLength()).isEqualTo(3);
        assertThat(after.summary()).isEqualTo(summary(TaskState.RUNNING));
        assertThat(store.find(task.id())).contains(after);
        List<LogRecord> all = new ArrayList<>(first);
        all.addAll(second);
        assertThat(store.log(task.id())).isEqualTo(all);
    }

    @Test
    void an_append_under_another_epoch_writes_nothing() {
        Task task = created(draft("vm-1"));
        Task adopted = store.adopt(task.id(), lease, 1).orElseThrow();
        assertThat(adopted.epoch()).isEqualTo(2);
        assertThatThrownBy(() -> store.append(
                        task.id(), 1, List.of(LogRecord.of(T0, LogKind.STARTED, "")), summary(TaskState.RUNNING)))
                .isInstanceOf(LeaseLostException.class);
        assertThat(store.find(task.id())).contains(adopted);
        assertThat(store.log(task.id())).isEmpty();
    }

    @Test
    void an_append_after_the_lease_ran_out_writes_nothing() throws Exception {
        Task task = created(draft("vm-1"));
        store.acquireLease("server-a", SHORT);
        passTime(SHORT);
        assertThatThrownBy(() -> store.append(
                        task.id(), 1, List.of(LogRecord.of(T0, LogKind.STARTED, "")), summary(TaskState.RUNNING)))
                .isInstanceOf(LeaseLostException.class);
        assertThat(store.log(task.id())).isEmpty();
    }

    @Test
    void an_ended_task_takes_no_more_records() {
        Task ended = end(created(draft("vm-1")), TaskState.CANCELLED);
        assertThatThrownBy(() -> end(ended, TaskState.SUCCEEDED)).isInstanceOf(LeaseLostException.class);
        assertThat(store.find(ended.id())).contains(ended);
    }

    @Test
    void each_acquisition_raises_the_term_and_ends_the_one_before() {
        RunnerLease second = store.acquireLease("server-a", LONG);
        assertThat(second.term()).isEqualTo(lease.term() + 1);
        assertThatThrownBy(() -> store.renewLease(lease, LONG)).isInstanceOf(LeaseLostException.class);
        RunnerLease renewed = store.renewLease(second, LONG);
        assertThat(renewed.term()).isEqualTo(second.term());
        assertThat(renewed.expireTime()).isAfterOrEqualTo(second.expireTime());
    }

    @Test
    void a_lease_that_ran_out_cannot_be_renewed_nor_used_to_adopt() throws Exception {
        Task task = created(draft("vm-1"));
        RunnerLease brief = store.acquireLease("server-b", SHORT);
        passTime(SHORT);
        assertThatThrownBy(() -> store.renewLease(brief, LONG)).isInstanceOf(LeaseLostException.class);
        assertThatThrownBy(() -> store.adopt(task.id(), brief, 1)).isInstanceOf(LeaseLostException.class);
        assertThat(store.currentLeases()).extracting(RunnerLease::runner).containsExactly("server-a");
    }

    @Test
    void adoption_raises_the_epoch_once() {
        Task task = created(draft("vm-1"));
        RunnerLease other = store.acquireLease("server-b", LONG);
        Task adopted = store.adopt(task.id(), other, 1).orElseThrow();
        assertThat(adopted.runner()).isEqualTo("server-b");
        assertThat(adopted.epoch()).isEqualTo(2);
        assertThat(store.adopt(task.id(), lease, 1)).isEmpty();
        assertThat(store.find(task.id())).contains(adopted);
    }

    @Test
    void an_ended_task_is_not_adopted() {
        Task ended = end(created(draft("vm-1")), TaskState.SUCCEEDED);
        assertThat(store.adopt(ended.id(), lease, ended.epoch())).isEmpty();
    }

    @Test
    void the_cancel_flag_stays_and_does_not_touch_ended_tasks() {
        Task task = created(draft("vm-1"));
        assertThat(store.requestCancel(task.id()).orElseThrow().cancelRequested())
                .isTrue();
        store.append(task.id(), 1, List.of(LogRecord.of(T0, LogKind.STARTED, "")), summary(TaskState.RUNNING));
        assertThat(store.find(task.id()).orElseThrow().cancelRequested()).isTrue();
        Task ended = end(created(draft("vm-2")), TaskState.SUCCEEDED);
        assertThat(store.requestCancel(ended.id())).contains(ended);
        assertThat(store.requestCancel(new TaskId(ended.id().number() + 1000))).isEmpty();
    }

    @Test
    void unfinished_tasks_are_listed_oldest_first_in_pages() {
        List<TaskId> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Task task = created(draft("vm-" + i));
            if (i == 2) {
                end(task, TaskState.SUCCEEDED);
            } else {
                ids.add(task.id());
            }
        }
        assertThat(store.unfinished(0, 3)).extracting(Task::id).isEqualTo(ids.subList(0, 3));
        assertThat(store.unfinished(ids.get(2).number(), 3))
                .extracting(Task::id)
                .isEqualTo(ids.subList(3, 4));
    }

    @Test
    void lists_are_newest_first_and_filtered() {
        Task a = created(draft("vm-1"));
        Task b = created(draft("vm-2"));
        Task c = end(created(draft("vm-1")), TaskState.FAILED);
        assertThat(store.list(new TaskQuery(null, false, null, 10))).containsExactly(c, b, a);
        assertThat(store.list(new TaskQuery(null, false, null, 2))).containsExactly(c, b);
        assertThat(store.list(new TaskQuery(null, false, b.id(), 10))).containsExactly(a);
        assertThat(store.list(new TaskQuery("vm-1", false, null, 10))).containsExactly(c, a);
        assertThat(store.list(new TaskQuery("vm-1", true, null, 10))).containsExactly(a);
        assertThat(store.findAll(List.of(c.id(), a.id(), new TaskId(c.id().number() + 99))))
                .containsExactly(a, c);
    }

    @Test
    void what_a_failed_transaction_wrote_is_gone() {
        Task task = created(draft("vm-1"));
        assertThatThrownBy(() -> atomic().run(() -> {
                    store.create(draft("vm-2", "r-9", "d", Set.of("name:z")), "server-a");
                    end(task, TaskState.SUCCEEDED);
                    throw new IllegalStateException("on purpose");
                }))
                .hasMessage("on purpose");
        assertThat(store.find(task.id())).contains(task);
        assertThat(store.log(task.id())).isEmpty();
        assertThat(store.create(draft("vm-2", "r-9", "other", Set.of("name:z")), "server-a"))
                .isInstanceOf(Creation.Created.class);
    }

    @Test
    void of_many_concurrent_creates_with_one_request_id_one_makes_the_task() throws Exception {
        List<Creation> answers = together(8, () -> store.create(draft("vm-1", "r-1", "d", Set.of("c")), "server-a"));
        assertThat(answers).filteredOn(Creation.Created.class::isInstance).hasSize(1);
        assertThat(answers).filteredOn(Creation.Existing.class::isInstance).hasSize(7);
        assertThat(store.unfinished(0, 10)).hasSize(1);
    }

    @Test
    void of_many_concurrent_creates_with_one_claim_one_gets_it() throws Exception {
        List<Creation> answers = together(8, () -> store.create(draft("vm-1", "", "", Set.of("c")), "server-a"));
        assertThat(answers).filteredOn(Creation.Created.class::isInstance).hasSize(1);
        assertThat(answers).filteredOn(Creation.ClaimTaken.class::isInstance).hasSize(7);
    }

    @Test
    void of_many_concurrent_adopters_one_wins() throws Exception {
        Task task = created(draft("vm-1"));
        Set<Long> epochs = new HashSet<>();
        together(8, () -> store.adopt(task.id(), lease, 1))
                .forEach(answer -> answer.ifPresent(adopted -> epochs.add(adopted.epoch())));
        assertThat(epochs).containsExactly(2L);
        assertThat(store.find(task.id()).orElseThrow().epoch()).isEqualTo(2);
    }

    private static <T> List<T> together(int count, Callable<T> work) throws Exception {
        CountDownLatch start = new CountDownLatch(1);
        try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<T>> futures = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                futures.add(pool.submit(() -> {
                    start.await();
                    return work.call();
                }));
            }
            start.countDown();
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get(30, TimeUnit.SECONDS));
            }
            return results;
        }
    }
}
