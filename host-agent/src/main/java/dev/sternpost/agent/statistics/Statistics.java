package dev.sternpost.agent.statistics;

import dev.sternpost.agent.engine.HypervisorEngine;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a round at each interval and keeps what it finds. */
public final class Statistics implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Statistics.class);

    /** The field's usual interval; the server may say another one. */
    static final Duration INTERVAL_DEFAULT = Duration.ofSeconds(20);

    private static final Duration INTERVAL_MIN = Duration.ofMillis(100);
    private static final Duration INTERVAL_MAX = Duration.ofMinutes(5);

    private final Sampler sampler;
    private final StatisticsLog reports = new StatisticsLog();
    private final Thread thread = Thread.ofVirtual().name("statistics").unstarted(this::run);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition intervalChanged = lock.newCondition();
    private volatile Runnable listener = () -> {};
    private Duration interval = INTERVAL_DEFAULT;

    public Statistics(HypervisorEngine engine) {
        this.sampler = new Sampler(engine, new HostMeterReader());
    }

    public void start() {
        thread.start();
    }

    /** What was found. */
    public StatisticsLog reports() {
        return reports;
    }

    /** Called after each round, on a thread of its own; must not block. */
    public void listen(Runnable whenRoundEnded) {
        listener = whenRoundEnded;
    }

    /** Makes intervals this long from now on, within 100 ms and 5 minutes. */
    public void interval(Duration wanted) {
        lock.lock();
        try {
            Duration next = wanted.compareTo(INTERVAL_MIN) < 0 ? INTERVAL_MIN : wanted;
            next = next.compareTo(INTERVAL_MAX) > 0 ? INTERVAL_MAX : next;
            if (!next.equals(interval)) {
                interval = next;
                intervalChanged.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        long lastEpochMillis = 0;
        long dueNanoTime = System.nanoTime();
        try {
            while (true) {
                // Names must rise even when somebody sets the clock back.
                lastEpochMillis = Math.max(lastEpochMillis + 1, System.currentTimeMillis());
                round(lastEpochMillis);
                dueNanoTime = await(dueNanoTime);
            }
        } catch (InterruptedException e) {
            log.debug("no more statistics");
        }
    }

    private void round(long epochMillis) throws InterruptedException {
        try {
            sampler.round(epochMillis).ifPresent(reports::add);
            listener.run();
        } catch (RuntimeException e) {
            // One round that fails must not end them all.
            log.error("a round of statistics failed", e);
        }
    }

    /** Waits for the next beat; beats that were missed are left out. */
    private long await(long lastDueNanoTime) throws InterruptedException {
        lock.lock();
        try {
            while (true) {
                long due = Math.max(lastDueNanoTime + interval.toNanos(), System.nanoTime());
                long left = due - System.nanoTime();
                if (left <= 0 || intervalChanged.awaitNanos(left) <= 0) {
                    return due;
                }
            }
        } finally {
            lock.unlock();
        }
    }
}
