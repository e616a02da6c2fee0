package dev.sternpost.task.kit;

import dev.sternpost.task.Creation;
import dev.sternpost.task.InMemoryTaskStore;
import dev.sternpost.task.LogKind;
import dev.sternpost.task.LogRecord;
import dev.sternpost.task.Step;
import dev.sternpost.task.StepContext;
import dev.sternpost.task.StepFailure;
import dev.sternpost.task.StepOutput;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskFault;
import dev.sternpost.task.TaskId;
import dev.sternpost.task.TaskListener;
import dev.sternpost.task.TaskRunner;
import dev.sternpost.task.TaskState;
import dev.sternpost.task.TaskView;
import dev.sternpost.task.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One run of a workflow in a fresh world, with disturbances. */
final class DisturbedRun {
    /** A step, or its undo, and what befalls it. */
    record Plan(String step, boolean undo, Disturbance disturbance) {
        @Override
        public String toString() {
            return (undo ? "undo of " : "") + step + " " + disturbance;
        }
    }

    private static final class Crash extends Error {
        private static final long serialVersionUID = 1L;

        Crash() {
            super("the process dies here", null, false, false);
        }
    }

    private static final TaskFault LOST = TaskFault.of("OPERATION_TIMED_OUT", "no answer");
    private static final TaskFault REFUSAL = TaskFault.of("HOST_ERROR", "refused on purpose");
    private static final int CRASHES_MAX = 20;

    private final KitLoop loop = new KitLoop();
    private final InMemoryTaskStore store = new InMemoryTaskStore(loop);
    private final WorkflowWorld world;
    private final List<Plan> plans;
    private final Set<Plan> used = new HashSet<>();
    private final Map<String, List<String>> keys = new LinkedHashMap<>();
    private final List<TaskState> ends = new ArrayList<>();
    private final List<Throwable> troubles = new ArrayList<>();
    private @Nullable TaskRunner runner;
    private @Nullable TaskId id;
    private boolean healed;

    DisturbedRun(WorkflowWorld.Factory factory, Plan... plans) {
        this.world = factory.create(loop, store);
        this.plans = List.of(plans);
    }

    WorkflowWorld world() {
        return world;
    }

    /** Runs the task to its end, or until it is stuck. */
    Task run() {
        start();
        Creation creation = Objects.requireNonNull(runner).submit(world.draft(), task -> id = task.id());
        if (!(creation instanceof Creation.Created)) {
            throw new AssertionError("not created: " + creation);
        }
        return settle();
    }

    /** Lets a stuck task try again in a world that is well again. */
    Task resume() {
        healed = true;
        Objects.requireNonNull(runner).resume(Objects.requireNonNull(id));
        loop.runUntil("resumed", () -> task().state() != TaskState.STUCK);
        return settle();
    }

    /** Files the same task again in a world that is well again. */
    Task repeat() {
        healed = true;
        Objects.requireNonNull(runner).submit(world.draft(), task -> id = task.id());
        return settle();
    }

    private Task settle() {
        for (int crashes = 0; crashes <= CRASHES_MAX; crashes++) {
            try {
                loop.runUntil("the task ends", () -> {
                    world.checkInvariants();
                    return task().state().isEnd() || task().state() == TaskState.STUCK;
                });
                return task();
            } catch (Crash e) {
                loop.forgetAll();
                start();
            }
        }
        throw new AssertionError("crashed more than " + CRASHES_MAX + " times");
    }

    private void start() {
        runner = new TaskRunner(
                new TaskRunner.Settings("kit", Duration.ofDays(30), 10, 10),
                store,
                world.atomic(store),
                List.of(disturbed(world.workflow())),
                world.failures(),
                new TaskListener() {
                    @Override
                    public void changed(TaskView view) {
                        if (view.task().state().isEnd()) {
                            ends.add(view.task().state());
                        }
                    }

                    @Override
                    public void trouble(String what, Throwable cause) {
                        troubles.add(new AssertionError(what, cause));
                    }
                },
                loop.surroundings());
        runner.start();
    }

    Task task() {
        return store.find(Objects.requireNonNull(id)).orElseThrow();
    }

    List<LogRecord> log() {
        return store.log(Objects.requireNonNull(id));
    }

    /** Operation keys that each step, and undo, was ordered under, in order. */
    Map<String, List<String>> keys() {
        return keys;
    }

    List<Throwable> troubles() {
        return troubles;
    }

    /** Final states that were told; crashes may repeat none. */
    List<TaskState> ends() {
        return ends;
    }

    /** Whether every disturbance happened; one that did not proves nothing. */
    boolean allHappened() {
        return used.containsAll(plans);
    }

    /** Steps undone, in the order of the log. */
    List<String> undone() {
        return log().stream()
                .filter(record -> record.kind() == LogKind.UNDO_DONE)
                .map(LogRecord::step)
                .toList();
    }

