package dev.sternpost.task;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One named step of a {@link Workflow}: forward, undo, and what may be done when they fail. Immutable; each
 * {@code with…} method returns a changed copy.
 *
 * <p>A step says that it failed by a {@link StepFailure}; what else it throws is judged by the runner's
 * {@link FailureReader}.
 */
public final class Step {
    /** How a step takes effect. */
    public enum Kind {
        /** Looks and decides, changes nothing. */
        DECIDE,
        /** Changes what a transaction can take back; effect and record are one transaction: exactly once. */
        LOCAL,
        /** Orders something far away; at least once, under an operation key. */
        REMOTE,
        /** Waits, without a thread, until a condition holds. */
        WAIT
    }

    /** Work done at once on the calling thread. */
    @FunctionalInterface
    public interface Immediate {
        StepOutput run(StepContext context);
    }

    /** Work done elsewhere. */
    @FunctionalInterface
    public interface Remote {
        CompletionStage<StepOutput> start(StepContext context);
    }

    /** A condition; quick, changes nothing, throws {@link StepFailure} when waiting is in vain. */
    @FunctionalInterface
    public interface Condition {
        Optional<StepOutput> check(StepContext context);
    }

    private sealed interface Work {
        record Now(Immediate work) implements Work {}

        record Far(Remote work) implements Work {}

        record Until(Condition work) implements Work {}
    }

    private static final Duration REMOTE_TIMEOUT = Duration.ofSeconds(60);

    private final String name;
    private final Kind kind;
    private final Work forward;
    private final @Nullable Work undo;
    private final Duration timeout;
    private final RetryPolicy retry;
    private final RetryPolicy undoRetry;
    private final boolean pointOfNoReturn;
    private final boolean stuckWhenUnknown;
    private final boolean optional;
    private final boolean undoOptional;
    private final boolean interruptible;
    private final boolean shared;
    private final int weight;

    private Step(Builder from) {
        this.name = from.name;
        this.kind = from.kind;
        this.forward = from.forward;
        this.undo = from.undo;
        this.timeout = from.timeout;
        this.retry = from.retry;
        this.undoRetry = from.undoRetry;
        this.pointOfNoReturn = from.pointOfNoReturn;
        this.stuckWhenUnknown = from.stuckWhenUnknown;
        this.optional = from.optional;
        this.undoOptional = from.undoOptional;
        this.interruptible = from.interruptible;
        this.shared = from.shared;
        this.weight = from.weight;
    }

    /** Looks, decides and records the decision, so that a repetition after a crash goes on with the same one. */
    public static Step decide(String name, Immediate decision) {
        return new Builder(name, Kind.DECIDE, new Work.Now(decision)).build();
    }

    /** Changes what the transaction covers. */
    public static Step local(String name, Immediate change) {
        return new Builder(name, Kind.LOCAL, new Work.Now(change)).build();
    }

    /** Orders something of another process. */
    public static Step remote(String name, Remote order) {
        return new Builder(name, Kind.REMOTE, new Work.Far(order)).build();
    }

    /** Waits for a condition, at most {@code timeout}; then the step fails with {@code OPERATION_TIMED_OUT}. */
    public static Step await(String name, Duration timeout, Condition condition) {
        Builder builder = new Builder(name, Kind.WAIT, new Work.Until(condition));
        builder.timeout = timeout;
        return builder.build();
    }

    /**
     * The transaction of this local step may be shared with those of other tasks, so that many of them wait for the disk once. For work as
     * {@link Atomic#runShared} wants it.
     */
    public Step withSharedTransaction() {
        Builder builder = new Builder(this);
        builder.shared = true;
        return builder.build();
    }

    /** Undone in a transaction, like a local step. Must do nothing when there is nothing to undo. */
    public Step withLocalUndo(Immediate change) {
        Builder builder = new Builder(this);
        builder.undo = new Work.Now(change);
        return builder.build();
    }

    /** Undone by an order. Must do nothing when there is nothing to undo: it also follows a step of unknown outcome. */
    public Step withRemoteUndo(Remote order) {
        Builder builder = new Builder(this);
        builder.undo = new Work.Far(order);
        return builder.build();
    }

    /** How long one attempt of a remote step, or its undo, may take; 60 s unless set. */
    public Step withTimeout(Duration newTimeout) {
        Builder builder = new Builder(this);
        builder.timeout = newTimeout;
        return builder.build();
    }

    /** How failures that may go away are repeated; {@link RetryPolicy#BRIEF} unless set. */
    public Step withRetry(RetryPolicy newRetry) {
        Builder builder = new Builder(this);
        builder.retry = newRetry;
        return builder.build();
    }

    /** How failed undos are repeated; {@link RetryPolicy#BRIEF} unless set. */
    public Step withUndoRetry(RetryPolicy newRetry) {
        Builder builder = new Builder(this);
        builder.undoRetry = newRetry;
        return builder.build();
    }

    /**
     * Once this step is done nothing is undone any more: later steps are repeated until they succeed or their attempts
     * are used up, then the task is stuck. While it runs it cannot be cancelled, and an outcome that stays unknown makes
     * the task stuck instead of unwinding it; a refusal still unwinds.
     */
    public Step asPointOfNoReturn() {
        Builder builder = new Builder(this);
        builder.pointOfNoReturn = true;
        builder.stuckWhenUnknown = true;
        builder.interruptible = false;
        return builder.build();
    }

