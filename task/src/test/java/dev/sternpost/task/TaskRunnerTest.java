package dev.sternpost.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.task.kit.KitLoop;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class TaskRunnerTest {
    private static final Duration LEASE = Duration.ofSeconds(10);

    private final KitLoop loop = new KitLoop();
    private final InMemoryTaskStore store = new InMemoryTaskStore(loop);
    private final List<String> seen = new ArrayList<>();
    private final List<String> troubles = new ArrayList<>();
    private final List<CompletableFuture<StepOutput>> orders = new ArrayList<>();
    private boolean storeIsAway;
    private boolean answerIsLost;
    private int transactions;
    private boolean conditionHolds;

    private final TaskListener listener = new TaskListener() {
        @Override
        public void changed(TaskView view) {
            seen.add(view.task().id() + " " + view.task().state()
                    + (view.queuePosition() == 0 ? "" : " at " + view.queuePosition())
                    + (view.waitsFor().isEmpty() ? "" : " after " + view.waitsFor()));
        }

        @Override
        public void trouble(String what, Throwable cause) {
            troubles.add(what);
        }
    };

    private TaskRunner runner(String name, int backlogMax) {
        Atomic atomic = new Atomic() {
            @Override
            public <T> T run(Supplier<T> work) {
                if (storeIsAway) {
                    throw new IllegalStateException("the database is away");
                }
                transactions++;
                T result = store.run(work);
                if (answerIsLost) {
                    answerIsLost = false;
                    throw new IllegalStateException("the connection was lost at the commit");
                }
                return result;
            }
        };
        Workflow far = new Workflow("far", Step.remote("order", context -> {
            CompletableFuture<StepOutput> answer = new CompletableFuture<>();
            orders.add(answer);
            return answer;
        }));
        Workflow waiting = new Workflow(
                "wait",
                Step.await(
                        "until-true",
                        Duration.ofMinutes(1),
                        context -> conditionHolds ? Optional.of(StepOutput.said("true")) : Optional.empty()));
        Workflow reporting = new Workflow("report", Step.remote("copy", context -> {
            context.progress().accept(new StepProgress(40, "round 2", "{\"round\": 2}"));
            CompletableFuture<StepOutput> answer = new CompletableFuture<>();
            orders.add(answer);
            return answer;
        }));
        Workflow power = new Workflow(
                "power",
                Step.decide("choose", context -> StepOutput.of("here")),
                Step.local("raise", context -> StepOutput.of(context.output("choose"))),
                far.steps().getFirst(),
                Step.local("record", context -> StepOutput.NONE));
        TaskRunner runner = new TaskRunner(
                new TaskRunner.Settings(name, LEASE, 2, backlogMax),
                store,
                atomic,
                List.of(far, waiting, reporting, power),
                FailureReader.PLAIN,
                listener,
                loop.surroundings());
        runner.start();
        return runner;
    }

    private static TaskDraft draft(String kind, String subject) {
        return new TaskDraft(kind, subject, subject, "admin", "", "", "", Set.of());
    }

    private TaskId submit(TaskRunner runner, String kind, String subject) {
        return ((Creation.Created) runner.submit(draft(kind, subject), task -> {}))
                .task()
                .id();
    }

    /** As the server does; without it the lease runs out and nothing is stored any more. */
    private void keepTicking(TaskRunner runner) {
        loop.schedule(Duration.ofSeconds(1), () -> {
            runner.tick();
            keepTicking(runner);
        });
    }

    private TaskState state(TaskId id) {
        return store.find(id).orElseThrow().state();
    }

    private void until(TaskId id, TaskState state) {
        loop.runUntil(id + " is " + state, () -> state(id) == state);
    }

    private void answer(int index) {
        loop.runUntil("order " + index + " was sent", () -> orders.size() > index);
        orders.get(index).complete(StepOutput.NONE);
    }

    @Test
    void the_second_task_on_a_subject_waits_for_the_first_and_says_so() {
        TaskRunner runner = runner("a", 10);
        TaskId first = submit(runner, "far", "vm-1");
        TaskId second = submit(runner, "far", "vm-1");
        assertThat(runner.view(second).orElseThrow())
                .extracting(TaskView::queuePosition, TaskView::waitsFor)
                .containsExactly(1, first.toString());
        assertThat(seen).contains(second + " QUEUED at 1 after " + first);
        assertThat(runner.view(second).orElseThrow().task().summary().steps())
                .extracting(StepSummary::name)
                .containsExactly("order");
        answer(0);
        until(first, TaskState.SUCCEEDED);
        answer(1);
        until(second, TaskState.SUCCEEDED);
    }

    @Test
    void a_task_that_waits_in_the_queue_is_cancelled_at_once() {
        TaskRunner runner = runner("a", 10);
        TaskId first = submit(runner, "far", "vm-1");
        TaskId second = submit(runner, "far", "vm-1");
        runner.cancel(second);
        until(second, TaskState.CANCELLED);
        assertThat(state(first)).isNotEqualTo(TaskState.CANCELLED);
        assertThat(runner.view(second).orElseThrow().queuePosition()).isZero();
    }

    @Test
    void a_running_order_is_left_when_the_task_is_cancelled_and_its_late_answer_is_ignored() {
        TaskRunner runner = runner("a", 10);
        TaskId id = submit(runner, "far", "vm-1");
        loop.runUntil("the order was sent", () -> !orders.isEmpty());
        runner.cancel(id);
        until(id, TaskState.CANCELLED);
        orders.getFirst().complete(StepOutput.NONE);
        TaskId next = submit(runner, "far", "vm-1");
        answer(1);
        until(next, TaskState.SUCCEEDED);
        assertThat(state(id)).isEqualTo(TaskState.CANCELLED);
        assertThat(troubles).isEmpty();
    }

    @Test
    void an_order_without_an_answer_times_out_and_is_sent_again() {
        TaskRunner runner = runner("a", 10);
        keepTicking(runner);
        TaskId id = submit(runner, "far", "vm-1");
        answer(1);
        until(id, TaskState.SUCCEEDED);
        assertThat(store.log(id)).extracting(LogRecord::kind).contains(LogKind.STEP_FAILED);
    }

    @Test
    void a_wait_is_woken_by_an_observation() {
        TaskRunner runner = runner("a", 10);
        TaskId id = submit(runner, "wait", "vm-1");
        until(id, TaskState.RUNNING);
        conditionHolds = true;
        runner.observed("vm-2");
        runner.observed("vm-1");
        Instant before = loop.instant();
        until(id, TaskState.SUCCEEDED);
        assertThat(Duration.between(before, loop.instant())).isLessThan(TaskDrive.LOOK_INTERVAL);
    }

    @Test
    void a_wait_fails_at_its_deadline() {
        TaskRunner runner = runner("a", 10);
        keepTicking(runner);
        TaskId id = submit(runner, "wait", "vm-1");
        until(id, TaskState.FAILED);
        assertThat(store.find(id).orElseThrow().summary().fault())
                .extracting(TaskFault::code)
                .isEqualTo("OPERATION_TIMED_OUT");
    }

    @Test
    void progress_shows_at_once_and_the_last_report_is_kept() {
        TaskRunner runner = runner("a", 10);
        TaskId id = submit(runner, "report", "vm-1");
        loop.runUntil(
                "progress shows",
                () -> runner.view(id).orElseThrow().task().summary().progressPercent() == 40);
        TaskSummary shown = runner.view(id).orElseThrow().task().summary();
        assertThat(shown.steps().getFirst().detail()).isEqualTo("round 2");
        assertThat(shown.report()).isEqualTo("{\"round\": 2}");
        assertThat(store.find(id).orElseThrow().summary().report()).isEmpty();
        answer(0);
        until(id, TaskState.SUCCEEDED);
        assertThat(store.find(id).orElseThrow().summary().report()).isEqualTo("{\"round\": 2}");
    }

    @Test
    void what_is_done_alongside_a_refused_task_is_not_done() {
        TaskRunner runner = runner("a", 10);
        assertThatThrownBy(() -> runner.submit(draft("far", "vm-1"), task -> {
                    throw new IllegalStateException("on purpose");
                }))
                .hasMessage("on purpose");
        assertThat(store.unfinished(0, 10)).isEmpty();
    }

    @Test
    void decisions_and_answers_are_stored_with_the_transaction_that_follows_them() {
        TaskRunner runner = runner("a", 10);
        int before = transactions;
        TaskId id = submit(runner, "power", "vm-1");
        answer(0);
        until(id, TaskState.SUCCEEDED);
        // accepted; decided, changed and about to order; answered, recorded and ended
        assertThat(transactions - before).isEqualTo(3);
        assertThat(store.log(id))
                .extracting(LogRecord::kind)
                .containsExactly(
                        LogKind.STARTED,
                        LogKind.STEP_DONE,
                        LogKind.STEP_DONE,
                        LogKind.STEP_STARTED,
                        LogKind.STEP_DONE,
                        LogKind.STEP_DONE,
                        LogKind.ENDED);
    }

    @Test
    void a_full_backlog_refuses() {
        TaskRunner runner = runner("a", 1);
        submit(runner, "far", "vm-1");
        assertThatThrownBy(() -> submit(runner, "far", "vm-2")).isInstanceOf(BacklogFullException.class);
    }

    @Test
    void an_outage_of_the_store_delays_a_task_and_does_not_lose_it() {
        TaskRunner runner = runner("a", 10);
        TaskId id = submit(runner, "far", "vm-1");
        loop.runUntil("the order was sent", () -> !orders.isEmpty());
        storeIsAway = true;
        orders.getFirst().complete(StepOutput.NONE);
        loop.runUntil("the trouble was told", () -> !troubles.isEmpty());
        storeIsAway = false;
        runner.tick();
        assertThat(store.find(id).orElseThrow().epoch()).isEqualTo(2);
        answer(1);
        until(id, TaskState.SUCCEEDED);
    }

    @Test
    void the_successor_of_a_killed_process_goes_on_at_once() {
        TaskRunner killed = runner("a", 10);
        TaskId id = submit(killed, "far", "vm-1");
        loop.runUntil("the order was sent", () -> !orders.isEmpty());
        runner("a", 10);
        answer(1);
        until(id, TaskState.SUCCEEDED);
        assertThat(store.find(id).orElseThrow().epoch()).isEqualTo(2);
        orders.getFirst().complete(StepOutput.NONE);
        loop.runUntil("the old one was refused", () -> !troubles.isEmpty());
        assertThat(store.log(id))
                .filteredOn(record -> record.kind() == LogKind.ENDED)
                .hasSize(1);
    }

    @Test
    void another_runner_takes_over_only_once_the_lease_has_run_out() {
        TaskRunner silent = runner("a", 10);
        TaskRunner other = runner("b", 10);
        TaskId id = submit(silent, "far", "vm-1");
        for (int i = 0; i < 20; i++) {
            other.tick();
        }
        assertThat(store.find(id).orElseThrow().runner()).isEqualTo("a");
        boolean[] passed = {false};
        loop.schedule(LEASE.plusSeconds(1), () -> passed[0] = true);
        loop.runUntil("the lease ran out", () -> passed[0]);
        for (int i = 0; i < 20; i++) {
            other.tick();
        }
        assertThat(store.find(id).orElseThrow().runner()).isEqualTo("b");
        answer(1);
        until(id, TaskState.SUCCEEDED);
    }

    @Test
    void a_closed_runner_leaves_its_tasks_for_the_next_start() {
        TaskRunner first = runner("a", 10);
        TaskId id = submit(first, "far", "vm-1");
        loop.runUntil("the order was sent", () -> !orders.isEmpty());
        first.close();
        orders.getFirst().complete(StepOutput.NONE);
        runner("a", 10);
        answer(1);
        until(id, TaskState.SUCCEEDED);
        assertThat(troubles).isEmpty();
    }

    @Test
    void tasks_that_wait_for_something_to_happen_keep_no_others_from_running() {
        TaskRunner runner = runner("server-a", 10);
        keepTicking(runner);
        TaskId first = submit(runner, "wait", "vm-1");
        submit(runner, "wait", "vm-2");
        submit(runner, "wait", "vm-3");
        TaskId fourth = submit(runner, "far", "vm-4");
        answer(0);
        until(fourth, TaskState.SUCCEEDED);
        assertThat(state(first)).isEqualTo(TaskState.RUNNING);
    }

    @Test
    void an_end_that_was_stored_though_nobody_was_told_so_is_told_later() {
        TaskRunner runner = runner("server-a", 10);
        keepTicking(runner);
        TaskId id = submit(runner, "far", "vm-1");
        loop.runUntil("the order was sent", () -> !orders.isEmpty());
        answerIsLost = true;
        answer(0);
        loop.runUntil("it is told", () -> seen.contains(id + " SUCCEEDED"));
        assertThat(state(id)).isEqualTo(TaskState.SUCCEEDED);
        assertThat(troubles).hasSize(1);
    }
}
