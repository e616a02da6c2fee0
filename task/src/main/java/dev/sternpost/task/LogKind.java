package dev.sternpost.task;

/** What a log record says. Names are stored: never rename one. */
public enum LogKind {
    /** The task left the queue. */
    STARTED,
    /** A step began; its effect may exist from here on. */
    STEP_STARTED,
    /** A step is done; carries its output, and the fault the task is to end with if it is to fail all the same. */
    STEP_DONE,
    /** An attempt at a step failed and will be repeated; carries the fault. */
    STEP_FAILED,
    /** A step that the workflow can do without was given up; carries the fault. */
    STEP_SKIPPED,
    /** Forward work ended; the step named is the first to be undone (empty: none). Carries the fault, none for a cancel. */
    UNWIND,
    /** A step was undone. */
    UNDO_DONE,
    /** An undo that can be left to a reconciler was given up; carries the fault. */
    UNDO_SKIPPED,
    /** An attempt at an undo failed and will be repeated; carries the fault. */
    UNDO_FAILED,
    /** The step named cannot be done (or undone) without help; carries the fault. */
    STUCK,
    /** An operator lets a stuck task try again. */
    RESUMED,
    /** The task ended; the detail is the name of the final state. */
    ENDED
}
