package dev.sternpost.task;

/** Thrown by a step, or carried by its stage, to say how it failed. */
public final class StepFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient TaskFault fault;
    private final boolean retry;
    private final boolean answered;

    private StepFailure(TaskFault fault, boolean retry, boolean answered) {
        super(fault.code() + ": " + fault.message());
        this.fault = fault;
        this.retry = retry;
        this.answered = answered;
    }

    /** The step was refused or took back what it did: no effect of it exists, and trying again would not help. */
    public static StepFailure refused(TaskFault fault) {
        return new StepFailure(fault, false, true);
    }

    /** Nothing came of it, and it may go better later. A repetition uses a new operation key. */
    public static StepFailure tryLater(TaskFault fault) {
        return new StepFailure(fault, true, true);
    }

    /** Nobody knows whether it took effect; repeat it under the same operation key. */
    public static StepFailure unknown(TaskFault fault) {
        return new StepFailure(fault, true, false);
    }

    public TaskFault fault() {
        return fault;
    }

    /** Whether a repetition may succeed. */
    public boolean retry() {
        return retry;
    }

    /** Whether it is known that no effect exists. */
    public boolean answered() {
        return answered;
    }
}
