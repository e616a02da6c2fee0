package dev.sternpost.task;

/**
 * Where a task stands.
 *
 * <pre>
 * QUEUED → RUNNING → SUCCEEDED
 *    |        |  ↘ STUCK (past the point of no return; resumed: RUNNING)
 *    |        ↓
 *    |     UNWINDING → FAILED | CANCELLED
 *    |        ↕
 *    |      STUCK (an undo failed; resumed: UNWINDING)
 *    ↓
 * CANCELLED (before the first step)
 * </pre>
 */
public enum TaskState {
    /** Accepted and waiting for its turn. */
    QUEUED(false),
    /** A step is being done. */
    RUNNING(false),
    /** Something failed or it was cancelled; what was done is being undone. */
    UNWINDING(false),
    /** An undo, or a step past the point of no return, failed for good; an operator has to look and resume it. */
    STUCK(false),
    /** All steps are done. */
    SUCCEEDED(true),
    /** It failed and was undone. */
    FAILED(true),
    /** It was cancelled and undone. */
    CANCELLED(true);

    private final boolean end;

    TaskState(boolean end) {
        this.end = end;
    }

    /** Whether the task has ended; an ended task never changes again. */
    public boolean isEnd() {
        return end;
    }
}