    /**
     * The effect the task is about, which is not undone: once this step is done the task only goes forward, as past a
     * point of no return. An outcome that stays unknown fails the task, since a later repetition by the caller does no
     * harm.
     */
    public Step asFinalEffect() {
        Builder builder = new Builder(this);
        builder.pointOfNoReturn = true;
        builder.interruptible = false;
        return builder.build();
    }

    /**
     * Like {@link #asFinalEffect} once it is done; while it runs a cancel leaves it, though it may still take effect. For
     * requests that somebody else may or may not heed, where giving up the wait is all that a cancel can do.
     */
    public Step asFinalEffectOnceDone() {
        Builder builder = new Builder(this);
        builder.pointOfNoReturn = true;
        return builder.build();
    }

    /** The workflow goes on without it when its attempts are used up; a reconciler does the rest. */
    public Step asOptional() {
        Builder builder = new Builder(this);
        builder.optional = true;
        return builder.build();
    }

    /** When the attempts of its undo are used up, unwinding goes on; a reconciler does the rest. */
    public Step withUndoOptional() {
        Builder builder = new Builder(this);
        builder.undoOptional = true;
        return builder.build();
    }

    /** A cancel waits for its end instead of leaving it and undoing it. */
    public Step asUninterruptible() {
        Builder builder = new Builder(this);
        builder.interruptible = false;
        return builder.build();
    }

    /** Its share in the task's percent, 1 unless set. */
    public Step withWeight(int newWeight) {
        Builder builder = new Builder(this);
        builder.weight = newWeight;
        return builder.build();
    }

    public String name() {
        return name;
    }

    public Kind kind() {
        return kind;
    }

    public Duration timeout() {
        return timeout;
    }

    public RetryPolicy retry() {
        return retry;
    }

    public RetryPolicy undoRetry() {
        return undoRetry;
    }

    public boolean isPointOfNoReturn() {
        return pointOfNoReturn;
    }

    public boolean isStuckWhenUnknown() {
        return stuckWhenUnknown;
    }

    /** Whether its transaction may be shared. */
    public boolean isShared() {
        return shared;
    }

    public boolean isOptional() {
        return optional;
    }

    public boolean isUndoOptional() {
        return undoOptional;
    }

    public boolean isInterruptible() {
        return interruptible;
    }

    public boolean hasUndo() {
        return undo != null;
    }

    public int weight() {
        return weight;
    }

    /** The forward function of a decide or local step, else empty. */
    public Optional<Immediate> immediate() {
        return forward instanceof Work.Now(Immediate work) ? Optional.of(work) : Optional.empty();
    }

    /** The forward function of a remote step, else empty. */
    public Optional<Remote> remote() {
        return forward instanceof Work.Far(Remote work) ? Optional.of(work) : Optional.empty();
    }

    /** The condition of a wait, else empty. */
    public Optional<Condition> condition() {
        return forward instanceof Work.Until(Condition work) ? Optional.of(work) : Optional.empty();
    }

    /** The undo when it is local, else empty. */
    public Optional<Immediate> immediateUndo() {
        return undo instanceof Work.Now(Immediate work) ? Optional.of(work) : Optional.empty();
    }

    /** The undo when it is an order, else empty. */
    public Optional<Remote> remoteUndo() {
        return undo instanceof Work.Far(Remote work) ? Optional.of(work) : Optional.empty();
    }

    /** The same step doing other work of the same kind; for tests that stand between a workflow and its world. */
    public Step withImmediate(Immediate other) {
        return withForward(new Work.Now(other));
    }

    /** See {@link #withImmediate}. */
    public Step withRemote(Remote other) {
        return withForward(new Work.Far(other));
    }

    private Step withForward(Work other) {
        if (forward.getClass() != other.getClass()) {
            throw new IllegalArgumentException(name + " is a step of kind " + kind);
        }
        Builder builder = new Builder(this);
        builder.forward = other;
        return builder.build();
    }

    @Override
    public String toString() {
        return name + " (" + kind + ")";
    }

    private static final class Builder {
        private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");

        private final String name;
        private final Kind kind;
        private Work forward;
        private @Nullable Work undo;
        private Duration timeout = REMOTE_TIMEOUT;
        private RetryPolicy retry = RetryPolicy.BRIEF;
        private RetryPolicy undoRetry = RetryPolicy.BRIEF;
        private boolean pointOfNoReturn;
        private boolean stuckWhenUnknown;
        private boolean optional;
        private boolean undoOptional;
        private boolean interruptible = true;
        private boolean shared;
        private int weight = 1;

        Builder(String name, Kind kind, Work forward) {
            this.name = name;
            this.kind = kind;
            this.forward = forward;
        }

        Builder(Step from) {
            this(from.name, from.kind, from.forward);
            this.undo = from.undo;
            this.timeout = from.timeout;
            this.retry = from.retry;
            this.undoRetry = from.undoRetry;
            this.pointOfNoReturn = from.pointOfNoReturn;
            this.stuckWhenUnknown = from.stuckWhenUnknown;
            this.optional = from.optional;
            this.undoOptional = from.undoOptional;
            this.interruptible = from.interruptible;
            this.shared = from.shared;
            this.weight = from.weight;
        }

        Step build() {
            Objects.requireNonNull(name);
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("a step is named like-this, not " + name);
            }
            if (timeout.isNegative() || timeout.isZero() || weight < 0) {
                throw new IllegalArgumentException(name + ": timeout " + timeout + ", weight " + weight);
            }
            if (pointOfNoReturn && (optional || undo != null)) {
                throw new IllegalArgumentException(name + ": a point of no return is neither optional nor undone");
            }
            return new Step(this);
        }
    }
}
