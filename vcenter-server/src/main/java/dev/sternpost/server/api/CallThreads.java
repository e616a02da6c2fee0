package dev.sternpost.server.api;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;

/**
 * A virtual thread for each piece of work, so many at once; those beyond wait for their turn. Kept threads that wait for work in a queue
 * cost more than new ones: what is timed is left to the pool this extends, and nothing else.
 */
final class CallThreads extends ScheduledThreadPoolExecutor {
    private final ThreadFactory threads = Thread.ofVirtual().name("api-", 0).factory();
    private final Semaphore running;

    CallThreads(int runningMax) {
        super(1, Thread.ofVirtual().name("api-timer-", 0).factory());
        running = new Semaphore(runningMax, true);
        setRemoveOnCancelPolicy(true);
    }

    @Override
    public void execute(Runnable work) {
        if (isShutdown()) {
            throw new RejectedExecutionException("calls are no longer answered");
        }
        threads.newThread(() -> {
                    running.acquireUninterruptibly();
                    try {
                        work.run();
                    } finally {
                        running.release();
                    }
                })
                .start();
    }
}
