package dev.sternpost.task;

/** Says what an exception of a step means. */
@FunctionalInterface
public interface FailureReader {
    /** Knows only {@link StepFailure}; all else is a fault of ours, repeated a few times since its outcome is unknown. */
    FailureReader PLAIN = error -> error instanceof StepFailure failure
            ? failure
            : StepFailure.unknown(TaskFault.of("INTERNAL_ERROR", "A step failed unexpectedly: " + error));

    StepFailure read(Throwable error);
}
