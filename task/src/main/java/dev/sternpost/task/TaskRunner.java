package dev.sternpost.task;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Accepts tasks and drives them to their end, across restarts of the process: what a runner of this name left
 * unfinished is adopted at {@link #start}.
 *
 * <p>Someone calls {@link #tick} about once a second. A task whose progress cannot be stored is dropped and adopted anew
 * by a later tick, so that there is one way back from every trouble.
 */
public final class TaskRunner implements AutoCloseable {
    /**
     * Bounds of a runner.
     *
     * @param name stable over restarts; no two servers share one
     * @param lease how long after its last tick others may take its tasks
     * @param runningMax tasks driven at once
     * @param backlogMax unfinished tasks it accepts
     */
    public record Settings(String name, Duration lease, int runningMax, int backlogMax) {
        /** Bounds for a server of this name. */
        public static Settings of(String name) {
            return new Settings(name, Duration.ofSeconds(10), 1024, 10_000);
        }
    }

    private static final int RECOVERY_PAGE = 500;

    /** Orphans of other runners are looked for each so many ticks. */
    private static final int TICKS_PER_RECOVERY = 10;

    private final Settings settings;
    private final TaskStore store;
    private final Atomic atomic;
    private final Map<String, Workflow> workflows;
    private final FailureReader failures;
    private final TaskListener listener;
    private final Surroundings surroundings;
    private final Map<TaskId, TaskDrive> drives = new ConcurrentHashMap<>();
    private final Set<TaskId> dropped = ConcurrentHashMap.newKeySet();
    private final TaskQueue queue;
    /** Read: a task is being accepted; write: recovery, which must not take those for orphans. */
    private final ReadWriteLock admission = new ReentrantReadWriteLock();

    private final TaskDrive.Owner owner = new DriveOwner();
    private volatile @Nullable RunnerLease lease;
    private volatile boolean recoveryWanted;
    private volatile boolean closed;
    private int ticks;

    public TaskRunner(
            Settings settings,
            TaskStore store,
            Atomic atomic,
            List<Workflow> workflows,
            FailureReader failures,
            TaskListener listener,
            Surroundings surroundings) {
        this.settings = settings;
        this.store = store;
        this.atomic = atomic;
        this.workflows = workflows.stream().collect(Collectors.toUnmodifiableMap(Workflow::kind, Function.identity()));
        this.failures = failures;
        this.listener = listener;
        this.surroundings = surroundings;
        this.queue = new TaskQueue(settings.runningMax());
    }

    /** Takes the lease and adopts what is unfinished. */
    public void start() {
        lease = store.acquireLease(settings.name(), settings.lease());
        recover();
    }

    /**
     * Stores a task and begins it when its turn comes.
     *
     * @throws BacklogFullException when there are too many unfinished tasks
     * @throws IllegalArgumentException when no workflow of the kind is known
     */
    public Creation submit(TaskDraft draft) {
        // A claim may have to wait for another transaction, which those who share one must not.
        return draft.claims().isEmpty()
                ? accept(
                        draft,
                        () -> atomic.runShared(() -> store.createShared(draft, settings.name()))
                                .get())
                : submit(draft, task -> {});
    }

    /**
     * The same with something else in the same transaction.
     *
     * @param alongside runs when the task is new; what it throws undoes the task
     * @throws BacklogFullException when there are too many unfinished tasks
     * @throws IllegalArgumentException when no workflow of the kind is known
     */
    public Creation submit(TaskDraft draft, Consumer<Task> alongside) {
        return accept(
                draft,
                () -> atomic.run(() -> {
                    Creation answer = store.create(draft, settings.name());
                    if (answer instanceof Creation.Created(Task task)) {
                        alongside.accept(task);
                    }
                    return answer;
                }));
    }

    private Creation accept(TaskDraft draft, Supplier<Creation> store) {
        Workflow workflow = workflows.get(draft.kind());
        if (workflow == null) {
            throw new IllegalArgumentException("no workflow " + draft.kind());
        }
        if (drives.size() >= settings.backlogMax()) {
            throw new BacklogFullException(settings.backlogMax());
        }
        Lock accepting = admission.readLock();
        accepting.lock();
        try {
            Creation creation = store.get();
            if (creation instanceof Creation.Created(Task task)) {
                drive(task, workflow, List.of());
            }
            return creation;
        } finally {
            accepting.unlock();
        }
    }

    /** Asks a task to stop and undo what it did; the returned view tells whether that can still have an effect. */
    public Optional<TaskView> cancel(TaskId id) {
        Optional<Task> task = atomic.run(() -> store.requestCancel(id));
        TaskDrive drive = drives.get(id);
        if (drive != null) {
            drive.cancel();
        }
        return task.flatMap(stored -> view(id));
    }

    /** Lets a stuck task try again; completes when it does. A task that is not driven here is left as it is. */
    public CompletionStage<Void> resume(TaskId id) {
        TaskDrive drive = drives.get(id);
        return drive == null ? CompletableFuture.completedStage(null) : drive.resume();
    }

    /** Whether an unfinished task on this subject runs or waits here. */
    public boolean isBusy(String subject) {
        synchronized (queue) {
            return !queue.of(subject).isEmpty();
        }
    }

    /** Whether unfinished tasks besides this one, on the same subject, run or wait here. */
    public boolean hasOthers(Task task) {
        synchronized (queue) {
            return queue.of(task.draft().subjectId()).stream().anyMatch(id -> !id.equals(task.id()));
        }
    }

    /** Something about this subject was observed: tasks on it that wait look again. */
    public void observed(String subject) {
        List<TaskId> ids;
        synchronized (queue) {
            ids = List.copyOf(queue.of(subject));
        }
        for (TaskId id : ids) {
            TaskDrive drive = drives.get(id);
            if (drive != null) {
                drive.observed();
            }
        }
    }

    /** The task as it stands this instant. */
    public Optional<TaskView> view(TaskId id) {
        TaskDrive drive = drives.get(id);
        return drive == null ? store.find(id).map(TaskView::of) : Optional.of(view(drive));
    }

    /** Adds passing progress and queue positions to stored tasks. */
    public List<TaskView> views(List<Task> stored) {
        List<TaskView> views = new ArrayList<>(stored.size());
        for (Task task : stored) {
            TaskDrive drive = drives.get(task.id());
            views.add(drive == null ? TaskView.of(task) : view(drive));
        }
        return views;
    }

    /** Prolongs the lease and takes up what was dropped. Never throws: the next tick tries again. */
    public void tick() {
        if (closed) {
            return;
        }
        try {
            RunnerLease held = lease;
            try {
                lease = held == null
                        ? store.acquireLease(settings.name(), settings.lease())
                        : store.renewLease(held, settings.lease());
            } catch (LeaseLostException e) {
                listener.trouble("the lease of this server ran out; taking it again", e);
                lease = store.acquireLease(settings.name(), settings.lease());
                recoveryWanted = true;
            }
            ticks++;
            if (recoveryWanted || ticks % TICKS_PER_RECOVERY == 0) {
                recover();
            }
        } catch (RuntimeException e) {
            // The store is away; tasks stop where they are and are adopted once it is back.
            recoveryWanted = true;
            listener.trouble("tasks cannot be stored", e);
        }
    }

    /** Stops driving; unfinished tasks stay for the next start. */
    @Override
    public void close() {
        closed = true;
        drives.values().forEach(TaskDrive::abandon);
        drives.clear();
    }

    private void recover() {
        Lock excluding = admission.writeLock();
        excluding.lock();
        try {
            recoveryWanted = false;
            RunnerLease held = lease;
            if (held != null) {
                List<Task> orphans = RecoveryPlan.adoptions(
                        unfinished(), store.currentLeases(), settings.name(), drives::containsKey);
                orphans.forEach(task -> adopt(task, held));
                tellOfEnds();
            }
        } finally {
            excluding.unlock();
        }
    }

    /** A task whose last append was stored though nobody was told so has ended, and who counts on hearing of it would wait for ever. */
    private void tellOfEnds() {
        for (TaskId id : List.copyOf(dropped)) {
            store.find(id).filter(task -> task.state().isEnd()).ifPresent(task -> listener.changed(TaskView.of(task)));
            dropped.remove(id);
        }
    }

    private List<Task> unfinished() {
        List<Task> all = new ArrayList<>();
        long after = 0;
        while (all.size() < 2 * settings.backlogMax()) {
            List<Task> page = store.unfinished(after, RECOVERY_PAGE);
            all.addAll(page);
            if (page.size() < RECOVERY_PAGE) {
                break;
            }
            after = page.getLast().id().number();
        }
        return all;
    }

    private void adopt(Task task, RunnerLease held) {
        Workflow workflow = workflows.get(task.draft().kind());
        if (workflow == null) {
            listener.trouble(
                    task.id() + " stays as it is: no workflow " + task.draft().kind(), new IllegalStateException());
            return;
        }
        store.adopt(task.id(), held, task.epoch()).ifPresent(adopted -> {
            try {
                drive(adopted, workflow, store.log(adopted.id()));
            } catch (IllegalStateException e) {
                listener.trouble(task.id() + " stays as it is: its log does not fit its workflow", e);
            }
        });
    }

    private void drive(Task task, Workflow workflow, List<LogRecord> log) {
        TaskDrive drive = new TaskDrive(owner, task, TaskMachine.replay(task.id(), workflow, log));
        if (closed || drives.putIfAbsent(task.id(), drive) != null) {
            return;
        }
        synchronized (queue) {
            queue.offer(task.id(), task.draft().subjectId());
        }
        startThoseWhoMay();
        if (queuedStill(task.id())) {
            listener.changed(view(drive));
        }
    }

    private boolean queuedStill(TaskId id) {
        synchronized (queue) {
            return queue.position(id) > 0;
        }
    }

    private void startThoseWhoMay() {
        List<TaskId> starting;
        synchronized (queue) {
            starting = queue.start();
        }
        for (TaskId id : starting) {
            TaskDrive drive = drives.get(id);
            if (drive != null) {
                drive.admit();
            }
        }
    }

    private TaskView view(TaskDrive drive) {
        synchronized (queue) {
            return new TaskView(drive.task(), queue.position(drive.id()), queue.waitsFor(drive.id()));
        }
    }

    private void forget(TaskDrive drive) {
        drives.remove(drive.id(), drive);
        synchronized (queue) {
            queue.remove(drive.id());
        }
        startThoseWhoMay();
    }

    private final class DriveOwner implements TaskDrive.Owner {
        @Override
        public Supplier<Task> append(Task task, List<LogRecord> records, TaskSummary summary) {
            Supplier<Task> stored = store.appendShared(task, records, summary);
            listener.storing(task.withSummary(summary, records.size()), records);
            return stored;
        }

        @Override
        public <T> T atomically(boolean shared, Supplier<T> work) {
            return shared ? atomic.runShared(work) : atomic.run(work);
        }

        @Override
        public Surroundings surroundings() {
            return surroundings;
        }

        @Override
        public StepFailure failure(Throwable error) {
            return failures.read(error);
        }

        @Override
        public void changed(TaskDrive drive) {
            listener.changed(view(drive));
        }

        @Override
        public void waits(TaskDrive drive, boolean waits) {
            synchronized (queue) {
                if (waits) {
                    queue.park(drive.id());
                } else {
                    queue.unpark(drive.id());
                }
            }
            if (waits) {
                startThoseWhoMay();
            }
        }

        @Override
        public void ended(TaskDrive drive) {
            forget(drive);
        }

        @Override
        public void lost(TaskDrive drive, Throwable cause) {
            dropped.add(drive.id());
            forget(drive);
            recoveryWanted = true;
            listener.trouble(drive.id() + " is dropped and adopted again later", cause);
        }
    }
}
