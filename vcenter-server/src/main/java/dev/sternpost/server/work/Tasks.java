package dev.sternpost.server.work;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.task.BacklogFullException;
import dev.sternpost.task.Creation;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskDraft;
import dev.sternpost.task.TaskId;
import dev.sternpost.task.TaskQuery;
import dev.sternpost.task.TaskRunner;
import dev.sternpost.task.TaskState;
import dev.sternpost.task.TaskStore;
import dev.sternpost.task.TaskView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** What callers may do with tasks. */
public final class Tasks {
    /** How long the store may take to note that a task is resumed. */
    private static final Duration RESUME_MAX = Duration.ofSeconds(10);

    private final TaskStore store;
    private final TaskRunner runner;
    private final TaskBoard board;

    public Tasks(TaskStore store, TaskRunner runner, TaskBoard board) {
        this.store = store;
        this.runner = runner;
        this.board = board;
    }

    /** @throws FaultException OBJECT_NOT_FOUND */
    public TaskView get(String id) {
        return get(parse(id));
    }

    /** @throws FaultException OBJECT_NOT_FOUND */
    public TaskView get(TaskId id) {
        return runner.view(id).orElseThrow(() -> unknown(id.toString()));
    }

    /** A page of tasks, newest first. */
    public List<TaskView> list(TaskQuery query) {
        return runner.views(store.list(query));
    }

    /** Every task that has not ended, newest first. */
    public List<Task> unfinished() {
        List<Task> all = new ArrayList<>();
        List<Task> page;
        do {
            TaskId before = all.isEmpty() ? null : all.getLast().id();
            page = store.list(new TaskQuery(null, true, before, TaskQuery.LIMIT_MAX));
            all.addAll(page);
        } while (page.size() == TaskQuery.LIMIT_MAX);
        return all;
    }

