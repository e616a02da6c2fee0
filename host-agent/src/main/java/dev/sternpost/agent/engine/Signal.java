package dev.sternpost.agent.engine;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** Lets threads wait, with a bound, for something that another thread brings about. For engines. */
public final class Signal {

    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition raised = lock.newCondition();
    private volatile long raises;

    /** Wakes all who wait, to look again. */
    public void raise() {
        lock.lock();
        try {
            raises = raises + 1;
            raised.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until the condition holds. The condition may take its time, and may itself wait for what other threads do.
     *
     * @return whether it holds; false when the time is up or the thread was interrupted
     */
    public boolean await(Duration timeout, BooleanSupplier condition) {
        long deadline = System.nanoTime() + timeout.toNanos();
        try {
            while (true) {
                long seen = raises;
                if (condition.getAsBoolean()) {
                    return true;
                }
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                // Looks again now and then, for conditions that change without a signal.
                sleepUnlessRaised(seen, Math.min(left, LOOK_AGAIN_NANOS));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void sleepUnlessRaised(long seen, long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (raises == seen && left > 0) {
                left = raised.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }
}
