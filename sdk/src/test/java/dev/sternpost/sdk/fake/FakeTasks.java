package dev.sternpost.sdk.fake;

import dev.sternpost.proto.inventory.v1.ManagedObject;
import dev.sternpost.proto.task.v1.MigrationProgress;
import dev.sternpost.proto.task.v1.StepState;
import dev.sternpost.proto.task.v1.Task;
import dev.sternpost.proto.task.v1.TaskState;
import dev.sternpost.proto.task.v1.TaskStep;
import dev.sternpost.proto.type.v1.Fault;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that are done at once, unless they are held: then the test takes them on step by step. All of it under the
 * datacenter's own lock.
 */
public final class FakeTasks {
    private final FakeDatacenter datacenter;
    private final Map<String, Task> tasks = new LinkedHashMap<>();
    private final Map<String, Runnable> effects = new HashMap<>();
    private boolean held;
    private @Nullable Fault failure;

    FakeTasks(FakeDatacenter datacenter) {
        this.datacenter = datacenter;
    }

    /** Tasks filed from now on stop before their first step, until {@link #advance} or {@link #finish}. */
    public void hold(boolean hold) {
        synchronized (datacenter) {
            held = hold;
        }
    }

    /** The next task fails with this in its last step. */
    public void failNext(Fault fault) {
        synchronized (datacenter) {
            failure = fault;
        }
    }

    /** All tasks, oldest first. */
    public List<Task> all() {
        synchronized (datacenter) {
            return List.copyOf(tasks.values());
        }
    }

    Task get(String id) {
        synchronized (datacenter) {
            return Optional.ofNullable(tasks.get(id)).orElseThrow(() -> FakeFaults.notFound(id));
        }
    }

    /** What a task is about, and what happens when it is done. */
    record Plan(
            String kind,
            ManagedObject subject,
            String requestId,
            List<String> steps,
            String resultId,
            @Nullable MigrationProgress migration,
            Runnable effect) {}

    Task file(Plan plan) {
        synchronized (datacenter) {
            for (Task known : tasks.values()) {
                if (!plan.requestId().isEmpty() && known.getRequestId().equals(plan.requestId())) {
                    return known;
                }
            }
            String id = datacenter.newId("task-");
            Task.Builder task = Task.newBuilder()
                    .setId(id)
                    .setKind(plan.kind())
                    .setSubjectId(plan.subject().getId())
                    .setSubjectName(plan.subject().getName())
                    .setUserName(FakeServer.USER)
                    .setRequestId(plan.requestId())
                    .setResultId(plan.resultId())
                    .setState(TaskState.TASK_STATE_QUEUED)
                    .setCancellable(true)
                    .setCreateTime(datacenter.tick());
            plan.steps()
                    .forEach(step ->
                            task.addSteps(TaskStep.newBuilder().setName(step).setState(StepState.STEP_STATE_PENDING)));
            if (plan.migration() != null) {
                task.setMigration(plan.migration());
            }
            tasks.put(id, task.build());
            effects.put(id, plan.effect());
            Task accepted = get(id);
            if (!held) {
                finish(id);
            }
            datacenter.changed();
            return accepted;
        }
    }

    /** Does the next step of a held task. */
    public void advance(String id) {
        synchronized (datacenter) {
            Task task = get(id);
            int next = task.getStepsList().stream()
                    .map(TaskStep::getState)
                    .toList()
                    .indexOf(StepState.STEP_STATE_PENDING);
            Task.Builder changed = task.toBuilder().setState(TaskState.TASK_STATE_RUNNING);
            if (!task.hasStartTime()) {
                changed.setStartTime(datacenter.tick());
            }
            changed.getStepsBuilder(next).setState(StepState.STEP_STATE_DONE);
            int done = next + 1;
            int all = task.getStepsCount();
            changed.setProgressPercent(100 * done / all)
                    .setCurrentStep(done < all ? task.getSteps(done).getName() : "");
            store(changed);
            if (done == all) {
                end(changed);
            }
        }
    }

    /** Does all that is left of a task. */
    public void finish(String id) {
        synchronized (datacenter) {
            while (get(id).getEndTime().getSeconds() == 0) {
                advance(id);
            }
        }
    }

    private void end(Task.Builder task) {
        Fault fault = failure;
        failure = null;
        task.setCancellable(false).setEndTime(datacenter.tick());
        if (fault != null) {
            List<TaskStep> undone = new ArrayList<>(task.getStepsList());
            undone.replaceAll(step ->
                    step.toBuilder().setState(StepState.STEP_STATE_UNDONE).build());
            undone.set(
                    undone.size() - 1,
                    undone.getLast().toBuilder()
                            .setState(StepState.STEP_STATE_FAILED)
                            .build());
            store(task.clearSteps()
                    .addAllSteps(undone)
                    .setState(TaskState.TASK_STATE_FAILED)
                    .setFault(fault));
            return;
        }
        Runnable effect = effects.getOrDefault(task.getId(), () -> {});
        effect.run();
        store(task.setState(TaskState.TASK_STATE_SUCCEEDED));
    }

    Task cancel(String id) {
        synchronized (datacenter) {
            Task task = get(id);
            if (!task.getCancellable()) {
                throw FakeFaults.conflict(
                        "TASK_NOT_CANCELLABLE", 302, "%s cannot be cancelled any more".formatted(id), id);
            }
            store(task.toBuilder()
                    .setState(TaskState.TASK_STATE_CANCELLED)
                    .setCancellable(false)
                    .setCurrentStep("")
                    .setEndTime(datacenter.tick()));
            return get(id);
        }
    }

    Task resume(String id) {
        synchronized (datacenter) {
            if (get(id).getState() != TaskState.TASK_STATE_STUCK) {
                throw FakeFaults.conflict("TASK_NOT_STUCK", 607, "%s is not stuck".formatted(id), id);
            }
            finish(id);
            return get(id);
        }
    }

    private void store(Task.Builder task) {
        tasks.put(task.getId(), task.build());
        datacenter.changed();
    }
}