    /**
     * Waits until the task has ended or the time is up, and returns it as it stands then. Blocks the calling thread.
     *
     * @throws FaultException OBJECT_NOT_FOUND
     */
    public TaskView await(String id, Duration timeout) throws InterruptedException {
        CompletableFuture<TaskView> ended = new CompletableFuture<>();
        try (TaskBoard.Subscription watching = watch(id, view -> {
            if (view.task().state().isEnd()) {
                ended.complete(view);
            }
        })) {
            return ended.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return get(id);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Tells of a task as it stands now and each time it changes, in order but perhaps twice the same; after its end
     * nothing more comes. The watcher is called on the task's own thread: it must be quick and must not throw.
     *
     * @throws FaultException OBJECT_NOT_FOUND
     */
    public TaskBoard.Subscription watch(String id, Consumer<TaskView> watcher) {
        TaskId taskId = parse(id);
        TaskBoard.Subscription subscription = board.watch(taskId, watcher);
        try {
            // Subscribed first, so that no change falls between the two.
            watcher.accept(get(taskId));
            return subscription;
        } catch (FaultException e) {
            subscription.close();
            throw e;
        }
    }

    /**
     * Asks a task to stop and undo what it did.
     *
     * @throws FaultException OBJECT_NOT_FOUND; TASK_NOT_CANCELLABLE when it has ended or is past the point of no return
     */
    public TaskView cancel(String id) {
        TaskId taskId = parse(id);
        TaskView before = get(taskId);
        if (!before.task().summary().cancellable()) {
            throw new FaultException(
                    FaultCode.TASK_NOT_CANCELLABLE,
                    id,
                    before.task().state().isEnd()
                            ? id + " has ended. There is nothing to cancel."
                            : id + " is past its point of no return, or is being undone already. Wait for its end.");
        }
        return runner.cancel(taskId).orElseThrow(() -> unknown(id));
    }

    /** Cancels the unfinished tasks of a kind on the subject of another task, as far as they can be. */
    public void cancelOthers(Task task, String kind) {
        if (!runner.hasOthers(task)) {
            return;
        }
        store.list(new TaskQuery(task.draft().subjectId(), true, null, TaskQuery.LIMIT_MAX)).stream()
                .filter(other -> other.draft().kind().equals(kind))
                .filter(other -> other.id().number() < task.id().number())
                .forEach(other -> runner.cancel(other.id()));
    }

    /**
     * Lets a stuck task try again, from the step that was given up.
     *
     * @throws FaultException OBJECT_NOT_FOUND; TASK_NOT_STUCK when it is not stuck
     */
    public TaskView resume(String id) {
        TaskId taskId = parse(id);
        TaskState state = get(taskId).task().state();
        if (state != TaskState.STUCK) {
            throw new FaultException(
                    FaultCode.TASK_NOT_STUCK,
                    id,
                    state.isEnd()
                            ? id + " has ended. Give the order again if it is still wanted."
                            : id + " is not stuck. Wait for its end.");
        }
        // Shown as it goes on: who waits for its end must not take the old trouble for a new one.
        runner.resume(taskId)
                .toCompletableFuture()
                .completeOnTimeout(null, RESUME_MAX.toMillis(), TimeUnit.MILLISECONDS)
                .join();
        return get(taskId);
    }

    /**
     * The task of the caller's earlier request with the same id, if there is one: checks that come before
     * {@link #submit} must not refuse what was done already.
     *
     * @throws FaultException REQUEST_ID_REUSED when that request was another one
     */
    public Optional<TaskView> earlier(Caller caller, String kind, Object request) {
        if (caller.requestId().isEmpty()) {
            return Optional.empty();
        }
        return store.findByRequest(caller.userName(), kind, caller.requestId()).map(task -> {
            if (!task.draft().requestDigest().equals(digest(request))) {
                throw reused(caller, task.id());
            }
            return runner.view(task.id()).orElseGet(() -> TaskView.of(task));
        });
    }

    /**
     * Accepts a task.
     *
     * @param alongside runs in the transaction that stores the task, when it is new
     * @param claimTaken the fault for a claim that another unfinished task holds
     * @throws FaultException REQUEST_ID_REUSED, OVERLOADED, what {@code alongside} throws and what {@code claimTaken}
     *     makes
     */
    public TaskView submit(
            TaskDraft draft, Consumer<Task> alongside, Function<Creation.ClaimTaken, FaultException> claimTaken) {
        return accepted(draft, () -> runner.submit(draft, alongside), claimTaken);
    }

    private TaskView accepted(
            TaskDraft draft, Supplier<Creation> submission, Function<Creation.ClaimTaken, FaultException> claimTaken) {
        Creation creation;
        try {
            creation = submission.get();
        } catch (BacklogFullException e) {
            throw new FaultException(FaultCode.OVERLOADED, "Too many tasks are waiting. Try again in a minute.");
        }
        return switch (creation) {
            case Creation.Created created -> viewOf(created.task());
            case Creation.Existing existing -> viewOf(existing.task());
            case Creation.RequestIdReused other ->
                throw reused(new Caller(draft.userName(), draft.requestId()), other.other());
            case Creation.ClaimTaken taken -> throw claimTaken.apply(taken);
        };
    }

    /**
     * The same for a task whose claims are names.
     *
     * @param request what the caller asked for; the same for a repetition
     * @throws FaultException REQUEST_ID_REUSED; OVERLOADED; NAME_TAKEN when an unfinished task claims the same
     */
    public TaskView submit(Submission submission, Caller caller, Object request) {
        TaskDraft draft = submission.draft(caller, request);
        return accepted(
                draft,
                () -> runner.submit(draft),
                taken -> new FaultException(
                        FaultCode.NAME_TAKEN,
                        taken.holder().toString(),
                        "%s is about to take %s. Choose another name, or wait for that task."
                                .formatted(
                                        taken.holder(),
                                        taken.claim().substring(taken.claim().indexOf(':') + 1))));
    }

    private TaskView viewOf(Task task) {
        return runner.view(task.id()).orElseGet(() -> TaskView.of(task));
    }

    /** Whether an unfinished task works on this object, or waits to. */
    public boolean isBusy(String subjectId) {
        return runner.isBusy(subjectId);
    }

    /** Something about this object was observed: tasks on it that wait look again. */
    public void observed(String subjectId) {
        runner.observed(subjectId);
    }

    /** Same for the same request. */
    public static String digest(Object request) {
        return Digest.sha256(request.getClass().getSimpleName() + Json.write(request));
    }

    private static FaultException reused(Caller caller, TaskId other) {
        return new FaultException(
                FaultCode.REQUEST_ID_REUSED,
                other.toString(),
                "request_id \"%s\" was used for another request, %s. Use a new one."
                        .formatted(caller.requestId(), other));
    }

    private static TaskId parse(String id) {
        try {
            return TaskId.parse(id);
        } catch (IllegalArgumentException e) {
            throw unknown(id);
        }
    }

    private static FaultException unknown(String id) {
        return new FaultException(
                FaultCode.OBJECT_NOT_FOUND, id, "There is no task \"" + id + "\". Ids look like task-1041.");
    }
}
