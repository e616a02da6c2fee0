package dev.sternpost.task;

import java.util.Objects;

/**
 * Why a step or a task failed, as recorded in its log.
 *
 * @param code stable name from the catalogue of faults, such as {@code HOST_NOT_CONNECTED}
 * @param message one sentence that says what happened and what to do
 * @param subjectId the object it is about; empty when there is none
 */
public record TaskFault(String code, String message, String subjectId) {
    public TaskFault {
        if (code.isBlank()) {
            throw new IllegalArgumentException("a fault needs a code");
        }
        Objects.requireNonNull(message);
        Objects.requireNonNull(subjectId);
    }

    /** A fault about no object in particular. */
    public static TaskFault of(String code, String message) {
        return new TaskFault(code, message, "");
    }
}
