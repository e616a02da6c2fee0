package dev.sternpost.task;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the log of a task amounts to, kept beside the task so that lists need not read logs. Made by
 * {@link TaskMachine}; a store only keeps it.
 *
 * @param progressPercent 0 to 100
 * @param currentStep name of the step being done or undone; empty when none is
 * @param fault why it failed; null unless it did
 * @param resultId id of the object the task made; empty when there is none
 * @param cancellable whether a cancel still has an effect
 * @param startTime when the first step began
 * @param endTime when it ended
 * @param report what the steps last reported for people and programs, in the workflow's own form (JSON by convention);
 *     empty when nothing was
 */
public record TaskSummary(
        TaskState state,
        int progressPercent,
        String currentStep,
        List<StepSummary> steps,
        @Nullable TaskFault fault,
        String resultId,
        boolean cancellable,
        @Nullable Instant startTime,
        @Nullable Instant endTime,
        String report) {
    public TaskSummary {
        Objects.requireNonNull(state);
        if (progressPercent < 0 || progressPercent > 100) {
            throw new IllegalArgumentException("percent: " + progressPercent);
        }
        Objects.requireNonNull(currentStep);
        steps = List.copyOf(steps);
        Objects.requireNonNull(resultId);
        Objects.requireNonNull(report);
        if (state.isEnd() != (endTime != null)) {
            throw new IllegalArgumentException(state + " and end time " + endTime);
        }
    }

    /** Of a task that was just accepted, when nothing is known of its steps. */
    public static TaskSummary queued() {
        return new TaskSummary(TaskState.QUEUED, 0, "", List.of(), null, "", true, null, null, "");
    }
}
