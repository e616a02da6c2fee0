package dev.sternpost.sdk;

import dev.sternpost.proto.task.v1.Task;
import dev.sternpost.proto.type.v1.FaultKind;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A task did not end within the time that the caller was ready to wait. The task itself goes on. */
public final class TaskTimeoutException extends SternpostException {
    private static final long serialVersionUID = 1L;

    private final String taskId;
    private final transient @Nullable Task lastSeen;

    TaskTimeoutException(
            String taskId, Duration waited, @Nullable Task lastSeen, @Nullable SternpostException lastFault) {
        super(
                ClientFault.TASK_NOT_ENDED,
                0,
                FaultKind.FAULT_KIND_UNREACHABLE,
                "task %s did not end within %s%s; it goes on, wait for it again or cancel it"
                        .formatted(taskId, seconds(waited), lastFault == null ? "" : " (" + lastFault.message() + ")"),
                taskId,
                lastFault);
        this.taskId = taskId;
        this.lastSeen = lastSeen;
    }

    /** Id of the task. */
    public String taskId() {
        return taskId;
    }

    /** The task as it was last seen; null when the server never answered. */
    public @Nullable Task lastSeen() {
        return lastSeen;
    }

    private static String seconds(Duration waited) {
        return "%d s".formatted(waited.toSeconds());
    }
}
