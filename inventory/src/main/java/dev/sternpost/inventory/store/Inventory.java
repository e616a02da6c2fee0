package dev.sternpost.inventory.store;

import dev.sternpost.inventory.InventoryDelta;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.event.Event;
import dev.sternpost.inventory.event.EventQuery;
import dev.sternpost.inventory.fault.FaultException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The inventory as this process holds it: reads are given the current snapshot and never touch the store, all writes go
 * through {@link #commit} one after the other; those that come while another is being committed are committed together.
 *
 * <p>A write is decided on the newest snapshot while the write lock is held, so that nothing it looked at can change
 * under it. When a transaction surrounds the call, the lock is held until that transaction has ended; only then, and
 * only when it was committed, do the snapshot, the watchers and the listeners learn of it. Keep such transactions
 * short, commit to the inventory after the writes to other stores, and call no host inside them.
 */
public final class Inventory {
    /** Deltas kept in memory for watchers; older ones are read from the store. */
    public static final int RECENT_DELTAS_MAX = 4_096;

    /** How long a write waits for those before it. */
    public static final Duration WRITE_WAIT_MAX = Duration.ofSeconds(20);

    /** Told of each commit. */
    @FunctionalInterface
    public interface Listener {
        /**
         * Called after each commit, in the order of revisions, while the write lock is held: it must be quick, must not
         * use a store, and must not throw.
         */
        void committed(Committed committed, InventorySnapshot snapshot);
    }

    /** Ends a listener's subscription. */
    @FunctionalInterface
    public interface Subscription extends AutoCloseable {
        @Override
        void close();
    }

    /** Written, and told of when the transaction is committed; the snapshot is the one after it. */
    private record Pending(Committed committed, InventorySnapshot after) {}

    private final InventoryStore store;
    private final Transactions transactions;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final ReentrantLock writeLock = new ReentrantLock(true);

    /** Guards {@code recent} and is signalled when {@code current} moves. */
    private final ReentrantLock recentLock = new ReentrantLock();

    private final Condition moved = recentLock.newCondition();
    private final Deque<InventoryDelta> recent = new ArrayDeque<>();

    private volatile InventorySnapshot current;

    // Those below are guarded by writeLock.
    private final List<Pending> pending = new ArrayList<>();
    private @Nullable InventorySnapshot pendingSnapshot;
    private @Nullable SharedWrite shared;
    private boolean outcomeUnknown;
    private long lastEventSequence;

    /** Reads the whole inventory from the store. */
    public Inventory(InventoryStore store, Transactions transactions) {
        this.store = store;
        this.transactions = transactions;
        this.current = store.load();
        this.lastEventSequence = store.lastEventSequence();
    }

    /** The newest committed snapshot. */
    public InventorySnapshot snapshot() {
        return current;
    }

    /** A number for a new id. */
    public long nextIdNumber() {
        return store.nextIdNumber();
    }

    /** Commits a write that was put together beforehand; fails when an object has changed since. */
    public Committed commit(InventoryWrite write) {
        return commit((InventorySnapshot snapshot) -> write);
    }

    /**
     * Decides on the newest snapshot what to write, and commits that.
     *
     * <p>When {@code decision} returns an empty write nothing is committed, and the answer is the current revision with
     * no changes.
     *
     * @param decision must not touch anything but the snapshot it is given; may be asked again, and by another thread
     * @throws FaultException as {@link InventoryStore#commit}, MOVE_INVALID, and what {@code decision} throws
     */
    public Committed commit(Decision decision) {
        return transactions.isActive()
                ? write(decision).expected()
                : transactions.inSharedTransaction(() -> write(decision)).committed();
    }

    /** To be called in a transaction: in one that is shared, it is written when all who share it have decided. */
    private SharedWrite.Part write(Decision decision) {
        return transactions.inTransaction(() -> {
            enter();
            return transactions.isShared() ? gather(decision) : writeNow(decision);
        });
    }

    private SharedWrite.Part writeNow(Decision decision) {
        InventorySnapshot base = pendingSnapshot == null ? current : pendingSnapshot;
        InventoryWrite write = decision.decide(base);
        if (write.isEmpty()) {
            return SharedWrite.Part.nothing(base);
        }
        return SharedWrite.Part.done(stored(write, WriteCheck.check(base, write)));
    }

    /** @param after the snapshot as the write makes it */
    private Committed stored(InventoryWrite write, InventorySnapshot after) {
        Committed committed = store.commit(write);
        if (committed.revision() != after.revision()) {
            throw new IllegalStateException(
                    "commit " + committed.revision() + " is not " + after.revision() + ": somebody else writes, too");
        }
        pendingSnapshot = after;
        pending.add(new Pending(committed, after));
        return committed;
    }

    private SharedWrite.Part gather(Decision decision) {
        SharedWrite gathered = shared;
        if (gathered == null) {
            gathered = new SharedWrite(pendingSnapshot == null ? current : pendingSnapshot);
            shared = gathered;
            transactions.beforeCommit(this::writeGathered);
        }
        InventoryWrite write = decision.decide(gathered.snapshot());
        if (write.isEmpty()) {
            return SharedWrite.Part.nothing(gathered.base());
        }
        InventorySnapshot after = WriteCheck.check(gathered.snapshot(), write);
        if (gathered.touches(write)) {
            // A write has one change of an object: what has gathered goes first.
            gathered = new SharedWrite(writeGathered());
            shared = gathered;
        }
        return gathered.add(write, after);
    }

    /** Answers the snapshot after it. */
    private InventorySnapshot writeGathered() {
        SharedWrite gathered = Objects.requireNonNull(shared);
        InventorySnapshot base = gathered.base();
        InventoryWrite write = gathered.write();
        if (write.isEmpty()) {
            return base;
        }
        gathered.committed(stored(write, gathered.snapshot().asRevision(base.revision() + 1)));
        return Objects.requireNonNull(pendingSnapshot);
    }

    /** Says what to write, given the newest snapshot. */
    @FunctionalInterface
    public interface Decision {
        InventoryWrite decide(InventorySnapshot snapshot);
    }

    /** Takes the write lock for the rest of the surrounding transaction. */
    private void enter() {
        if (writeLock.isHeldByCurrentThread()) {
            return;
        }
        takeWriteLock();
        boolean entered = false;
        try {
            if (outcomeUnknown) {
                catchUp();
            }
            transactions.onCompletion(this::leave);
            entered = true;
        } finally {
            if (!entered) {
                writeLock.unlock();
            }
        }
    }

    /**
     * Gives up after a while: a transaction that holds rows we wait for may itself wait for this lock, and no database
     * can see that the two block each other.
     */
    private void takeWriteLock() {
        try {
            if (!writeLock.tryLock(WRITE_WAIT_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
                throw SharedTransactions.tooBusy();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw SharedTransactions.interrupted(e);
        }
    }

    private void leave(Transactions.Outcome outcome) {
        List<Pending> done = List.copyOf(pending);
        pending.clear();
        pendingSnapshot = null;
        shared = null;
        try {
            switch (outcome) {
                case COMMITTED -> done.forEach(each -> publish(each.committed(), each.after()));
                case ROLLED_BACK -> {}
                case UNKNOWN -> outcomeUnknown = true;
            }
        } finally {
            writeLock.unlock();
        }
    }

    /** After a commit whose outcome is unknown the store is asked what really happened. */
    private void catchUp() {
        List<InventoryDelta> missed;
        while (!(missed = store.deltasAfter(current.revision(), InventoryStore.DELTAS_MAX)).isEmpty()) {
            for (InventoryDelta delta : missed) {
                publish(new Committed(delta, List.of()), current.apply(delta));
            }
        }
        List<Event> events;
        while (!(events = store.events(EventQuery.after(lastEventSequence, EventQuery.LIMIT_MAX))).isEmpty()) {
            Committed late = new Committed(new InventoryDelta(current.revision(), List.of()), events);
            lastEventSequence = events.getLast().sequence();
            listeners.forEach(listener -> listener.committed(late, current));
        }
        outcomeUnknown = false;
    }

    private void publish(Committed committed, InventorySnapshot next) {
        recentLock.lock();
        try {
            recent.addLast(committed.delta());
            if (recent.size() > RECENT_DELTAS_MAX) {
                recent.removeFirst();
            }
            current = next;
            moved.signalAll();
        } finally {
            recentLock.unlock();
        }
        if (!committed.events().isEmpty()) {
            lastEventSequence = committed.events().getLast().sequence();
        }
        for (Listener listener : listeners) {
            listener.committed(committed, next);
        }
    }

    /** Tells a listener of every commit from now on. */
    public Subscription subscribe(Listener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /**
     * The deltas that follow a revision, oldest first; empty when there is none yet.
     *
     * @param limit 1 to {@value InventoryStore#DELTAS_MAX}
     * @throws FaultException CURSOR_EXPIRED when the first of them is no longer kept; CURSOR_INVALID when the revision
     *     has not been reached yet
     */
    public List<InventoryDelta> deltasAfter(long revision, int limit) {
        if (revision == current.revision()) {
            return List.of();
        }
        recentLock.lock();
        try {
            if (!recent.isEmpty() && revision >= recent.getFirst().revision() - 1 && revision <= current.revision()) {
                // From the newest backwards: who asks is hardly ever far behind.
                Deque<InventoryDelta> newer = new ArrayDeque<>();
                Iterator<InventoryDelta> backwards = recent.descendingIterator();
                while (backwards.hasNext()) {
                    InventoryDelta delta = backwards.next();
                    if (delta.revision() <= revision) {
                        break;
                    }
                    newer.addFirst(delta);
                }
                return newer.stream().limit(limit).toList();
            }
        } finally {
            recentLock.unlock();
        }
        return store.deltasAfter(revision, limit);
    }

    /**
     * Waits until the inventory has moved beyond a revision.
     *
     * @return whether it has; false when the time was up first
     */
    public boolean awaitBeyond(long revision, Duration timeout) throws InterruptedException {
        long nanosLeft = timeout.toNanos();
        recentLock.lockInterruptibly();
        try {
            while (current.revision() <= revision) {
                if (nanosLeft <= 0) {
                    return false;
                }
                nanosLeft = moved.awaitNanos(nanosLeft);
            }
            return true;
        } finally {
            recentLock.unlock();
        }
    }

    /** The events asked for, from the store. */
    public List<Event> events(EventQuery query) {
        return store.events(query);
    }

    /** The sequence of the newest event; 0 when there is none. */
    public long lastEventSequence() {
        return store.lastEventSequence();
    }
}
