package dev.sternpost.task;

/** How a store answered a {@link TaskDraft}. */
public sealed interface Creation {
    /** A new task was stored. */
    record Created(Task task) implements Creation {}

    /** The same request was accepted before; this is its task. */
    record Existing(Task task) implements Creation {}

    /** The request id was used before for another request; nothing was stored. */
    record RequestIdReused(TaskId other) implements Creation {}

    /** An unfinished task holds one of the claims; nothing was stored. */
    record ClaimTaken(String claim, TaskId holder) implements Creation {}
}
