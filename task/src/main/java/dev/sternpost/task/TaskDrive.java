package dev.sternpost.task;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Drives one task: asks its machine, does what it says, stores the outcome, asks again. All of it happens in the inbox,
 * one piece at a time, so that nothing here needs a lock. What belongs to an attempt that is over is known by its
 * {@code turn} and ignored.
 */
final class TaskDrive {
    /** What a drive needs from the runner that owns it. */
    interface Owner {
        /** To be asked for what became of it when the transaction has ended. */
        Supplier<Task> append(Task task, List<LogRecord> records, TaskSummary summary);

        <T> T atomically(boolean shared, Supplier<T> work);

        Surroundings surroundings();

        StepFailure failure(Throwable error);

        void changed(TaskDrive drive);

        /** The task waits for something to happen, or goes on. */
        void waits(TaskDrive drive, boolean waits);

        /** The task has ended. */
        void ended(TaskDrive drive);

        /** The drive gave up because it could not store what it did. */
        void lost(TaskDrive drive, Throwable cause);
    }

    /** A wait without observations looks again this often. */
    static final Duration LOOK_INTERVAL = Duration.ofSeconds(5);

    /** More actions in one go than any workflow can have: one of them does not make progress. */
    private static final int ACTIONS_MAX = 1000;

    /** Records held before they are stored for their own sake. */
    private static final int HELD_MAX = 16;

