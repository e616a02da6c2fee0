package dev.sternpost.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.testkit.Generator;
import dev.sternpost.testkit.Property;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class TaskMachineTest {
    private static final TaskId ID = new TaskId(7);
    private static final Instant T0 = Instant.parse("2030-01-01T00:00:00Z");
    private static final TaskFault FAULT = TaskFault.of("HOST_ERROR", "it broke");

    private static Step remote(String name) {
        return Step.remote(name, context -> CompletableFuture.completedFuture(StepOutput.NONE))
                .withRemoteUndo(context -> CompletableFuture.completedFuture(StepOutput.NONE))
                .withRetry(new RetryPolicy(2, Duration.ofSeconds(1), Duration.ofSeconds(1)));
    }

    private static Step local(String name) {
        return Step.local(name, context -> StepOutput.NONE).withLocalUndo(context -> StepOutput.NONE);
    }

    private static TaskMachine fresh(Step... steps) {
        return TaskMachine.replay(ID, new Workflow("Test.kind", steps), List.of());
    }

    private static TaskMachine begun(TaskMachine machine) {
        return switch (machine.next(false, T0)) {
            case TaskAction.Append(List<LogRecord> records) -> machine.after(records);
            case TaskAction other -> machine;
        };
    }

    private static TaskAction.Perform perform(TaskMachine machine) {
        return (TaskAction.Perform) machine.next(false, T0.plusSeconds(100));
    }

    @Test
    void a_remote_step_is_recorded_as_started_before_it_is_ordered() {
        TaskMachine machine = fresh(remote("one"));
        assertThat(machine.next(false, T0))
                .isInstanceOfSatisfying(
                        TaskAction.Append.class,
                        append -> assertThat(append.records())
                                .extracting(LogRecord::kind)
                                .containsExactly(LogKind.STARTED, LogKind.STEP_STARTED));
        TaskMachine next = begun(machine);
        assertThat(next.next(false, T0)).isInstanceOf(TaskAction.Perform.class);
        assertThat(next.state()).isEqualTo(TaskState.RUNNING);
    }

    @Test
    void the_end_of_a_step_and_the_start_of_the_next_are_one_write() {
        TaskMachine machine = fresh(local("one"), remote("two"));
        assertThat(machine.done(T0, StepOutput.NONE, false))
                .extracting(LogRecord::kind)
                .containsExactly(LogKind.STARTED, LogKind.STEP_DONE, LogKind.STEP_STARTED);
    }

    @Test
    void the_last_step_ends_the_task_in_the_same_write() {
        TaskMachine machine = fresh(local("one"));
        List<LogRecord> records = machine.done(T0, StepOutput.of("x").withResult("vm-7"), false);
        TaskMachine ended = machine.after(records);
        assertThat(ended.state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(ended.summary("", 0).resultId()).isEqualTo("vm-7");
        assertThat(ended.summary("", 0).progressPercent()).isEqualTo(100);
        assertThat(ended.next(false, T0)).isEqualTo(new TaskAction.Rest(TaskState.SUCCEEDED));
    }

    @Test
    void an_unknown_outcome_is_repeated_under_the_same_key_after_a_pause() {
        TaskMachine machine = begun(fresh(remote("one")));
        assertThat(perform(machine).operationKey()).isEqualTo("task-7/one");
        TaskMachine failed = machine.after(machine.failed(T0, StepFailure.unknown(FAULT), false));
        assertThat(failed.next(false, T0)).isEqualTo(new TaskAction.Pause(T0.plusSeconds(1)));
        assertThat(perform(failed).operationKey()).isEqualTo("task-7/one");
        assertThat(perform(failed).attempt()).isEqualTo(2);
    }

    @Test
    void a_repetition_after_an_answer_has_a_new_key() {
        TaskMachine machine = begun(fresh(remote("one")));
        TaskMachine failed = machine.after(machine.failed(T0, StepFailure.tryLater(FAULT), false));
        assertThat(perform(failed).operationKey()).isEqualTo("task-7/one.2");
    }

    @Test
    void a_refused_step_is_not_undone_but_those_before_it_are() {
        TaskMachine machine = begun(fresh(local("zero"), remote("one")));
        machine = machine.after(machine.done(T0, StepOutput.NONE, false));
        machine = machine.after(machine.failed(T0, StepFailure.refused(FAULT), false));
        assertThat(machine.state()).isEqualTo(TaskState.UNWINDING);
        assertThat(perform(machine).step().name()).isEqualTo("zero");
        assertThat(perform(machine).undo()).isTrue();
        machine = machine.after(machine.done(T0, StepOutput.NONE, false));
        assertThat(machine.state()).isEqualTo(TaskState.FAILED);
        assertThat(machine.summary("", 0).fault()).isEqualTo(FAULT);
    }

    @Test
    void a_step_whose_outcome_stays_unknown_is_undone_too() {
        TaskMachine machine = begun(fresh(remote("one")));
        machine = machine.after(machine.failed(T0, StepFailure.unknown(FAULT), false));
        machine = machine.after(machine.failed(T0, StepFailure.unknown(FAULT), false));
        assertThat(machine.state()).isEqualTo(TaskState.UNWINDING);
        assertThat(perform(machine).operationKey()).isEqualTo("task-7/undo-one");
    }

    @Test
    void a_cancel_before_the_first_step_ends_the_task_at_once() {
        TaskMachine machine = fresh(remote("one"));
        TaskAction action = machine.next(true, T0);
        assertThat(machine.after(((TaskAction.Append) action).records()).state())
                .isEqualTo(TaskState.CANCELLED);
    }

    @Test
    void a_cancel_has_no_effect_once_the_point_of_no_return_was_ordered() {
        TaskMachine machine =
                begun(fresh(Step.remote("go", context -> CompletableFuture.completedFuture(StepOutput.NONE))
                        .asPointOfNoReturn()));
        assertThat(machine.next(true, T0)).isInstanceOf(TaskAction.Perform.class);
        assertThat(machine.isInterruptible()).isFalse();
        assertThat(machine.summary("", 0).cancellable()).isFalse();
    }

    @Test
    void an_unknown_outcome_of_the_point_of_no_return_makes_the_task_stuck_and_it_can_be_resumed() {
        TaskMachine machine =
                begun(fresh(Step.remote("go", context -> CompletableFuture.completedFuture(StepOutput.NONE))
                        .withRetry(RetryPolicy.NONE)
                        .asPointOfNoReturn()));
        machine = machine.after(machine.failed(T0, StepFailure.unknown(FAULT), false));
        assertThat(machine.state()).isEqualTo(TaskState.STUCK);
        assertThat(machine.next(true, T0)).isEqualTo(new TaskAction.Rest(TaskState.STUCK));
        machine = machine.after(machine.resumed(T0));
        assertThat(perform(machine).operationKey()).isEqualTo("task-7/go");
        machine = machine.after(machine.done(T0, StepOutput.NONE, false));
        assertThat(machine.state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(machine.summary("", 0).fault()).isNull();
    }

    @Test
    void past_the_point_of_no_return_even_a_refusal_is_repeated() {
        TaskMachine machine = begun(fresh(
                Step.remote("go", context -> CompletableFuture.completedFuture(StepOutput.NONE))
                        .asPointOfNoReturn(),
                remote("after")));
        machine = machine.after(machine.done(T0, StepOutput.NONE, true));
        machine = machine.after(machine.failed(T0, StepFailure.refused(FAULT), true));
        assertThat(machine.state()).isEqualTo(TaskState.RUNNING);
        assertThat(perform(machine).operationKey()).isEqualTo("task-7/after.2");
    }

    @Test
    void an_undo_that_fails_for_good_makes_the_task_stuck_unless_it_may_be_left() {
        TaskMachine stuck = unwinding(remote("one").withUndoRetry(RetryPolicy.NONE));
        stuck = stuck.after(stuck.failed(T0, StepFailure.unknown(FAULT), false));
        assertThat(stuck.state()).isEqualTo(TaskState.STUCK);
        TaskMachine left =
                unwinding(remote("one").withUndoRetry(RetryPolicy.NONE).withUndoOptional());
        left = left.after(left.failed(T0, StepFailure.unknown(FAULT), false));
        assertThat(left.state()).isEqualTo(TaskState.FAILED);
    }

    private static TaskMachine unwinding(Step step) {
        TaskMachine machine = begun(fresh(step.withRetry(RetryPolicy.NONE)));
        return machine.after(machine.failed(T0, StepFailure.unknown(FAULT), false));
    }

    @Test
    void a_loss_past_the_point_of_no_return_lets_the_rest_be_done_and_the_task_fail() {
        TaskMachine machine = begun(fresh(
                Step.remote("go", context -> CompletableFuture.completedFuture(StepOutput.NONE))
                        .asPointOfNoReturn(),
                local("tidy-up")));
        machine = machine.after(machine.done(T0, StepOutput.said("gone").failing(FAULT), false));
        assertThat(machine.state()).isEqualTo(TaskState.RUNNING);
        machine = machine.after(machine.done(T0, StepOutput.NONE, false));
        assertThat(machine.state()).isEqualTo(TaskState.FAILED);
        assertThat(machine.summary("", 0).fault()).isEqualTo(FAULT);
        assertThat(machine.summary("", 0).steps())
                .extracting(StepSummary::state)
                .containsOnly(StepState.DONE);
    }

    @Test
    void an_optional_step_that_fails_is_passed_over() {
        TaskMachine machine = begun(fresh(
                Step.remote("nice", context -> CompletableFuture.completedFuture(StepOutput.NONE))
                        .withRetry(RetryPolicy.NONE)
                        .asOptional(),
                local("needed")));
        machine = machine.after(machine.failed(T0, StepFailure.refused(FAULT), false));
        assertThat(perform(machine).step().name()).isEqualTo("needed");
    }

    @Test
    void a_wait_ends_at_its_deadline_which_a_restart_does_not_move() {
        TaskMachine machine =
                begun(fresh(Step.await("shut-down", Duration.ofSeconds(30), context -> Optional.empty())));
        assertThat(machine.next(false, T0.plusSeconds(10)))
                .isInstanceOfSatisfying(
                        TaskAction.Await.class,
                        await -> assertThat(await.deadline()).isEqualTo(T0.plusSeconds(30)));
    }

    @Test
    void a_log_of_another_workflow_is_refused() {
        List<LogRecord> log =
                List.of(LogRecord.of(T0, LogKind.STARTED, ""), LogRecord.done(T0, "elsewhere", StepOutput.NONE));
        assertThatThrownBy(() -> TaskMachine.replay(ID, new Workflow("Test.kind", local("one")), log))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("elsewhere");
    }

    @Test
    void whatever_happens_a_replay_is_where_the_machine_was_and_the_task_ends_or_waits_for_help() {
        Property.holds("replay equals live machine, and it ends", random -> {
            Workflow workflow = new Workflow("Test.kind", steps(random));
            List<LogRecord> log = new ArrayList<>();
            Instant now = T0;
            for (int turn = 0; turn < 5000; turn++) {
                TaskMachine machine = TaskMachine.replay(ID, workflow, log);
                boolean cancel = random.chance(0.02);
                TaskAction action = machine.next(cancel, now);
                TaskMachine again = TaskMachine.replay(ID, workflow, List.copyOf(log));
                assertThat(again.summary("", 0)).isEqualTo(machine.summary("", 0));
                if (action instanceof TaskAction.Rest(TaskState state)) {
                    if (state.isEnd()) {
                        assertThat(machine.summary("", 0).endTime()).isNotNull();
                        assertThat(log.stream().filter(record -> record.kind() == LogKind.ENDED))
                                .hasSize(1);
                        return;
                    }
                    log.addAll(machine.resumed(now));
                    continue;
                }
                now = now.plusMillis(random.between(1, 5000));
                log.addAll(records(random, machine, action, cancel, now));
            }
            throw new AssertionError("does not end: " + log.subList(log.size() - 20, log.size()));
        });
    }

    private static List<LogRecord> records(
            Generator random, TaskMachine machine, TaskAction action, boolean cancel, Instant now) {
        return switch (action) {
            case TaskAction.Append(List<LogRecord> records) -> records;
            case TaskAction.Pause pause -> List.of();
            case TaskAction.Rest rest -> List.of();
            case TaskAction.Perform perform -> outcome(random, machine, cancel, now);
            case TaskAction.Await await -> outcome(random, machine, cancel, now);
        };
    }

    private static List<LogRecord> outcome(Generator random, TaskMachine machine, boolean cancel, Instant now) {
        return switch (random.between(0, 5)) {
            case 0 -> machine.failed(now, StepFailure.refused(FAULT), cancel);
            case 1 -> machine.failed(now, StepFailure.unknown(FAULT), cancel);
            case 2 -> machine.failed(now, StepFailure.tryLater(FAULT), cancel);
            default -> machine.done(now, StepOutput.NONE, cancel);
        };
    }

    private static List<Step> steps(Generator random) {
        List<Step> steps = new ArrayList<>();
        int count = random.sized(1, 8);
        int pointOfNoReturn = random.chance(0.5) ? random.between(0, count - 1) : -1;
        for (int i = 0; i < count; i++) {
            String name = "step-" + i;
            if (i == pointOfNoReturn) {
                Step step = Step.remote(name, context -> CompletableFuture.completedFuture(StepOutput.NONE));
                steps.add(random.chance(0.5) ? step.asPointOfNoReturn() : step.asFinalEffect());
            } else {
                Step step = random.chance(0.5) ? remote(name) : local(name);
                step = random.chance(0.2) ? step.asOptional() : step;
                step = random.chance(0.2) ? step.asUninterruptible() : step;
                steps.add(random.chance(0.3) ? step.withUndoOptional() : step);
            }
        }
        return steps;
    }
}
