package dev.sternpost.task;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a step hands to later steps and to people.
 *
 * @param value for later steps, in the workflow's own form (JSON by convention); may be empty
 * @param detail one line for people; may be empty
 * @param resultId id of the object the task made; empty when the step made none
 * @param failure when the steps that follow are to be done and the task is to end failed all the same, as when
 *     something was lost past the point of no return; else null
 */
public record StepOutput(
        String value,
        String detail,
        String resultId,
        @Nullable TaskFault failure) {
    /** Nothing to say. */
    public static final StepOutput NONE = new StepOutput("", "", "", null);

    public StepOutput {
        Objects.requireNonNull(value);
        Objects.requireNonNull(detail);
        Objects.requireNonNull(resultId);
    }

    /** A value for later steps. */
    public static StepOutput of(String value) {
        return new StepOutput(value, "", "", null);
    }

    /** A value for later steps and a line for people. */
    public static StepOutput of(String value, String detail) {
        return new StepOutput(value, detail, "", null);
    }

    /** A line for people only. */
    public static StepOutput said(String detail) {
        return new StepOutput("", detail, "", null);
    }

    /** The same with the id of the object the task made. */
    public StepOutput withResult(String newResultId) {
        return new StepOutput(value, detail, newResultId, failure);
    }

    /** The same, and the task will end failed. */
    public StepOutput failing(TaskFault newFailure) {
        return new StepOutput(value, newFailure.message(), resultId, newFailure);
    }
}
