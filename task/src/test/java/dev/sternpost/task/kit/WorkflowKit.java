package dev.sternpost.task.kit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.task.LogKind;
import dev.sternpost.task.LogRecord;
import dev.sternpost.task.Step;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskState;
import dev.sternpost.task.Workflow;
import dev.sternpost.task.kit.DisturbedRun.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * Tests of a workflow, to be returned by a {@code @TestFactory}: one undisturbed run, then one for each step and each
 * thing that can befall it, then one for each undo. Each checks that the task ends exactly once; that the world is as
 * after the undisturbed run when it succeeded, and as before when it did not; that repetitions of unknown outcome keep
 * their operation key; and that undos come in reverse order.
 */
public final class WorkflowKit {
    private final WorkflowWorld.Factory factory;
    private final Workflow workflow;
    private final String before;
    private final String after;

    private WorkflowKit(WorkflowWorld.Factory factory) {
        this.factory = factory;
        DisturbedRun straight = new DisturbedRun(factory);
        this.workflow = straight.world().workflow();
        this.before = straight.world().state();
        Task task = straight.run();
        assertThat(task.state()).as("undisturbed, %s", task.summary().fault()).isEqualTo(TaskState.SUCCEEDED);
        this.after = straight.world().state();
        assertThat(after).as("a workflow changes something").isNotEqualTo(before);
    }

    /** The tests of the workflow in such worlds. */
    public static Stream<DynamicTest> tests(WorkflowWorld.Factory factory) {
        WorkflowKit kit = new WorkflowKit(factory);
        List<DynamicTest> tests = new ArrayList<>();
        for (Step step : kit.workflow.steps()) {
            for (Disturbance disturbance : Disturbance.values()) {
                if (step.kind() == Step.Kind.REMOTE || (disturbance.isForLocal() && step.kind() != Step.Kind.WAIT)) {
                    Plan plan = new Plan(step.name(), false, disturbance);
                    tests.add(DynamicTest.dynamicTest(plan.toString(), () -> kit.disturb(step, plan)));
                }
            }
        }
        kit.addUndoTests(tests);
        return tests.stream();
    }

    /** Fails the last step that can be refused before the point of no return, and disturbs each undo that follows. */
    private void addUndoTests(List<DynamicTest> tests) {
        int last = -1;
        for (int i = 0; i < workflow.steps().size(); i++) {
            Step step = workflow.steps().get(i);
            if (step.kind() != Step.Kind.WAIT && !step.isOptional()) {
                last = i;
            }
            if (step.isPointOfNoReturn()) {
                break;
            }
        }
        Plan refusal = new Plan(workflow.steps().get(Math.max(last, 0)).name(), false, Disturbance.REFUSED);
        for (int i = 0; i < last; i++) {
            Step step = workflow.steps().get(i);
            for (Disturbance disturbance : Disturbance.values()) {
                boolean fits = disturbance.isForUndo()
                        && (step.remoteUndo().isPresent()
                                || (step.immediateUndo().isPresent() && disturbance.isForLocal()));
                if (fits) {
                    Plan plan = new Plan(step.name(), true, disturbance);
                    tests.add(DynamicTest.dynamicTest(plan.toString(), () -> disturbUndo(refusal, plan)));
                }
            }
        }
    }

    private void disturb(Step step, Plan plan) {
        DisturbedRun run = new DisturbedRun(factory, plan);
        Task task = plan.disturbance() == Disturbance.CANCEL_BEFORE ? run.runCancelledBefore(plan) : run.run();
        assertThat(run.allHappened()).as("it happened").isTrue();
        if (task.state() == TaskState.STUCK) {
            assertThat(mayBeStuck(step, plan))
                    .as("stuck by %s", task.summary().fault())
                    .isTrue();
            task = run.resume();
        }
        if (step.isOptional() && task.state() == TaskState.SUCCEEDED) {
            run.world().reconcile();
        }
        checkEnd(run, task);
        assertThat(task.state()).as("%s", task.summary().fault()).isIn(allowed(step, plan));
    }

    private void disturbUndo(Plan refusal, Plan plan) {
        DisturbedRun run = new DisturbedRun(factory, refusal, plan);
        Task task = run.run();
        assertThat(run.allHappened()).as("it happened").isTrue();
        checkEnd(run, task);
        assertThat(task.state()).isEqualTo(TaskState.FAILED);
    }

