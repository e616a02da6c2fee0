package dev.sternpost.server.work;

import dev.sternpost.task.LogRecord;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskId;
import dev.sternpost.task.TaskListener;
import dev.sternpost.task.TaskView;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where changes of tasks are posted, for those who watch one and those who follow all. */
public final class TaskBoard implements TaskListener {
    private static final Logger LOG = LoggerFactory.getLogger(TaskBoard.class);

    /** Ends a subscription. */
    @FunctionalInterface
    public interface Subscription extends AutoCloseable {
        @Override
        void close();
    }

    private final Map<TaskId, List<Consumer<TaskView>>> watchers = new ConcurrentHashMap<>();
    private final List<Consumer<TaskView>> followers = new CopyOnWriteArrayList<>();
    private final List<BiConsumer<Task, List<LogRecord>>> participants = new CopyOnWriteArrayList<>();

    /** Tells of every change of every task, on the task's own thread: must be quick and must not throw. */
    public Subscription follow(Consumer<TaskView> follower) {
        followers.add(follower);
        return () -> followers.remove(follower);
    }

    /** Tells of every change of one task; see {@link #follow}. */
    Subscription watch(TaskId id, Consumer<TaskView> watcher) {
        watchers.compute(id, (unused, list) -> {
            List<Consumer<TaskView>> all = list == null ? new CopyOnWriteArrayList<>() : list;
            all.add(watcher);
            return all;
        });
        return () -> watchers.computeIfPresent(id, (unused, list) -> {
            list.remove(watcher);
            return list.isEmpty() ? null : list;
        });
    }

    /**
     * Lets someone take part in each transaction that stores records of a task; what it throws takes the transaction
     * back.
     */
    public void takePart(BiConsumer<Task, List<LogRecord>> participant) {
        participants.add(participant);
    }

    @Override
    public void storing(Task task, List<LogRecord> records) {
        participants.forEach(participant -> participant.accept(task, records));
    }

    @Override
    public void changed(TaskView view) {
        followers.forEach(follower -> follower.accept(view));
        watchers.getOrDefault(view.task().id(), List.of()).forEach(watcher -> watcher.accept(view));
    }

    @Override
    public void trouble(String what, Throwable cause) {
        LOG.warn("tasks: {}", what, cause);
    }
}
