package dev.sternpost.task;

/** Is told what happens to the tasks of a {@link TaskRunner}. Must be quick and must not throw. */
public interface TaskListener {
    /** A task changed, durably or in its passing progress. The calls for one task come in order. */
    void changed(TaskView view);

    /** Something went wrong that no task shows; for the operator's log. */
    void trouble(String what, Throwable cause);
}
