package dev.sternpost.sdk;

import dev.sternpost.proto.task.v1.Task;

/** Told how a task goes. */
@FunctionalInterface
public interface TaskListener {
    /** The task as it stands; also called once at the beginning. */
    void onProgress(Task task);

    /** The server cannot be reached just now; the wait goes on by itself. */
    default void onInterruption(SternpostException fault) {}
}
