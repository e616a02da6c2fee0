package dev.sternpost.task;

import java.util.Objects;

/**
 * What a step hands to later steps and to people.
 *
 * @param value for later steps, in the workflow's own form (JSON by convention); may be empty
 * @param detail one line for people; may be empty
 * @param resultId id of the object the task made; empty when the step made none
 */
public record StepOutput(String value, String detail, String resultId) {
    /** Nothing to say. */
    public static final StepOutput NONE = new StepOutput("", "", "");

    public StepOutput {
        Objects.requireNonNull(value);
        Objects.requireNonNull(detail);
        Objects.requireNonNull(resultId);
    }

    /** A value for later steps. */
    public static StepOutput of(String value) {
        return new StepOutput(value, "", "");
    }

    /** A value for later steps and a line for people. */
    public static StepOutput of(String value, String detail) {
        return new StepOutput(value, detail, "");
    }

    /** A line for people only. */
    public static StepOutput said(String detail) {
        return new StepOutput("", detail, "");
    }

    /** The same with the id of the object the task made. */
    public StepOutput withResult(String newResultId) {
        return new StepOutput(value, detail, newResultId);
    }
}
