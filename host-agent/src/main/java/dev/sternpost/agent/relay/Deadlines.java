package dev.sternpost.agent.relay;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Ends things that take too long. One thread for all; what it runs must not block. */
final class Deadlines implements AutoCloseable {

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("relay-deadlines").factory());

    /** Closes something after a time unless the future is cancelled before. */
    Future<?> closeAfter(Duration time, Closeable victim) {
        return timer.schedule(() -> closeQuietly(victim), time.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Repeats a check until the future is cancelled. */
    Future<?> every(Duration period, Runnable check) {
        return timer.scheduleWithFixedDelay(check, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    static void closeQuietly(Closeable victim) {
        try {
            victim.close();
        } catch (IOException e) {
            // It is gone either way.
        }
    }
}
