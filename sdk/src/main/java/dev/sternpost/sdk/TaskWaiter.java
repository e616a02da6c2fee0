package dev.sternpost.sdk;

import dev.sternpost.proto.task.v1.Task;
import dev.sternpost.proto.task.v1.TaskState;
import dev.sternpost.proto.task.v1.WatchTaskRequest;
import dev.sternpost.proto.task.v1.WatchTaskResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Waits for one task by its id, over as many streams as it takes. */
final class TaskWaiter {
    private final SternpostClient client;
    private final SternpostSession session;
    private final String taskId;
    private final Duration timeout;
    private final TaskListener listener;
    private final long startNanos = System.nanoTime();
    private @Nullable Task last;

    TaskWaiter(
            SternpostClient client, SternpostSession session, String taskId, Duration timeout, TaskListener listener) {
        this.client = client;
        this.session = session;
        this.taskId = taskId;
        this.timeout = timeout;
        this.listener = listener;
    }

    Task await() {
        Backoff backoff = new Backoff();
        @Nullable SternpostException lastFault = null;
        WatchTaskRequest request =
                WatchTaskRequest.newBuilder().setTaskId(taskId).build();
        while (true) {
            Duration left = left();
            if (left.isNegative() || left.isZero()) {
                throw new TaskTimeoutException(taskId, timeout, last, lastFault);
            }
            Duration slice = left.compareTo(Stream.SLICE) < 0 ? left : Stream.SLICE;
            try {
                Stream.End end = session.call(() -> Stream.read(
                        client,
                        slice,
                        () -> Stream.bounded(session.tasks(), slice).watchTask(request),
                        this::accept));
                lastFault = null;
                if (end == Stream.End.ENOUGH && last != null) {
                    return last;
                }
                backoff.reset();
                if (left().compareTo(slice) > 0) {
                    shortPause(backoff); // The server ended the stream early: it may be going down.
                }
            } catch (SternpostException e) {
                if (!passes(e)) {
                    throw e;
                }
                lastFault = e;
                listener.onInterruption(e);
                shortPause(backoff);
                client.reconnectNow();
            }
        }
    }

    private boolean accept(WatchTaskResponse answer) {
        Task task = answer.getTask();
        last = task;
        listener.onProgress(task);
        return !isOver(task.getState());
    }

    private void shortPause(Backoff backoff) {
        Duration pause = backoff.next();
        Duration left = left();
        Stream.pause(pause.compareTo(left) < 0 || left.isNegative() ? pause : left);
    }

    private Duration left() {
        return timeout.minusNanos(System.nanoTime() - startNanos);
    }

    /**
     * What goes away by itself: the server out of reach, cut off in the middle of an answer, or dropping its calls as it
     * goes down, which looks as if the call had been cancelled here.
     */
    static boolean passes(SternpostException fault) {
        if (fault.is(ClientFault.CALL_CANCELLED)) {
            return !Thread.currentThread().isInterrupted();
        }
        return (fault.isUnreachable() && fault.number() == 0)
                || fault.is(ClientFault.CALL_FAILED)
                || fault.is("OVERLOADED");
    }

    // STUCK is not final, but nothing more happens until an operator has looked.
    static boolean isOver(TaskState state) {
        return switch (state) {
            case TASK_STATE_SUCCEEDED, TASK_STATE_FAILED, TASK_STATE_CANCELLED, TASK_STATE_STUCK -> true;
            case TASK_STATE_UNSPECIFIED, TASK_STATE_QUEUED, TASK_STATE_RUNNING, TASK_STATE_UNWINDING, UNRECOGNIZED ->
                false;
        };
    }
}
