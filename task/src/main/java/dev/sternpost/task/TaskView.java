package dev.sternpost.task;

import java.util.Objects;

/**
 * A task as it stands this instant: what is stored, with the progress that is not.
 *
 * @param queuePosition how many tasks start before it, counted from 1; 0 when it does not wait for its turn
 * @param waitsFor the unfinished task on the same subject that goes before it; empty when there is none
 */
public record TaskView(Task task, int queuePosition, String waitsFor) {
    public TaskView {
        Objects.requireNonNull(task);
        Objects.requireNonNull(waitsFor);
    }

    /** A task that does not wait. */
    public static TaskView of(Task task) {
        return new TaskView(task, 0, "");
    }
}
