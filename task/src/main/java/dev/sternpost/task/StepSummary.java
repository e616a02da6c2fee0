package dev.sternpost.task;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One step as people see it.
 *
 * @param name unique in its workflow, such as {@code start-precopy}
 * @param startTime when it was first begun, null before
 * @param endTime when it was done, failed or was undone, null before
 * @param detail one line about the outcome; may be empty
 */
public record StepSummary(
        String name,
        StepState state,
        @Nullable Instant startTime,
        @Nullable Instant endTime,
        String detail) {
    public StepSummary {
        Objects.requireNonNull(name);
        Objects.requireNonNull(state);
        Objects.requireNonNull(detail);
    }
}
