package dev.sternpost.server;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what has to be done now and then: removing what has expired, renewing what soon will. */
final class Housekeeping implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Housekeeping.class);

    /** Something small that may be done at any time, and again. */
    record Chore(String name, Duration interval, Runnable work) {}

    private final List<Chore> chores;

    /** Two, so that a slow chore does not hold up the quick ones. */
    private final ScheduledThreadPoolExecutor threads = new ScheduledThreadPoolExecutor(
            2, Thread.ofPlatform().daemon().name("housekeeping").factory());

    Housekeeping(List<Chore> chores) {
        this.chores = List.copyOf(chores);
    }

    void start() {
        for (Chore chore : chores) {
            long millis = chore.interval().toMillis();
            threads.scheduleWithFixedDelay(() -> run(chore), millis, millis, TimeUnit.MILLISECONDS);
        }
    }

    // Wide on purpose: a chore that fails is tried again at its next time.
    private static void run(Chore chore) {
        try {
            chore.work().run();
        } catch (RuntimeException e) {
            log.warn("{} failed and is tried again later", chore.name(), e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
