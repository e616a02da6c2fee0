package dev.sternpost.server.api;

import dev.sternpost.inventory.event.Event;
import dev.sternpost.inventory.event.EventQuery;
import dev.sternpost.inventory.store.Inventory;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The newest events in memory, so that watchers need not ask the database for each; older ones come from there. */
final class EventFeed implements AutoCloseable {
    /** Events kept. */
    static final int RECENT_MAX = 2_000;

    private final Inventory inventory;
    private final Inventory.Subscription subscription;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Deque<Event> recent = new ArrayDeque<>();
    private long newest;

    EventFeed(Inventory inventory) {
        this.inventory = inventory;
        this.subscription = inventory.subscribe((committed, snapshot) -> add(committed.events()));
        lock.lock();
        try {
            newest = Math.max(newest, inventory.lastEventSequence());
        } finally {
            lock.unlock();
        }
    }

    private void add(List<Event> events) {
        if (events.isEmpty()) {
            return;
        }
        lock.lock();
        try {
            for (Event event : events) {
                recent.addLast(event);
                if (recent.size() > RECENT_MAX) {
                    recent.removeFirst();
                }
            }
            newest = Math.max(newest, events.getLast().sequence());
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The sequence of the newest event. */
    long newest() {
        lock.lock();
        try {
            return newest;
        } finally {
            lock.unlock();
        }
    }

    /** The events after a sequence, oldest first, at most {@code limit}. */
    List<Event> after(long sequence, int limit) {
        lock.lock();
        try {
            if (sequence >= newest) {
                return List.of();
            }
            if (!recent.isEmpty() && recent.getFirst().sequence() <= sequence + 1) {
                return recent.stream()
                        .dropWhile(event -> event.sequence() <= sequence)
                        .limit(limit)
                        .toList();
            }
        } finally {
            lock.unlock();
        }
        return inventory.events(EventQuery.after(sequence, limit));
    }

    /** Waits until there is an event after a sequence, or the time is up. */
    void awaitAfter(long sequence, Duration timeout) throws InterruptedException {
        long leftNanos = timeout.toNanos();
        lock.lockInterruptibly();
        try {
            while (newest <= sequence && leftNanos > 0) {
                leftNanos = arrived.awaitNanos(leftNanos);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        subscription.close();
    }
}
