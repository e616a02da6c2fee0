package dev.sternpost.task;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a task does next. Its state is nothing but the replay of the task's log, so that after a crash the next
 * runner is where the last one was; time and the wish to cancel are inputs. Immutable: {@link #after} gives the machine
 * as it is once records are stored.
 *
 * <p>Legal states and what each waits for:
 *
 * <ul>
 *   <li>QUEUED, RUNNING: the outcome of the step at {@code at}
 *   <li>UNWINDING: the outcome of the undo of the last step not yet undone
 *   <li>STUCK: an operator
 *   <li>ended: nothing
 * </ul>
 */
public final class TaskMachine {
    private enum Phase {
        QUEUED,
        FORWARD,
        UNWINDING,
        STUCK_FORWARD,
        STUCK_UNWINDING,
        ENDED
    }

    private final TaskId task;
    private final Workflow workflow;
    private final Map<String, StepSummary> steps;
    private final Map<String, String> outputs;
    private final Map<String, Integer> answers;
    private Phase phase = Phase.QUEUED;
    private int at;
    private boolean started;
    private boolean committed;
    private int failures;
    private @Nullable Instant lastFailure;
    private @Nullable TaskFault fault;
    private @Nullable TaskFault stuckBy;
    private String resultId = "";
    private @Nullable Instant startTime;
    private @Nullable Instant endTime;
    private @Nullable TaskState end;

    private TaskMachine(TaskId task, Workflow workflow) {
        this.task = task;
        this.workflow = workflow;
        this.steps = new LinkedHashMap<>();
        this.outputs = new HashMap<>();
        this.answers = new HashMap<>();
        for (Step step : workflow.steps()) {
            steps.put(step.name(), new StepSummary(step.name(), StepState.PENDING, null, null, ""));
        }
    }

    private TaskMachine(TaskMachine from) {
        this.task = from.task;
        this.workflow = from.workflow;
        this.steps = new LinkedHashMap<>(from.steps);
        this.outputs = new HashMap<>(from.outputs);
        this.answers = new HashMap<>(from.answers);
        this.phase = from.phase;
        this.at = from.at;
        this.started = from.started;
        this.committed = from.committed;
        this.failures = from.failures;
        this.lastFailure = from.lastFailure;
        this.fault = from.fault;
        this.stuckBy = from.stuckBy;
        this.resultId = from.resultId;
        this.startTime = from.startTime;
        this.endTime = from.endTime;
        this.end = from.end;
    }

    /**
     * The machine of a task with this log.
     *
     * @throws IllegalStateException when the log is not one that this workflow writes
     */
    public static TaskMachine replay(TaskId task, Workflow workflow, List<LogRecord> log) {
        TaskMachine machine = new TaskMachine(task, workflow);
        log.forEach(machine::apply);
        return machine;
    }

    /** The machine once these records are stored too. */
    public TaskMachine after(List<LogRecord> records) {
        TaskMachine next = new TaskMachine(this);
        records.forEach(next::apply);
        return next;
    }

    // ---- what to do next ----

    /** What to do next. */
    public TaskAction next(boolean cancelRequested, Instant now) {
        return switch (phase) {
            case QUEUED, FORWARD -> nextForward(cancelRequested, now);
            case UNWINDING -> nextUndo(now);
            case STUCK_FORWARD, STUCK_UNWINDING -> new TaskAction.Rest(TaskState.STUCK);
            case ENDED -> new TaskAction.Rest(state());
        };
    }

    private TaskAction nextForward(boolean cancelRequested, Instant now) {
        if (cancelRequested && cancelTakesHold()) {
            return new TaskAction.Append(
                    phase == Phase.QUEUED
                            ? List.of(LogRecord.ended(now, TaskState.CANCELLED))
                            : unwind(now, started ? at : at - 1, null));
        }
        Step step = current();
        if (pauseEnd(step.retry()) instanceof Instant until && now.isBefore(until)) {
            return new TaskAction.Pause(until);
        }
        int attempt = failures + 1;
        return switch (step.kind()) {
            case DECIDE, LOCAL -> new TaskAction.Perform(step, false, operationKey(step, false), attempt);
            case REMOTE ->
                started
                        ? new TaskAction.Perform(step, false, operationKey(step, false), attempt)
                        : new TaskAction.Append(begin(now));
            case WAIT ->
                started
                        ? new TaskAction.Await(step, operationKey(step, false), attempt, deadline(step))
                        : new TaskAction.Append(begin(now));
        };
    }

    private TaskAction nextUndo(Instant now) {
        Step step = current();
        if (pauseEnd(step.undoRetry()) instanceof Instant until && now.isBefore(until)) {
            return new TaskAction.Pause(until);
        }
        return new TaskAction.Perform(step, true, operationKey(step, true), failures + 1);
    }

    /** Whether a running attempt may be left at once when a cancel is asked for. */
    public boolean isInterruptible() {
        return phase == Phase.FORWARD && cancelTakesHold();
    }

    private boolean cancelTakesHold() {
        return !committed && (!started || current().isInterruptible());
    }

    private @Nullable Instant pauseEnd(RetryPolicy retry) {
        return lastFailure == null ? null : lastFailure.plus(retry.delayAfter(failures));
    }

    private Instant deadline(Step step) {
        return Objects.requireNonNull(summary(step).startTime()).plus(step.timeout());
    }

    private String operationKey(Step step, boolean undo) {
        String name = undo ? "undo-" + step.name() : step.name();
        int round = answers.getOrDefault(name, 0);
        return task + "/" + name + (round == 0 ? "" : "." + (round + 1));
    }

    // ---- what to record ----

    /** Records for the success of what {@link #next} wanted performed or awaited. */
    public List<LogRecord> done(Instant now, StepOutput output, boolean cancelRequested) {
        if (phase == Phase.UNWINDING) {
            return unwound(now, LogRecord.of(now, LogKind.UNDO_DONE, current().name()));
        }
        return forwarded(now, LogRecord.done(now, current().name(), output), cancelRequested);
    }

    /** Records for the failure of what {@link #next} wanted performed or awaited. */
    public List<LogRecord> failed(Instant now, StepFailure failure, boolean cancelRequested) {
        return phase == Phase.UNWINDING ? undoFailed(now, failure) : forwardFailed(now, failure, cancelRequested);
    }

    /** Records that let a stuck task try again; empty when it is not stuck. */
    public List<LogRecord> resumed(Instant now) {
        return phase == Phase.STUCK_FORWARD || phase == Phase.STUCK_UNWINDING
                ? List.of(LogRecord.of(now, LogKind.RESUMED, ""))
                : List.of();
    }

    private List<LogRecord> forwardFailed(Instant now, StepFailure failure, boolean cancelRequested) {
        Step step = current();
        boolean more = failures + 1 < step.retry().attemptsMax();
        if (more && (failure.retry() || committed)) {
            return opened(now, fault(now, LogKind.STEP_FAILED, failure));
        }
        if (step.isOptional()) {
            return forwarded(now, fault(now, LogKind.STEP_SKIPPED, failure), cancelRequested);
        }
        if (committed || (step.isStuckWhenUnknown() && !failure.answered())) {
            return opened(now, fault(now, LogKind.STUCK, failure));
        }
        // A refusal left nothing behind, and a transaction never does; an unknown outcome has to be undone as well.
        boolean mayHaveEffect = started && !failure.answered();
        return unwind(now, mayHaveEffect ? at : at - 1, failure.fault());
    }

    private List<LogRecord> undoFailed(Instant now, StepFailure failure) {
        Step step = current();
        if (failures + 1 < step.undoRetry().attemptsMax()) {
            return List.of(fault(now, LogKind.UNDO_FAILED, failure));
        }
        return step.isUndoOptional()
                ? unwound(now, fault(now, LogKind.UNDO_SKIPPED, failure))
                : List.of(fault(now, LogKind.STUCK, failure));
    }

    private LogRecord fault(Instant now, LogKind kind, StepFailure failure) {
        return LogRecord.fault(now, kind, current().name(), failure.answered(), failure.fault());
    }

    private List<LogRecord> begin(Instant now) {
        return opened(now, LogRecord.of(now, LogKind.STEP_STARTED, current().name()));
    }

    /** The record, preceded by the start of the task when it is its first. */
    private List<LogRecord> opened(Instant now, LogRecord record) {
        return phase == Phase.QUEUED ? List.of(LogRecord.of(now, LogKind.STARTED, ""), record) : List.of(record);
    }

    /** The end of a forward step, with the start of the next one or the end of the task: one write, not two. */
    private List<LogRecord> forwarded(Instant now, LogRecord record, boolean cancelRequested) {
        List<LogRecord> records = new ArrayList<>(opened(now, record));
        if (at + 1 == workflow.steps().size()) {
            boolean failed = fault != null || (record.kind() == LogKind.STEP_DONE && record.fault() != null);
            records.add(LogRecord.ended(now, failed ? TaskState.FAILED : TaskState.SUCCEEDED));
        } else if (!cancelRequested || committed || current().isPointOfNoReturn()) {
            Step following = workflow.steps().get(at + 1);
            if (following.kind() == Step.Kind.REMOTE || following.kind() == Step.Kind.WAIT) {
                records.add(LogRecord.of(now, LogKind.STEP_STARTED, following.name()));
            }
        }
        return records;
    }

    private List<LogRecord> unwind(Instant now, int from, @Nullable TaskFault cause) {
        String first = from < 0 ? "" : workflow.steps().get(from).name();
        List<LogRecord> records =
                new ArrayList<>(opened(now, LogRecord.fault(now, LogKind.UNWIND, first, false, cause)));
        if (undoable(from) < 0) {
            records.add(LogRecord.ended(now, cause == null ? TaskState.CANCELLED : TaskState.FAILED));
        }
        return records;
    }

    private List<LogRecord> unwound(Instant now, LogRecord record) {
        return undoable(at - 1) < 0
                ? List.of(record, LogRecord.ended(now, fault == null ? TaskState.CANCELLED : TaskState.FAILED))
                : List.of(record);
    }

    /** Index of the last step up to {@code from} that has an undo, or -1. */
    private int undoable(int from) {
        int index = from;
        while (index >= 0 && !workflow.steps().get(index).hasUndo()) {
            index--;
        }
        return index;
    }

    // ---- replay ----

    private void apply(LogRecord record) {
        Instant now = record.time();
        switch (record.kind()) {
            case STARTED -> {
                require(phase == Phase.QUEUED, record);
                phase = Phase.FORWARD;
                startTime = now;
            }
            case STEP_STARTED -> {
                requireStep(Phase.FORWARD, record);
                started = true;
                step(record.step(), StepState.RUNNING, now, null, "");
            }
            case STEP_DONE -> {
                requireStep(Phase.FORWARD, record);
                outputs.put(record.step(), record.output());
                fault = record.fault() == null ? fault : record.fault();
                resultId = record.resultId().isEmpty() ? resultId : record.resultId();
                passed(record);
            }
            case STEP_SKIPPED -> {
                requireStep(Phase.FORWARD, record);
                passed(record);
            }
            case STEP_FAILED -> {
                requireStep(Phase.FORWARD, record);
                step(record.step(), StepState.RUNNING, now, null, record.detail());
                failedOnce(record, record.step());
            }
            case UNWIND -> applyUnwind(record);
            case UNDO_DONE -> {
                requireStep(Phase.UNWINDING, record);
                step(record.step(), StepState.UNDONE, now, now, record.detail());
                turnTo(undoable(at - 1));
            }
            case UNDO_SKIPPED -> {
                requireStep(Phase.UNWINDING, record);
                step(record.step(), StepState.FAILED, now, now, "Not undone: " + record.detail());
                turnTo(undoable(at - 1));
            }
            case UNDO_FAILED -> {
                requireStep(Phase.UNWINDING, record);
                failedOnce(record, "undo-" + record.step());
            }
            case STUCK -> applyStuck(record);
            case RESUMED -> {
                require(phase == Phase.STUCK_FORWARD || phase == Phase.STUCK_UNWINDING, record);
                phase = phase == Phase.STUCK_FORWARD ? Phase.FORWARD : Phase.UNWINDING;
                stuckBy = null;
                failures = 0;
                lastFailure = null;
            }
            case ENDED -> {
                require(phase != Phase.ENDED, record);
                phase = Phase.ENDED;
                end = TaskState.valueOf(record.detail());
                endTime = now;
            }
        }
    }

    private void applyUnwind(LogRecord record) {
        require(phase == Phase.FORWARD, record);
        phase = Phase.UNWINDING;
        fault = record.fault();
        int from = record.step().isEmpty() ? -1 : indexOf(record);
        if (at < workflow.steps().size()) {
            StepSummary failed = summary(current());
            if (record.fault() != null) {
                step(failed.name(), StepState.FAILED, record.time(), record.time(), record.detail());
            } else if (failed.state() == StepState.RUNNING) {
                step(failed.name(), StepState.FAILED, record.time(), record.time(), "Cancelled");
            }
        }
        turnTo(undoable(from));
    }

    private void applyStuck(LogRecord record) {
        require(phase == Phase.FORWARD || phase == Phase.UNWINDING, record);
        boolean forward = phase == Phase.FORWARD;
        phase = forward ? Phase.STUCK_FORWARD : Phase.STUCK_UNWINDING;
        step(record.step(), StepState.FAILED, record.time(), record.time(), record.detail());
        failedOnce(record, forward ? record.step() : "undo-" + record.step());
        stuckBy = record.fault();
    }

    private void passed(LogRecord record) {
        committed |= current().isPointOfNoReturn();
        step(record.step(), StepState.DONE, record.time(), record.time(), record.detail());
        turnTo(at + 1);
    }

    private void failedOnce(LogRecord record, String key) {
        failures++;
        lastFailure = record.time();
        if (record.answered()) {
            answers.merge(key, 1, Integer::sum);
        }
    }

    private void turnTo(int index) {
        at = index;
        started = false;
        failures = 0;
        lastFailure = null;
    }

    private void step(String name, StepState state, Instant start, @Nullable Instant stop, String detail) {
        StepSummary before = Objects.requireNonNull(steps.get(name));
        Instant first = before.startTime() == null ? start : before.startTime();
        steps.put(name, new StepSummary(name, state, first, stop, detail));
    }

    private int indexOf(LogRecord record) {
        for (int i = 0; i < workflow.steps().size(); i++) {
            if (workflow.steps().get(i).name().equals(record.step())) {
                return i;
            }
        }
        throw new IllegalStateException(task + ": " + workflow.kind() + " has no step " + record.step());
    }

    private void requireStep(Phase wanted, LogRecord record) {
        require(phase == wanted && at >= 0 && at < workflow.steps().size() && indexOf(record) == at, record);
    }

    private void require(boolean legal, LogRecord record) {
        if (!legal) {
            throw new IllegalStateException("%s: %s %s cannot follow in %s at step %d of %s"
                    .formatted(task, record.kind(), record.step(), phase, at, workflow.kind()));
        }
    }

    // ---- what can be seen ----

    public TaskState state() {
        return switch (phase) {
            case QUEUED -> TaskState.QUEUED;
            case FORWARD -> TaskState.RUNNING;
            case UNWINDING -> TaskState.UNWINDING;
            case STUCK_FORWARD, STUCK_UNWINDING -> TaskState.STUCK;
            case ENDED -> Objects.requireNonNull(end);
        };
    }

    /** Outputs of the steps done, by name. */
    public Map<String, String> outputs() {
        return Map.copyOf(outputs);
    }

    /**
     * What the log amounts to.
     *
     * @param report what the steps last reported
     * @param currentStepPercent how far the step being done has come
     */
    public TaskSummary summary(String report, int currentStepPercent) {
        boolean working = phase == Phase.FORWARD || phase == Phase.UNWINDING;
        boolean cancellable = (phase == Phase.QUEUED || phase == Phase.FORWARD)
                && !committed
                && !(started && current().isPointOfNoReturn() && !current().isInterruptible());
        return new TaskSummary(
                state(),
                percent(currentStepPercent),
                working && at >= 0 && at < workflow.steps().size() ? current().name() : "",
                List.copyOf(steps.values()),
                stuckBy == null ? fault : stuckBy,
                state() == TaskState.SUCCEEDED || !state().isEnd() ? resultId : "",
                cancellable,
                startTime,
                endTime,
                report);
    }

    private int percent(int currentStepPercent) {
        if (state() == TaskState.SUCCEEDED) {
            return 100;
        }
        long total = 0;
        long done = 0;
        for (Step step : workflow.steps()) {
            total += step.weight();
            if (outputs.containsKey(step.name())) {
                done += step.weight() * 100L;
            }
        }
        if (phase == Phase.FORWARD) {
            done += (long) current().weight() * Math.clamp(currentStepPercent, 0, 100);
        }
        return total == 0 ? 0 : (int) Math.min(99, done / total);
    }

    private Step current() {
        return workflow.steps().get(at);
    }

    private StepSummary summary(Step step) {
        return Objects.requireNonNull(steps.get(step.name()));
    }
}
