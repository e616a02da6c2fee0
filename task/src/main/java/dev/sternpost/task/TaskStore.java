package dev.sternpost.task;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Where tasks live. Every method is atomic and joins the transaction of its caller when there is one. An
 * implementation passes the suite {@code TaskStoreContract} of this module's test jar.
 *
 * <p>Times that decide (leases, create time) are the store's own; times inside log records are the writer's.
 */
public interface TaskStore {
    /** Most records of one {@link #append}. */
    int APPEND_MAX = 64;

    /**
     * Stores a new task, {@link TaskState#QUEUED}, driven by {@code runner} under epoch 1, with the next number.
     *
     * <p>First the request id counts: when it is not empty and the same user used it before with the same kind, the
     * answer is {@link Creation.Existing} (same digest, whatever became of the task) or
     * {@link Creation.RequestIdReused}. Then the claims: one held by an unfinished task gives
     * {@link Creation.ClaimTaken}. Holds also between concurrent callers.
     */
    Creation create(TaskDraft draft, String runner);

    /**
     * As {@link #create}, but in a transaction that several share ({@link Atomic#runShared}) the task may be stored together with others, at
     * its end. For tasks that claim nothing.
     *
     * @return the answer, to be asked when the transaction has ended
     */
    default Supplier<Creation> createShared(TaskDraft draft, String runner) {
        Creation creation = create(draft, runner);
        return () -> creation;
    }

    /**
     * Appends records and replaces the summary. Claims are given up when the summary's state is an end.
     *
     * @param records 1 to {@value #APPEND_MAX}
     * @throws LeaseLostException when the task's epoch is another, its runner's lease has run out, or the task has
     *     ended; nothing is written then
     */
    Task append(TaskId id, long epoch, List<LogRecord> records, TaskSummary summary);

    /**
     * As {@link #append}, but in a transaction that several share ({@link Atomic#runShared}) the records may be written together with those
     * of other tasks, at its end; then {@link LeaseLostException} comes from there.
     *
     * @param task as it was stored last
     * @return the task with the records, to be asked when the transaction has ended
     */
    default Supplier<Task> appendShared(Task task, List<LogRecord> records, TaskSummary summary) {
        Task stored = append(task.id(), task.epoch(), records, summary);
        return () -> stored;
    }

    /** The task, if there is one. */
    Optional<Task> find(TaskId id);

    /** The task that this user's request of this kind was accepted as, if it was; never for an empty request id. */
    Optional<Task> findByRequest(String userName, String kind, String requestId);

    /** Many tasks at once, in the order of their numbers; unknown ids are left out. */
    List<Task> findAll(Collection<TaskId> ids);

    /** The whole log in order; empty for an unknown task. */
    List<LogRecord> log(TaskId id);

    /** A page of tasks, newest first. */
    List<Task> list(TaskQuery query);

    /** Tasks that have not ended and have a higher number than {@code after} (0 for all), oldest first. */
    List<Task> unfinished(long after, int limit);

    /**
     * Sets the cancel flag and returns the task; has no effect on an ended task.
     *
     * @return empty for an unknown task
     */
    Optional<Task> requestCancel(TaskId id);

    /** Takes the lease of {@code runner} under the next term, whoever had it: the runner's name belongs to one server. */
    RunnerLease acquireLease(String runner, Duration duration);

    /**
     * Prolongs the lease, which counts from now.
     *
     * @throws LeaseLostException when it has run out or another term is current
     */
    RunnerLease renewLease(RunnerLease lease, Duration duration);

    /** The leases that have not run out. */
    List<RunnerLease> currentLeases();

    /**
     * Makes {@code lease.runner()} the driver of the task under the next epoch, if the epoch is still
     * {@code expectedEpoch} and the task has not ended.
     *
     * @return the task with its new epoch; empty when someone else was quicker or it has ended
     * @throws LeaseLostException when the lease is not current
     */
    Optional<Task> adopt(TaskId id, RunnerLease lease, long expectedEpoch);
}
