package dev.sternpost.server.migration;

import dev.sternpost.server.work.Json;
import dev.sternpost.task.TaskState;
import dev.sternpost.task.TaskSummary;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a job of many moves goes or went. It is the report of tasks of kind {@link ManyMoves#KIND}.
 *
 * @param entries one for each VM, in order
 * @param leftMillis how long it is expected to take yet; 0 when over or nothing is known
 */
public record ManyMovesView(List<Entry> entries, long leftMillis) {
    public ManyMovesView {
        entries = List.copyOf(entries);
    }

    /**
     * One VM.
     *
     * @param taskId its task; empty when it was refused
     * @param state of that task; null when it was refused
     * @param detail why it did not move, or what it is at; may be empty
     */
    public record Entry(
            String vmId,
            String vmName,
            String taskId,
            @Nullable TaskState state,
            String detail) {
        boolean moved() {
            return state == TaskState.SUCCEEDED;
        }

        boolean over() {
            return state == null || state.isEnd();
        }
    }

    /** The report of a task; empty when it has none. */
    public static Optional<ManyMovesView> of(TaskSummary summary) {
        return summary.report().isEmpty()
                ? Optional.empty()
                : Optional.of(Json.read(summary.report(), ManyMovesView.class));
    }
}
