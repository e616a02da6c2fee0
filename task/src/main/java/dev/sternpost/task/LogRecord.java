package dev.sternpost.task;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One record of a task's append-only log. Its place in the log is its position in the list: the first has index 0.
 *
 * @param time by the clock of the runner that wrote it
 * @param step name of the step; empty for records about the whole task
 * @param output what a done step hands to later steps, in the workflow's own form; empty for other kinds
 * @param detail one line for people, or the final state's name in {@link LogKind#ENDED}
 * @param resultId id of the object the step made; empty when none
 * @param answered for a failed attempt: whether the far side answered (the effect is known not to exist), so that a
 *     repetition needs a new operation key
 */
public record LogRecord(
        Instant time,
        LogKind kind,
        String step,
        String output,
        String detail,
        String resultId,
        boolean answered,
        @Nullable TaskFault fault) {
    /** Longest output of a step, in characters. */
    public static final int OUTPUT_LENGTH_MAX = 256 * 1024;

    public LogRecord {
        // what every store can keep, so that a record read back equals the one written
        time = time.truncatedTo(ChronoUnit.MICROS);
        Objects.requireNonNull(kind);
        Objects.requireNonNull(step);
        Objects.requireNonNull(detail);
        Objects.requireNonNull(resultId);
        if (output.length() > OUTPUT_LENGTH_MAX) {
            throw new IllegalArgumentException("output of step " + step + " longer than " + OUTPUT_LENGTH_MAX);
        }
    }

    static LogRecord of(Instant time, LogKind kind, String step) {
        return new LogRecord(time, kind, step, "", "", "", false, null);
    }

    static LogRecord done(Instant time, String step, StepOutput output) {
        return new LogRecord(
                time,
                LogKind.STEP_DONE,
                step,
                output.value(),
                output.detail(),
                output.resultId(),
                false,
                output.failure());
    }

    static LogRecord fault(Instant time, LogKind kind, String step, boolean answered, @Nullable TaskFault fault) {
        return new LogRecord(time, kind, step, "", fault == null ? "" : fault.message(), "", answered, fault);
    }

    static LogRecord ended(Instant time, TaskState state) {
        return new LogRecord(time, LogKind.ENDED, "", "", state.name(), "", false, null);
    }
}