    private static final class StepThrew extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StepThrew(RuntimeException cause) {
            super(cause);
        }
    }

    private final Owner owner;
    private final Queue<Runnable> inbox = new ConcurrentLinkedQueue<>();
    private final AtomicInteger posted = new AtomicInteger();

    /** Known to {@link #machine} and not stored yet. */
    private final List<LogRecord> held = new ArrayList<>();

    private TaskMachine machine;
    private volatile Task task;
    private boolean admitted;
    private boolean over;
    private boolean cancelRequested;
    private boolean inFlight;
    private boolean awaiting;
    private boolean parked;
    private long turn;
    private @Nullable Runnable timer;
    private String detail = "";
    private String report;
    private int percent;

    TaskDrive(Owner owner, Task task, TaskMachine machine) {
        this.owner = owner;
        // A task that has not begun has no stored steps; people see those to come.
        this.task = task.withSummary(machine.summary(task.summary().report(), 0), 0);
        this.machine = machine;
        this.cancelRequested = task.cancelRequested();
        this.report = task.summary().report();
    }

    TaskId id() {
        return task.id();
    }

    String subject() {
        return task.draft().subjectId();
    }

    /** As it stands, passing progress included. */
    Task task() {
        return task;
    }

    // ---- what others may ask for ----

    void admit() {
        post(() -> {
            admitted = true;
            go();
        });
    }

    void cancel() {
        post(() -> {
            cancelRequested = true;
            task = task.withCancelRequested();
            boolean mayAct = admitted || machine.state() == TaskState.QUEUED;
            if (mayAct && (!inFlight || machine.isInterruptible())) {
                go();
            } else {
                publish();
            }
        });
    }

    void observed() {
        post(() -> {
            if (awaiting) {
                go();
            }
        });
    }

    /** Completes when it tries again, which may have failed again by then. */
    CompletionStage<Void> resume() {
        CompletableFuture<Void> resumed = new CompletableFuture<>();
        post(() -> {
            List<LogRecord> records = machine.resumed(now());
            if (!records.isEmpty()) {
                store(records);
                go();
            }
            resumed.complete(null);
        });
        return resumed;
    }

    /** Stops driving; what is in flight goes on far away and is found again by whoever drives the task next. */
    void abandon() {
        post(this::finish);
    }

    // ---- the inbox ----

    private void post(Runnable work) {
        inbox.add(work);
        if (posted.getAndIncrement() == 0) {
            owner.surroundings().executor().execute(this::drain);
        }
    }

    private void drain() {
        do {
            Runnable work = inbox.poll();
            if (work != null && !over) {
                try {
                    work.run();
                } catch (RuntimeException | LinkageError e) {
                    // The store refused or broke, the log does not fit the workflow, or a class is missing: whoever
                    // adopts the task next starts from what is stored.
                    finish();
                    owner.lost(this, e);
                }
            }
        } while (posted.decrementAndGet() > 0);
    }

    private void finish() {
        over = true;
        newTurn();
    }

    private long newTurn() {
        turn++;
        inFlight = false;
        awaiting = false;
        if (timer != null) {
            timer.run();
            timer = null;
        }
        return turn;
    }

    private void wakeAfter(Duration delay, Runnable action) {
        long mine = turn;
        timer = owner.surroundings()
                .timers()
                .schedule(
                        delay.isNegative() ? Duration.ZERO : delay,
                        () -> post(() -> {
                            if (turn == mine) {
                                action.run();
                            }
                        }));
    }

    // ---- the work ----

    private void go() {
        newTurn();
        for (int i = 0; i < ACTIONS_MAX; i++) {
            boolean more = switch (machine.next(cancelRequested, now())) {
                case TaskAction.Append(List<LogRecord> records) -> store(records);
                case TaskAction.Perform perform -> perform(perform);
                case TaskAction.Await await -> look(await);
                case TaskAction.Pause(Instant until) -> pause(until);
                case TaskAction.Rest(TaskState state) -> rest(state);
            };
            if (!more) {
                return;
            }
        }
        throw new IllegalStateException(id() + " makes no progress");
    }

    private boolean pause(Instant until) {
        flush();
        wakeAfter(Duration.between(now(), until), this::go);
        return false;
    }

    private boolean rest(TaskState state) {
        flush();
        if (state.isEnd()) {
            finish();
            owner.ended(this);
        }
        return false;
    }

    private void parked(boolean now) {
        if (parked != now) {
            parked = now;
            owner.waits(this, now);
        }
    }

    private boolean perform(TaskAction.Perform action) {
        parked(false);
        Step step = action.step();
        Optional<Step.Immediate> immediate = action.undo() ? step.immediateUndo() : step.immediate();
        Optional<Step.Remote> remote = action.undo() ? step.remoteUndo() : step.remote();
        if (immediate.isPresent()) {
            performHere(step, action.undo(), immediate.get(), context(step, action.operationKey(), action.attempt()));
            return true;
        }
        performFar(remote.orElseThrow(), step, context(step, action.operationKey(), action.attempt()));
        return false;
    }

    /**
     * Effect and record in one transaction. A decision has no effect: its record is held until the next write, and made
     * again if that does not come.
     */
    private void performHere(Step step, boolean undo, Step.Immediate work, StepContext context) {
        try {
            if (step.kind() == Step.Kind.DECIDE && !undo) {
                hold(machine.done(now(), runGuarded(work, context), cancelRequested));
                return;
            }
            List<LogRecord> records = new ArrayList<>();
            Supplier<Task> stored = owner.atomically(step.isShared() && !undo, () -> {
                records.clear();
                records.addAll(machine.done(now(), runGuarded(work, context), cancelRequested));
                return append(records);
            });
            moved(stored.get(), records);
        } catch (StepThrew e) {
            store(machine.failed(now(), owner.failure(cause(e)), cancelRequested));
        }
    }

    private static StepOutput runGuarded(Step.Immediate work, StepContext context) {
        try {
            return work.run(context);
        } catch (RuntimeException e) {
            // marked, so that it is not taken for a failure of the store
            throw new StepThrew(e);
        }
    }

    private void performFar(Step.Remote work, Step step, StepContext context) {
        flush();
        long mine = turn;
        inFlight = true;
        CompletionStage<StepOutput> stage;
        try {
            stage = work.start(context);
        } catch (RuntimeException e) {
            stage = CompletableFuture.failedFuture(e);
        }
        wakeAfter(step.timeout(), () -> settled(step, null, timedOut(step)));
        stage.whenComplete((output, error) -> post(() -> {
            if (turn == mine) {
                settled(step, output, error);
            }
        }));
    }

    private void settled(Step step, @Nullable StepOutput output, @Nullable Throwable error) {
        newTurn();
        if (error != null) {
            store(machine.failed(now(), owner.failure(cause(error)), cancelRequested));
        } else if (output != null) {
            // Often the next step is a transaction of its own: then both are one.
            hold(machine.done(now(), output, cancelRequested));
        } else {
            throw new IllegalStateException(id() + "/" + step.name() + " ended with nothing");
        }
        go();
    }

    private boolean look(TaskAction.Await action) {
        Step step = action.step();
        StepContext context = context(step, action.operationKey(), action.attempt());
        Optional<StepOutput> output;
        try {
            output = step.condition().orElseThrow().check(context);
        } catch (RuntimeException e) {
            return store(machine.failed(now(), owner.failure(e), cancelRequested));
        }
        if (output.isPresent()) {
            return store(machine.done(now(), output.get(), cancelRequested));
        }
        if (!now().isBefore(action.deadline())) {
            return store(machine.failed(now(), timedOut(step), cancelRequested));
        }
        flush();
        awaiting = true;
        parked(true);
        Duration left = Duration.between(now(), action.deadline());
        wakeAfter(left.compareTo(LOOK_INTERVAL) < 0 ? left : LOOK_INTERVAL, this::go);
        return false;
    }

    private StepFailure timedOut(Step step) {
        String message = "%s got no answer within %d s; look at the host and try again"
                .formatted(step.name(), step.timeout().toSeconds());
        TaskFault fault = TaskFault.of("OPERATION_TIMED_OUT", message);
        // A condition that did not come true in its whole time is a definite answer.
        return step.kind() == Step.Kind.WAIT ? StepFailure.refused(fault) : StepFailure.unknown(fault);
    }

    private static Throwable cause(Throwable error) {
        Throwable cause = error.getCause();
        return (error instanceof CompletionException || error instanceof StepThrew) && cause != null ? cause : error;
    }

    private StepContext context(Step step, String operationKey, int attempt) {
        long mine = turn;
        return new StepContext(
                task,
                step.name(),
                operationKey,
                attempt,
                machine.outputs(),
                now(),
                progress -> post(() -> {
                    if (turn == mine) {
                        show(progress);
                    }
                }));
    }

    private void show(StepProgress progress) {
        detail = progress.detail();
        percent = progress.percent();
        report = progress.report().isEmpty() ? report : progress.report();
        publish();
    }

    /** Takes records as said, to be stored with the next ones; they hold no effect that could be lost with them. */
    private void hold(List<LogRecord> records) {
        held.addAll(records);
        machine = machine.after(records);
        if (held.size() >= HELD_MAX) {
            flush();
        }
    }

    private void flush() {
        if (!held.isEmpty()) {
            store(List.of());
        }
    }

    private boolean store(List<LogRecord> records) {
        moved(owner.atomically(true, () -> append(records)).get(), records);
        return true;
    }

    private Supplier<Task> append(List<LogRecord> records) {
        List<LogRecord> all = new ArrayList<>(held);
        all.addAll(records);
        return owner.append(task, all, machine.after(records).summary(report, 0));
    }

    private void moved(Task stored, List<LogRecord> records) {
        held.clear();
        machine = machine.after(records);
        cancelRequested |= stored.cancelRequested();
        detail = "";
        percent = 0;
        task = stored;
        owner.changed(this);
    }

    /** Shows the passing progress over what is stored. */
    private void publish() {
        TaskSummary summary = machine.summary(report, percent);
        List<StepSummary> steps = summary.steps().stream()
                .map(step -> step.name().equals(summary.currentStep()) && !detail.isEmpty()
                        ? new StepSummary(step.name(), step.state(), step.startTime(), step.endTime(), detail)
                        : step)
                .toList();
        task = task.withSummary(
                new TaskSummary(
                        summary.state(),
                        summary.progressPercent(),
                        summary.currentStep(),
                        steps,
                        summary.fault(),
                        summary.resultId(),
                        summary.cancellable(),
                        summary.startTime(),
                        summary.endTime(),
                        summary.report()),
                0);
        owner.changed(this);
    }

    private Instant now() {
        return owner.surroundings().clock().instant();
    }
}
