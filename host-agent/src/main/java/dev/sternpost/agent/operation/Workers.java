package dev.sternpost.agent.operation;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that do an agent's operations, own ones and those of engine and relay that come in with news. Knows all of
 * them, so that after its end nothing of this agent writes to ledger or datastore any more.
 */
final class Workers implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Workers.class);

    private static final Duration END_WAIT_MAX = Duration.ofSeconds(5);

    private final Set<Thread> own = ConcurrentHashMap.newKeySet();
    private int visitors;
    private boolean closed;

    /**
     * Does work on a thread of its own, which is interrupted when this closes.
     *
     * @return false when this has closed, and then nothing is done
     */
    synchronized boolean start(String name, Runnable work) {
        if (closed) {
            return false;
        }
        Thread thread = Thread.ofVirtual().name(name).unstarted(() -> run(work));
        own.add(thread);
        thread.start();
        return true;
    }

    private void run(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            // The thread's edge. What is cut short by the end of the agent is taken up by the next one.
            if (isClosed()) {
                log.debug("{} was cut short", Thread.currentThread().getName(), e);
            } else {
                log.error("{} failed", Thread.currentThread().getName(), e);
            }
        } finally {
            synchronized (this) {
                own.remove(Thread.currentThread());
                notifyAll();
            }
        }
    }

    /**
     * Does work on the caller's thread, which is waited for when this closes, but not interrupted: it is not ours.
     *
     * @return what the work gave; empty when this has closed, and then nothing is done
     */
    <T> Optional<T> visit(Supplier<T> work) {
        synchronized (this) {
            if (closed) {
                return Optional.empty();
            }
            visitors++;
        }
        try {
            return Optional.of(work.get());
        } finally {
            synchronized (this) {
                visitors--;
                notifyAll();
            }
        }
    }

    /** Threads at work. */
    synchronized int count() {
        return own.size() + visitors;
    }

    /** Whether this agent is ending. */
    synchronized boolean isClosed() {
        return closed;
    }

    /** Lets nothing new begin, interrupts what is under way and waits for its end, within bounds. */
    @Override
    public synchronized void close() {
        closed = true;
        own.forEach(Thread::interrupt);
        long until = System.nanoTime() + END_WAIT_MAX.toNanos();
        try {
            for (long left = END_WAIT_MAX.toNanos(); count() > 0 && left > 0; left = until - System.nanoTime()) {
                wait(TimeUnit.NANOSECONDS.toMillis(left) + 1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (count() > 0) {
            Set<String> names = new TreeSet<>();
            own.forEach(thread -> names.add(thread.getName()));
            log.warn("{} threads do not come to their end: {} and {} of others", count(), names, visitors);
        }
    }
}
