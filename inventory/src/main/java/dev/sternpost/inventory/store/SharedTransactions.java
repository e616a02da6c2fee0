package dev.sternpost.inventory.store;

import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Work of several callers in one transaction. While one is under way the next gather, and whoever came first of those does the work of
 * all of them: one transaction, one connection and one wait for the disk, however many there are, and each is told once it is durable.
 *
 * <p>Work that throws is refused alone: nothing has been written by then, so that the others are simply asked again without it. What is
 * refused when it is written was nobody's in particular: each then has a transaction of its own.
 */
public final class SharedTransactions {
    /** Most callers that share one transaction. */
    static final int BATCH_MAX = 64;

    /** How long one waits until somebody has begun with its work. */
    static final Duration WAIT_MAX = Duration.ofSeconds(20);

    /** What is said to one who waits. */
    private enum Signal {
        /** It is the first of those who wait, and does the work of all. */
        LEAD,
        /** Its work is done, or refused. */
        DONE,
        /** Its work was not done; it does it in a transaction of its own. */
        ALONE
    }

    private static final class Waiting<T> {
        private final Supplier<T> work;
        private final CompletableFuture<Signal> signal = new CompletableFuture<>();

        // Handed over with the signal.
        private @Nullable T result;
        private @Nullable Throwable failure;

        Waiting(Supplier<T> work) {
            this.work = work;
        }

        void run() {
            result = work.get();
        }

        @SuppressWarnings("NullAway") // null exactly when the work's answer is
        T answer() {
            if (failure instanceof RuntimeException mine) {
                throw mine;
            }
            if (failure != null) {
                throw new IllegalStateException("work that shared a transaction with this one broke down", failure);
            }
            return result;
        }
    }

    /** Work threw, and knows it; the others are asked again. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Refused(RuntimeException cause) {
            super(cause);
        }
    }

    /** A transaction under way that is shared. */
    private record Scope(Thread thread, List<Runnable> beforeCommit) {}

    private final Transactions transactions;

    /** Guarded by itself, as is {@link #led}; no more than there are callers, each of which waits. */
    private final Deque<Waiting<?>> waiting = new ArrayDeque<>();

    private boolean led;
    private volatile @Nullable Scope scope;

    /** @param transactions where the work is done */
    public SharedTransactions(Transactions transactions) {
        this.transactions = transactions;
    }

    /** As {@link Transactions#inSharedTransaction}. */
    public <T> T run(Supplier<T> work) {
        if (transactions.isActive()) {
            return transactions.inTransaction(work);
        }
        Waiting<T> mine = new Waiting<>(work);
        Signal signal;
        synchronized (waiting) {
            if (led) {
                waiting.addLast(mine);
                signal = null;
            } else {
                led = true;
                signal = Signal.LEAD;
            }
        }
        if (signal == null) {
            signal = await(mine);
        }
        if (signal == Signal.LEAD) {
            signal = lead(mine);
        }
        return signal == Signal.ALONE ? transactions.inTransaction(work) : mine.answer();
    }

    /** Gives up after a while, unless somebody is at it already. */
    private Signal await(Waiting<?> mine) {
        FaultException fault;
        try {
            return mine.signal.get(WAIT_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            fault = tooBusy();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fault = interrupted(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
        synchronized (waiting) {
            if (waiting.remove(mine)) {
                throw fault;
            }
        }
        return mine.signal.join();
    }

    static FaultException tooBusy() {
        return new FaultException(
                FaultCode.OVERLOADED, "The inventory is too busy to take a change. Wait a little and repeat.");
    }

    static FaultException interrupted(InterruptedException cause) {
        return new FaultException(
                Fault.of(FaultCode.OPERATION_CANCELLED, "The change was interrupted. Repeat it if it is wanted."),
                cause);
    }

    /** Whether the caller's transaction is one that several share. */
    public boolean isOpen() {
        Scope open = scope;
        return open != null && open.thread().equals(Thread.currentThread());
    }

    /** As {@link Transactions#beforeCommit}. */
    public void beforeCommit(Runnable action) {
        Scope open = scope;
        if (open == null || !open.thread().equals(Thread.currentThread())) {
            throw new IllegalStateException("there is no shared transaction");
        }
        open.beforeCommit().add(action);
    }

    // ---- by whoever came first ----

    private Signal lead(Waiting<?> mine) {
        List<Waiting<?>> batch = new ArrayList<>();
        batch.add(mine);
        Signal signal = Signal.DONE;
        try {
            signal = commit(batch);
        } catch (Error e) {
            // Nobody may wait for what will not come.
            batch.forEach(each -> each.failure = e);
            throw e;
        } finally {
            handOver();
            for (Waiting<?> each : batch) {
                each.signal.complete(each.failure == null ? signal : Signal.DONE);
            }
        }
        return mine.failure == null ? signal : Signal.DONE;
    }

    private void handOver() {
        Waiting<?> next;
        synchronized (waiting) {
            next = waiting.pollFirst();
            led = next != null;
        }
        if (next != null) {
            next.signal.complete(Signal.LEAD);
        }
    }

    /** Each round but the last refuses one. */
    private Signal commit(List<Waiting<?>> batch) {
        while (true) {
            Attempt attempt = new Attempt(batch);
            try {
                transactions.inTransaction(attempt);
                return Signal.DONE;
            } catch (Refused e) {
                if (batch.stream().allMatch(each -> each.failure != null)) {
                    return Signal.DONE;
                }
            } catch (RuntimeException e) {
                if (attempt.outcome == Transactions.Outcome.ROLLED_BACK && attempt.isShared()) {
                    return Signal.ALONE;
                }
                batch.stream().filter(each -> each.failure == null).forEach(each -> each.failure = e);
                return Signal.DONE;
            }
        }
    }

    /** One transaction. */
    private final class Attempt implements Runnable {
        private final List<Waiting<?>> batch;
        private Transactions.@Nullable Outcome outcome;

        Attempt(List<Waiting<?>> batch) {
            this.batch = batch;
        }

        /** One caller alone sees each of its writes done at once, and refused where it was made. */
        boolean isShared() {
            return batch.size() > 1;
        }

        @Override
        public void run() {
            transactions.onCompletion(how -> outcome = how);
            if (batch.size() == 1) {
                gather();
            }
            Scope mine = new Scope(Thread.currentThread(), new ArrayList<>());
            scope = isShared() ? mine : null;
            try {
                for (Waiting<?> each : batch) {
                    if (each.failure == null) {
                        run(each);
                    }
                }
                for (int i = 0; i < mine.beforeCommit().size(); i++) {
                    mine.beforeCommit().get(i).run();
                }
            } finally {
                scope = null;
            }
        }

        /** Only now, so that those who came while a connection was waited for are of the party. */
        private void gather() {
            synchronized (waiting) {
                while (batch.size() < BATCH_MAX && !waiting.isEmpty()) {
                    batch.add(waiting.removeFirst());
                }
            }
        }

        private static void run(Waiting<?> each) {
            try {
                each.run();
            } catch (RuntimeException e) {
                // Whatever it is, it is for the one who asked.
                each.failure = e;
                throw new Refused(e);
            }
        }
    }
}
