package dev.sternpost.task;

import java.time.Instant;
import java.util.Objects;

/**
 * A task as the store has it. Draft fields never change; the rest moves with its log.
 *
 * @param createTime when it was accepted, by the store's clock
 * @param cancelRequested whether someone asked for a cancel; never unset
 * @param runner who drives it
 * @param epoch fence number of the right to drive it: rises with each adoption
 * @param logLength number of log records
 */
public record Task(
        TaskId id,
        TaskDraft draft,
        TaskSummary summary,
        Instant createTime,
        boolean cancelRequested,
        String runner,
        long epoch,
        int logLength) {
    public Task {
        Objects.requireNonNull(id);
        Objects.requireNonNull(draft);
        Objects.requireNonNull(summary);
        Objects.requireNonNull(createTime);
        Objects.requireNonNull(runner);
        if (epoch < 1 || logLength < 0) {
            throw new IllegalArgumentException("epoch " + epoch + ", log length " + logLength);
        }
    }

    public TaskState state() {
        return summary.state();
    }

    /** The same task with another summary and that many more log records. */
    public Task withSummary(TaskSummary newSummary, int addedRecords) {
        return new Task(
                id,
                draft,
                newSummary,
                createTime,
                cancelRequested,
                runner,
                epoch,
                Math.addExact(logLength, addedRecords));
    }

    /** The same task with the cancel flag set. */
    public Task withCancelRequested() {
        return new Task(id, draft, summary, createTime, true, runner, epoch, logLength);
    }

    /** The same task driven by another runner under the next epoch. */
    public Task adoptedBy(String newRunner) {
        return new Task(
                id, draft, summary, createTime, cancelRequested, newRunner, Math.addExact(epoch, 1L), logLength);
    }
}
