package dev.sternpost.cli.task;

import dev.sternpost.cli.shell.Progress;
import dev.sternpost.cli.shell.Shell;
import dev.sternpost.cli.shell.Sizes;
import dev.sternpost.cli.shell.Words;
import dev.sternpost.proto.task.v1.MigrationPhase;
import dev.sternpost.proto.task.v1.MigrationProgress;
import dev.sternpost.proto.task.v1.PrecopyRound;
import dev.sternpost.proto.task.v1.StepState;
import dev.sternpost.proto.task.v1.Task;
import dev.sternpost.proto.task.v1.TaskState;
import dev.sternpost.proto.task.v1.TaskStep;
import dev.sternpost.sdk.SternpostException;
import dev.sternpost.sdk.SternpostSession;
import dev.sternpost.sdk.TaskListener;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Waits for one task and shows how it goes. What was seen late is shown all the same, since the task tells of all its
 * steps each time. When the command is interrupted meanwhile, it says that the task goes on.
 */
public final class TaskFollower implements TaskListener {
    private final Shell shell;
    private final Progress progress;
    private final Map<String, StepState> shownSteps = new HashMap<>();
    private final Set<String> idleSteps;
    private final Set<Integer> shownPhases = new HashSet<>();
    private TaskState shownState = TaskState.TASK_STATE_UNSPECIFIED;
    private boolean interrupted;

    public TaskFollower(Shell shell) {
        this(shell, Set.of());
    }

    /** One that keeps quiet about some steps. */
    TaskFollower(Shell shell, Set<String> idleSteps) {
        this.idleSteps = idleSteps;
        this.shell = shell;
        this.progress = new Progress(shell);
    }

    /** Returns the ended task. */
    public Task follow(SternpostSession session, Task task, Duration timeout) {
        Thread farewell = new Thread(() -> sayGoodbye(task.getId()), "sternpost-interrupted");
        Runtime.getRuntime().addShutdownHook(farewell);
        try {
            return session.waitForTask(task.getId(), timeout, this);
        } finally {
            progress.clear();
            try {
                Runtime.getRuntime().removeShutdownHook(farewell);
            } catch (IllegalStateException e) {
                // The process is going down already, and the farewell is being said.
                progress.clear();
            }
        }
    }

    private void sayGoodbye(String taskId) {
        progress.clear();
        shell.err()
                .printf(
                        "%n%s goes on without this command.%n  wait for it:  sternpost task wait %s%n  cancel it:    sternpost task cancel %s%n",
                        taskId, taskId, taskId);
        shell.err().flush();
    }

    @Override
    public void onProgress(Task task) {
        if (interrupted) {
            progress.line("connected again");
            interrupted = false;
        }
        showState(task);
        if (task.getMigration().getPhasesCount() > 0) {
            showPhases(task.getMigration());
        } else {
            showSteps(task);
        }
        if (!TaskResults.isOver(task.getState())) {
            progress.bar(what(task), task.getProgressPercent(), doing(task));
        }
    }

    @Override
    public void onInterruption(SternpostException fault) {
        if (!interrupted) {
            progress.line("the server is out of reach (%s); waiting on".formatted(fault.code()));
            interrupted = true;
        }
    }

    private void showState(Task task) {
        if (task.getState() == shownState) {
            return;
        }
        boolean worthALine =
                task.getState() == TaskState.TASK_STATE_UNWINDING || shownState == TaskState.TASK_STATE_UNSPECIFIED;
        shownState = task.getState();
        if (worthALine && !TaskResults.isOver(task.getState())) {
            String turn = turn(task);
            progress.plainLine("%s: %s, %s%s"
                    .formatted(
                            task.getId(),
                            what(task),
                            Words.of(task.getState()),
                            turn.isEmpty() ? "" : ", waiting for " + turn));
        }
    }

    private void showSteps(Task task) {
        for (TaskStep step : task.getStepsList()) {
            StepState state = step.getState();
            boolean ended = switch (state) {
                case STEP_STATE_DONE, STEP_STATE_FAILED, STEP_STATE_UNDONE -> true;
                case STEP_STATE_UNSPECIFIED, STEP_STATE_PENDING, STEP_STATE_RUNNING, UNRECOGNIZED -> false;
            };
            if (ended && !idleSteps.contains(step.getName()) && shownSteps.put(step.getName(), state) != state) {
                String detail = step.getDetail().isEmpty() ? "" : " (" + step.getDetail() + ")";
                progress.plainLine("  %s: %s%s".formatted(step.getName(), Words.of(state), detail));
            }
        }
    }

    // The phases are what a migration is known by: they stay on a terminal too.
    private void showPhases(MigrationProgress migration) {
        int all = migration.getPhasesCount();
        for (MigrationPhase phase : migration.getPhasesList()) {
            if (phase.getDone() && shownPhases.add(phase.getNumber())) {
                progress.line("  [%d/%d] %s".formatted(phase.getNumber(), all, phase.getName()));
            }
        }
    }

    private static String doing(Task task) {
        if (task.getState() == TaskState.TASK_STATE_QUEUED) {
            String turn = turn(task);
            return turn.isEmpty() ? "waiting for its turn" : "waiting for " + turn;
        }
        int rounds = task.getMigration().getRoundsCount();
        if (rounds == 0) {
            return task.getCurrentStep();
        }
        PrecopyRound last = task.getMigration().getRounds(rounds - 1);
        return "%s, round %d, %s left"
                .formatted(task.getCurrentStep(), last.getNumber(), Sizes.format(last.getRemainingBytes()));
    }

    /** What a queued task waits for; empty when that is over. */
    static String turn(Task task) {
        if (!task.getWaitsForTaskId().isEmpty()) {
            return "the end of " + task.getWaitsForTaskId();
        }
        return task.getQueuePosition() > 0 ? "its turn, number %d".formatted(task.getQueuePosition()) : "";
    }

    private static String what(Task task) {
        return "%s %s".formatted(TaskResults.verb(task), task.getSubjectName());
    }
}
