package dev.sternpost.task;

/** There are too many unfinished tasks to accept one more; nothing was stored. */
public final class BacklogFullException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BacklogFullException(int backlogMax) {
        super("there are " + backlogMax + " unfinished tasks; wait for some to end");
    }
}
