package dev.sternpost.server.api;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Counts streams, and tells them that the server is going down, which they have to notice by themselves. */
final class OpenStreams implements AutoCloseable {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private int open;
    private volatile boolean closing;

    boolean closing() {
        return closing;
    }

    /** How many there are. */
    int open() {
        lock.lock();
        try {
            return open;
        } finally {
            lock.unlock();
        }
    }

    void add() {
        lock.lock();
        try {
            open++;
        } finally {
            lock.unlock();
        }
    }

    void remove() {
        lock.lock();
        try {
            open--;
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Asks all streams to end. */
    @Override
    public void close() {
        closing = true;
    }

    /** Waits until there is none, or the time is up; then false. */
    boolean awaitEnd(Duration timeout) {
        long leftNanos = timeout.toNanos();
        lock.lock();
        try {
            while (open > 0 && leftNanos > 0) {
                leftNanos = ended.awaitNanos(leftNanos);
            }
            return open == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }
}
