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
}
