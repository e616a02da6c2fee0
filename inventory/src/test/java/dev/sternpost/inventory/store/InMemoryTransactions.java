package dev.sternpost.inventory.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Transactions of the in-memory stores: one at a time in the whole process, so that each sees the others either entirely
 * or not at all. Stores ask to be told of the end to take their writes back.
 */
public final class InMemoryTransactions implements Transactions {
    private final ReentrantLock oneAtATime = new ReentrantLock(true);
    private final SharedTransactions shared = new SharedTransactions(this);
    private @Nullable Scope current;

    private static final class Scope {
        private final List<Completion> completions = new ArrayList<>();
        private boolean rollbackOnly;
        private Outcome committedOutcome = Outcome.COMMITTED;
    }

    @Override
    public <T> T inTransaction(Supplier<T> work) {
        Scope surrounding = surrounding();
        if (surrounding != null) {
            return inSurrounding(surrounding, work);
        }
        oneAtATime.lock();
        try {
            return inNew(work);
        } finally {
            oneAtATime.unlock();
        }
    }

    private static <T> T inSurrounding(Scope surrounding, Supplier<T> work) {
        try {
            return work.get();
        } catch (RuntimeException | Error e) {
            surrounding.rollbackOnly = true;
            throw e;
        }
    }

    private <T> T inNew(Supplier<T> work) {
        Scope scope = new Scope();
        current = scope;
        Outcome outcome = Outcome.ROLLED_BACK;
        try {
            T result = work.get();
            if (scope.rollbackOnly) {
                throw new IllegalStateException("the transaction was rolled back by a failure inside it");
            }
            outcome = scope.committedOutcome;
            return result;
        } finally {
            current = null;
            for (Completion completion : scope.completions) {
                completion.ended(outcome);
            }
        }
    }

    @Override
    public boolean isActive() {
        return surrounding() != null;
    }

    @Override
    public void onCompletion(Completion completion) {
        require().completions.add(completion);
    }

    @Override
    public <T> T inSharedTransaction(Supplier<T> work) {
        return shared.run(work);
    }

    @Override
    public boolean isShared() {
        return shared.isOpen();
    }

    @Override
    public void beforeCommit(Runnable action) {
        shared.beforeCommit(action);
    }

    /** Makes the end of the surrounding transaction, though committed, look as if the connection was lost at it. */
    void loseOutcome() {
        require().committedOutcome = Outcome.UNKNOWN;
    }

    private Scope require() {
        Scope surrounding = surrounding();
        if (surrounding == null) {
            throw new IllegalStateException("there is no surrounding transaction");
        }
        return surrounding;
    }

    private @Nullable Scope surrounding() {
        return oneAtATime.isHeldByCurrentThread() ? current : null;
    }
}
