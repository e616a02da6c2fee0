package dev.sternpost.task;

import java.util.List;

/** Is told what happens to the tasks of a {@link TaskRunner}. Must be quick and must not throw. */
public interface TaskListener {
    /** A task changed, durably or in its passing progress. The calls for one task come in order. */
    void changed(TaskView view);

    /**
     * Called in the transaction that stores these records, and may take part in it; what it throws takes all of it back. Others may share
     * that transaction ({@link Atomic#runShared}), so that it may be called again.
     *
     * @param task with the records, as far as its runner knows it
     */
    default void storing(Task task, List<LogRecord> records) {}

    /** Something went wrong that no task shows; for the operator's log. */
    void trouble(String what, Throwable cause);
}
