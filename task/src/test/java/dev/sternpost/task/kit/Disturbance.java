package dev.sternpost.task.kit;

/** What the kit does to a step, or to its undo. */
enum Disturbance {
    /** The process dies before the step does anything. */
    CRASH_BEFORE(true, true),
    /** The process dies after the step took effect and before that is recorded. */
    CRASH_AFTER(true, true),
    /** The order is lost once, without an effect. */
    LOST_ONCE_BEFORE(false, true),
    /** The answer is lost once, after the effect. */
    LOST_ONCE_AFTER(false, true),
    /** Every order is lost. */
    LOST_ALWAYS_BEFORE(false, false),
    /** The order arrives, and no answer ever does. */
    LOST_ALWAYS_AFTER(false, false),
    /** The far side refuses. */
    REFUSED(true, false),
    /** Someone cancels just before the step. */
    CANCEL_BEFORE(true, false),
    /** Someone cancels while the step is being done. */
    CANCEL_DURING(false, false);

    private final boolean alsoLocal;
    private final boolean alsoUndo;

    Disturbance(boolean alsoLocal, boolean alsoUndo) {
        this.alsoLocal = alsoLocal;
        this.alsoUndo = alsoUndo;
    }

    /** Whether it can befall a step whose effect is in a transaction. */
    boolean isForLocal() {
        return alsoLocal;
    }

    /** Whether a task must get over it when it befalls an undo. */
    boolean isForUndo() {
        return alsoUndo;
    }
}
