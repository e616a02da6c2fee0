package dev.sternpost.task;

/** How far one step of a task has come. */
public enum StepState {
    /** Not begun. */
    PENDING,
    /** Being done, or waiting to be tried again. */
    RUNNING,
    /** Done, or given up where the workflow goes on without it; the detail says which. */
    DONE,
    /** Failed. */
    FAILED,
    /** Undone after a failure or a cancel. */
    UNDONE
}
