package dev.sternpost.inventory.store;

import dev.sternpost.inventory.InventoryDelta;
import dev.sternpost.inventory.InventoryDelta.ObjectChange;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObjectId;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.Inventory.Decision;
import dev.sternpost.inventory.store.InventoryWrite.Change;
import dev.sternpost.inventory.store.InventoryWrite.Put;
import dev.sternpost.inventory.store.InventoryWrite.Remove;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Writes by callers without a transaction of their own. While one is being committed the next gather, and whoever comes first of those
 * commits all of them as one: one transaction, one connection and one wait for the disk, however many there are. Each is decided after
 * those before it, and fails alone when it is refused.
 */
final class WriteQueue {
    /** Most writes that are committed as one. */
    static final int BATCH_MAX = 64;

    /** Does what only the inventory can, for a caller that holds the turn. */
    interface Writer {
        /** Begins a transaction, takes the write lock, and commits what {@code gather} gives for the newest snapshot. */
        void commit(Gather gather);

        /** Commits one decision in a transaction of its own. */
        Committed commitAlone(Decision decision);
    }

    /** Gives what to write. */
    interface Gather {
        InventoryWrite on(InventorySnapshot newest);

        /** What became of it; not told of an empty write. */
        void committed(Committed committed);

        /** How the transaction ended. */
        void ended(Transactions.Outcome outcome);
    }

    private static final class Waiting {
        private final Decision decision;
        private boolean done;
        private @Nullable Committed result;
        private @Nullable RuntimeException failure;
        private InventoryWrite write = InventoryWrite.NOTHING;

        Waiting(Decision decision) {
            this.decision = decision;
        }

        Committed answer() {
            if (failure != null) {
                throw failure;
            }
            if (result == null) {
                throw new IllegalStateException("a write was neither done nor refused");
            }
            return result;
        }
    }

    private final Writer writer;
    private final ReentrantLock turn = new ReentrantLock(true);

    /** Guarded by itself; no more than there are callers, each of which waits. */
    private final Deque<Waiting> waiting = new ArrayDeque<>();

    WriteQueue(Writer writer) {
        this.writer = writer;
    }

    /** @throws FaultException as {@link Inventory#commit(Decision)} */
    Committed commit(Decision decision) {
        Waiting mine = new Waiting(decision);
        synchronized (waiting) {
            waiting.addLast(mine);
        }
        takeTurn(mine);
        try {
            while (!mine.done) {
                commitSome();
            }
        } finally {
            withdrawn(mine);
            turn.unlock();
        }
        return mine.answer();
    }

    /** Gives up after a while, unless somebody is at it already. */
    private void takeTurn(Waiting mine) {
        boolean taken = false;
        FaultException fault;
        try {
            taken = turn.tryLock(Inventory.WRITE_WAIT_MAX.toMillis(), TimeUnit.MILLISECONDS);
            fault = Inventory.tooBusy();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fault = Inventory.interrupted(e);
        }
        if (!taken) {
            if (withdrawn(mine)) {
                throw fault;
            }
            turn.lock();
        }
    }

    int size() {
        synchronized (waiting) {
            return waiting.size();
        }
    }

    private boolean withdrawn(Waiting mine) {
        synchronized (waiting) {
            return waiting.remove(mine);
        }
    }

    private void commitSome() {
        Batch batch = new Batch();
        try {
            writer.commit(batch);
            batch.taken.forEach(each -> each.done = true);
        } catch (RuntimeException e) {
            if (batch.taken.isEmpty()) {
                throw e; // It did not come to anybody's turn.
            }
            afterFailure(batch, e);
        } catch (Error e) {
            // Nobody may wait for what will not come.
            for (Waiting each : batch.taken) {
                each.done = true;
                each.failure =
                        new IllegalStateException("a write that was to be committed with this one broke down", e);
            }
            throw e;
        }
    }

    /** Refused as a whole, and nobody can tell whose fault it is: each has a transaction of its own then. */
    private void afterFailure(Batch batch, RuntimeException failure) {
        boolean again = batch.outcome == Transactions.Outcome.ROLLED_BACK && batch.taken.size() > 1;
        for (Waiting each : batch.taken) {
            each.done = true;
            each.result = null;
            each.failure = again ? null : failure;
            if (again) {
                try {
                    each.result = writer.commitAlone(each.decision);
                } catch (RuntimeException e) {
                    // Whatever it is, it is for the one who asked.
                    each.failure = e;
                }
            }
        }
    }

    /** What is committed as one. */
    private final class Batch implements Gather {
        private final List<Waiting> taken = new ArrayList<>();
        private Transactions.@Nullable Outcome outcome;

        @Override
        public void ended(Transactions.Outcome how) {
            outcome = how;
        }

        @Override
        public InventoryWrite on(InventorySnapshot newest) {
            InventoryWrite.Builder all = InventoryWrite.builder();
            InventorySnapshot snapshot = newest;
            Set<ManagedObjectId> touched = new HashSet<>();
            Waiting next;
            while (taken.size() < BATCH_MAX && (next = poll()) != null) {
                taken.add(next);
                InventoryWrite write = decided(next, snapshot);
                if (write.changes().stream().map(Change::id).anyMatch(touched::contains)) {
                    // A write has one change of an object: this one begins the next batch.
                    taken.removeLast();
                    synchronized (waiting) {
                        waiting.addFirst(next);
                    }
                    break;
                }
                next.write = write;
                next.result = new Committed(new InventoryDelta(newest.revision(), List.of()), List.of());
                write.changes().forEach(change -> touched.add(change.id()));
                write.changes().forEach(all::change);
                write.events().forEach(all::event);
                write.audits().forEach(all::audit);
                if (!write.changes().isEmpty()) {
                    snapshot = snapshot.apply(new InventoryDelta(snapshot.revision() + 1, outcomes(write)));
                }
            }
            return all.build();
        }

        private @Nullable Waiting poll() {
            synchronized (waiting) {
                return waiting.pollFirst();
            }
        }

        private InventoryWrite decided(Waiting next, InventorySnapshot snapshot) {
            next.failure = null;
            try {
                InventoryWrite write = next.decision.decide(snapshot);
                if (!write.isEmpty()) {
                    WriteCheck.check(snapshot, write);
                }
                return write;
            } catch (RuntimeException e) {
                // Whatever it is, it is for the one who asked.
                next.failure = e;
                return InventoryWrite.NOTHING;
            }
        }

        @Override
        public void committed(Committed committed) {
            int events = 0;
            for (Waiting each : taken) {
                if (!each.write.isEmpty()) {
                    int end = events + each.write.events().size();
                    each.result = new Committed(
                            new InventoryDelta(committed.revision(), outcomes(each.write)),
                            List.copyOf(committed.events().subList(events, end)));
                    events = end;
                }
            }
        }
    }

    private static List<ObjectChange> outcomes(InventoryWrite write) {
        List<ObjectChange> outcomes = new ArrayList<>();
        for (Change change : write.changes()) {
            outcomes.add(
                    switch (change) {
                        case Put put -> new InventoryDelta.Put(put.object().withVersion(put.expectedVersion() + 1));
                        case Remove remove -> new InventoryDelta.Removed(remove.id());
                    });
        }
        return outcomes;
    }
}