    private boolean isPast(Step step) {
        return workflow.steps().stream()
                .takeWhile(earlier -> !earlier.name().equals(step.name()))
                .anyMatch(Step::isPointOfNoReturn);
    }

    private boolean mayBeStuck(Step step, Plan plan) {
        boolean always = plan.disturbance() == Disturbance.LOST_ALWAYS_BEFORE
                || plan.disturbance() == Disturbance.LOST_ALWAYS_AFTER;
        return always && (isPast(step) || step.isStuckWhenUnknown()) && !step.isOptional();
    }

    private List<TaskState> allowed(Step step, Plan plan) {
        boolean past = isPast(step);
        return switch (plan.disturbance()) {
            case CRASH_BEFORE, CRASH_AFTER -> List.of(TaskState.SUCCEEDED);
            case LOST_ONCE_BEFORE, LOST_ONCE_AFTER ->
                step.retry().attemptsMax() > 1 || past || step.isOptional()
                        ? List.of(TaskState.SUCCEEDED)
                        : List.of(TaskState.FAILED);
            case LOST_ALWAYS_BEFORE, LOST_ALWAYS_AFTER ->
                past || step.isOptional() || step.isStuckWhenUnknown()
                        ? List.of(TaskState.SUCCEEDED)
                        : List.of(TaskState.FAILED);
            case REFUSED -> past || step.isOptional() ? List.of(TaskState.SUCCEEDED) : List.of(TaskState.FAILED);
            // A cancel that comes when the effect is already there may come too late.
            case CANCEL_BEFORE, CANCEL_DURING ->
                past ? List.of(TaskState.SUCCEEDED) : List.of(TaskState.CANCELLED, TaskState.SUCCEEDED);
        };
    }

    private void checkEnd(DisturbedRun run, Task task) {
        run.world().checkInvariants();
        assertThat(task.state().isEnd()).as("%s has ended", task.state()).isTrue();
        assertThat(run.ends()).as("told once").containsExactly(task.state());
        assertThat(run.log())
                .filteredOn(record -> record.kind() == LogKind.ENDED)
                .hasSize(1);
        assertThat(run.troubles()).isEmpty();
        if (isFinalEffectLost(run, task)) {
            checkLostEffect(run);
        } else {
            String expected = task.state() == TaskState.SUCCEEDED ? after : before;
            assertThat(run.world().state())
                    .as("the world after %s", task.state())
                    .isEqualTo(expected);
        }
        checkKeys(run);
        checkUndoOrder(run);
    }

    /** A final effect that was ordered and never confirmed is neither there nor not there as far as the task can tell. */
    private boolean isFinalEffectLost(DisturbedRun run, Task task) {
        return task.state() == TaskState.FAILED
                && !run.world().state().equals(before)
                && run.log().stream()
                        .filter(record -> record.kind() == LogKind.UNWIND)
                        .anyMatch(record -> workflow.steps().stream()
                                .anyMatch(step -> step.name().equals(record.step())
                                        && step.isPointOfNoReturn()
                                        && !step.isStuckWhenUnknown()));
    }

    /** Either it shows once the far side is heard again, or asking again completes it. */
    private void checkLostEffect(DisturbedRun run) {
        run.world().reconcile();
        if (!run.world().state().equals(after)) {
            run.repeat();
            assertThat(run.world().state()).as("the world after asking again").isEqualTo(after);
        }
    }

    /** Without an answer in between, the same key. */
    private static void checkKeys(DisturbedRun run) {
        long answered = run.log().stream().filter(LogRecord::answered).count();
        for (Map.Entry<String, List<String>> entry : run.keys().entrySet()) {
            assertThat(entry.getValue().stream().distinct().count())
                    .as("keys of %s: %s", entry.getKey(), entry.getValue())
                    .isLessThanOrEqualTo(1 + answered);
        }
    }

    private void checkUndoOrder(DisturbedRun run) {
        List<String> names = workflow.steps().stream().map(Step::name).toList();
        List<Integer> undone = run.undone().stream().map(names::indexOf).toList();
        for (int i = 1; i < undone.size(); i++) {
            assertThat(undone.get(i)).as("undone %s", run.undone()).isLessThan(undone.get(i - 1));
        }
    }
}
