package dev.sternpost.task;

import java.time.Instant;
import java.util.List;

/** What a {@link TaskMachine} wants done next. */
public sealed interface TaskAction {
    /** Append these records, then ask again. */
    record Append(List<LogRecord> records) implements TaskAction {}

    /** Do (or undo) a step, then tell the machine how it went. */
    record Perform(Step step, boolean undo, String operationKey, int attempt) implements TaskAction {}

    /** Check the condition of a step now and whenever something is observed, until the deadline. */
    record Await(Step step, String operationKey, int attempt, Instant deadline) implements TaskAction {}

    /** Ask again at this time. */
    record Pause(Instant until) implements TaskAction {}

    /** Nothing to do: the task has ended, or is stuck until an operator resumes it. */
    record Rest(TaskState state) implements TaskAction {}
}
