package dev.sternpost.server.api;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Holds one value between a writer and a slower reader; a newer value replaces one that was not taken. */
final class Latest<T> {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private @Nullable T value;

    void put(T newer) {
        lock.lock();
        try {
            value = newer;
            arrived.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Takes the value, waiting for it; null when the time is up first. */
    @Nullable
    T take(Duration timeout) throws InterruptedException {
        long leftNanos = timeout.toNanos();
        lock.lockInterruptibly();
        try {
            while (value == null && leftNanos > 0) {
                leftNanos = arrived.awaitNanos(leftNanos);
            }
            T taken = value;
            value = null;
            return taken;
        } finally {
            lock.unlock();
        }
    }
}
