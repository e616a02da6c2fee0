package dev.sternpost.task;

import java.util.Objects;

/**
 * How far a step has come.
 *
 * @param percent of the step, 0 to 100; what is outside is cut
 * @param detail one line for people
 * @param report for programs, in the workflow's own form; replaces the last one; empty leaves it
 */
public record StepProgress(int percent, String detail, String report) {
    public StepProgress {
        percent = Math.clamp(percent, 0, 100);
        Objects.requireNonNull(detail);
        Objects.requireNonNull(report);
    }
}
