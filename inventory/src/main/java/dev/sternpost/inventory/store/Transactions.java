package dev.sternpost.inventory.store;

import java.util.function.Supplier;

/**
 * Puts writes of several stores into one transaction. A transaction belongs to the thread that began it; stores called
 * on that thread join it.
 */
public interface Transactions {
    /** How a transaction ended. */
    enum Outcome {
        /** All its writes are durable. */
        COMMITTED,
        /** None of its writes happened. */
        ROLLED_BACK,
        /** The store was lost at the very moment of the commit; only reading again can tell. */
        UNKNOWN
    }

    /** Told how the surrounding transaction ended, on the same thread; must not use a store. */
    @FunctionalInterface
    interface Completion {
        void ended(Outcome outcome);
    }

    /**
     * Does the work in the surrounding transaction of this thread, or in a new one, which is committed when the work
     * returns and rolled back when it throws. Work that throws inside a surrounding transaction rolls all of it back,
     * even when someone in between catches the exception.
     */
    <T> T inTransaction(Supplier<T> work);

    /** The same for work without a result. */
    default void inTransaction(Runnable work) {
        inTransaction(() -> {
            work.run();
            return Boolean.TRUE;
        });
    }

    /** Whether a transaction surrounds the caller. */
    boolean isActive();

    /**
     * Asks to be told when the surrounding transaction has ended; in the order of asking.
     *
     * @throws IllegalStateException outside a transaction
     */
    void onCompletion(Completion completion);

    /**
     * As {@link #inTransaction}, in a transaction that others who ask at the same time may share: all of them are committed as one, and
     * each is answered once that is durable. Nobody is refused for what another did.
     *
     * @param work uses nothing but stores that join the transaction, waits for nobody, and comes out the same when it is asked again: it
     *     may be, and by another thread
     * @throws dev.sternpost.inventory.fault.FaultException OVERLOADED when nobody has begun with it after a while
     */
    <T> T inSharedTransaction(Supplier<T> work);

    /**
     * Whether the caller's transaction is shared with others right now: then a store puts its writes off until {@link #beforeCommit}, so
     * that those of all who take part become one.
     */
    boolean isShared();

    /**
     * Asks to be called once everybody's work is done and before the shared transaction is committed; in the order of asking. What it
     * throws rolls all of it back, and each does its work again in a transaction of its own.
     *
     * @throws IllegalStateException when the caller's transaction is not shared
     */
    void beforeCommit(Runnable action);
}
