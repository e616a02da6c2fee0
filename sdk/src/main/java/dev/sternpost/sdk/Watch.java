package dev.sternpost.sdk;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A running watch. It ends by {@link #close}, or when the server refuses it for good. */
public final class Watch implements AutoCloseable {
    private static final long CLOSE_WAIT_MILLIS = 2_000;

    private final Thread thread;
    private final CompletableFuture<Void> end = new CompletableFuture<>();

    private Watch(String name, Runnable loop) {
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(() -> run(loop));
    }

    static Watch start(String name, Runnable loop) {
        Watch watch = new Watch(name, loop);
        watch.thread.start();
        return watch;
    }

    private void run(Runnable loop) {
        try {
            loop.run();
            end.complete(null);
        } catch (CancellationException e) {
            end.complete(null);
        } catch (RuntimeException | Error e) {
            // Whoever waits for the end is told; a handler's own failure ends its watch too.
            end.completeExceptionally(e);
        }
    }

    /**
     * Returns when the watch has ended.
     *
     * @return why it ended by itself; empty when it was closed or the time is up first
     */
    public Optional<RuntimeException> awaitEnd(Duration timeout) throws InterruptedException {
        try {
            end.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return Optional.empty();
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            return Optional.of(cause instanceof RuntimeException known ? known : new IllegalStateException(cause));
        }
    }

    /** Whether it still follows. */
    public boolean isActive() {
        return !end.isDone();
    }

    /** Ends the watch; the handler is not called any more when this returns, unless it does not return itself. */
    @Override
    public void close() {
        thread.interrupt();
        if (Thread.currentThread().equals(thread)) {
            return;
        }
        try {
            thread.join(CLOSE_WAIT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