    // ---- standing between the workflow and its world ----

    private Workflow disturbed(Workflow workflow) {
        return new Workflow(
                workflow.kind(), workflow.steps().stream().map(this::disturbed).toList());
    }

    private Step disturbed(Step step) {
        Step result = step;
        if (step.immediate().isPresent()) {
            result = result.withImmediate(
                    here(step.name(), false, step.immediate().get()));
        }
        if (step.remote().isPresent()) {
            result = result.withRemote(far(step.name(), false, step.remote().get()));
        }
        if (step.immediateUndo().isPresent()) {
            result = result.withLocalUndo(
                    here(step.name(), true, step.immediateUndo().get()));
        }
        if (step.remoteUndo().isPresent()) {
            result = result.withRemoteUndo(
                    far(step.name(), true, step.remoteUndo().get()));
        }
        return result;
    }

    private Step.Immediate here(String step, boolean undo, Step.Immediate work) {
        return context -> {
            @Nullable Disturbance disturbance = next(step, undo);
            before(disturbance);
            StepOutput output = work.run(context);
            if (disturbance == Disturbance.CRASH_AFTER) {
                throw new Crash();
            }
            return output;
        };
    }

    private Step.Remote far(String step, boolean undo, Step.Remote work) {
        return context -> {
            keys.computeIfAbsent(context.task().id() + (undo ? "/undo-" : "/") + step, unused -> new ArrayList<>())
                    .add(context.operationKey());
            return far(next(step, undo), work, context);
        };
    }

    private CompletionStage<StepOutput> far(@Nullable Disturbance disturbance, Step.Remote work, StepContext context) {
        before(disturbance);
        if (disturbance == Disturbance.LOST_ONCE_BEFORE || disturbance == Disturbance.LOST_ALWAYS_BEFORE) {
            return CompletableFuture.failedFuture(StepFailure.unknown(LOST));
        }
        CompletionStage<StepOutput> stage = work.start(context);
        return switch (disturbance) {
            case CRASH_AFTER -> {
                // The far side carries on; its answer finds nobody.
                loop.schedule(Duration.ofMillis(1), () -> {
                    throw new Crash();
                });
                yield new CompletableFuture<>();
            }
            case LOST_ONCE_AFTER, LOST_ALWAYS_AFTER ->
                stage.handle((output, error) -> {
                    throw StepFailure.unknown(LOST);
                });
            case CANCEL_DURING -> {
                Objects.requireNonNull(runner).cancel(context.task().id());
                CompletableFuture<StepOutput> late = new CompletableFuture<>();
                stage.whenComplete((output, error) -> loop.schedule(Duration.ofSeconds(1), () -> {
                    if (error == null) {
                        late.complete(output);
                    } else {
                        late.completeExceptionally(error);
                    }
                }));
                yield late;
            }
            case CRASH_BEFORE, LOST_ONCE_BEFORE, LOST_ALWAYS_BEFORE, REFUSED, CANCEL_BEFORE -> stage;
            case null -> stage;
        };
    }

    private static void before(@Nullable Disturbance disturbance) {
        if (disturbance == Disturbance.CRASH_BEFORE) {
            throw new Crash();
        }
        if (disturbance == Disturbance.REFUSED) {
            throw StepFailure.refused(REFUSAL);
        }
    }

    /** The disturbance that befalls this attempt, if one does. */
    private @Nullable Disturbance next(String step, boolean undo) {
        for (Plan plan : plans) {
            boolean always = plan.disturbance() == Disturbance.LOST_ALWAYS_BEFORE
                    || plan.disturbance() == Disturbance.LOST_ALWAYS_AFTER;
            boolean here = plan.step().equals(step) && plan.undo() == undo;
            if (here && !healed && (always || !used.contains(plan))) {
                used.add(plan);
                return plan.disturbance();
            }
        }
        return null;
    }

    /** Asks for a cancel once this many records are stored; see {@link Disturbance#CANCEL_BEFORE}. */
    Task runCancelledBefore(Plan plan) {
        start();
        TaskRunner driving = Objects.requireNonNull(runner);
        driving.submit(world.draft(), task -> id = task.id());
        loop.runUntil(
                "the step is next or the task ends",
                () -> stepIsNext(plan.step()) || task().state().isEnd());
        if (!task().state().isEnd()) {
            used.add(plan);
            driving.cancel(Objects.requireNonNull(id));
        }
        return settle();
    }

    private boolean stepIsNext(String step) {
        List<String> names = world.workflow().steps().stream().map(Step::name).toList();
        int index = names.indexOf(step);
        return index == 0
                || log().stream()
                        .anyMatch(record -> record.step().equals(names.get(index - 1))
                                && (record.kind() == LogKind.STEP_DONE || record.kind() == LogKind.STEP_SKIPPED));
    }
}
