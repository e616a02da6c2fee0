package dev.sternpost.server.work;

import dev.sternpost.task.Surroundings;
import dev.sternpost.task.TaskRunner;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The threads that tasks run on: a virtual one for each piece of work, one real one for timers. */
public final class TaskLoop implements AutoCloseable {
    private static final Duration TICK = Duration.ofSeconds(1);

    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("task-timer").daemon().factory());

    public TaskLoop() {
        timers.setRemoveOnCancelPolicy(true);
        timers.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Where a runner of this loop lives. */
    public Surroundings surroundings() {
        return new Surroundings(executor, InstantSource.system(), (delay, action) -> {
            ScheduledFuture<?> timer =
                    timers.schedule(() -> executor.execute(action), delay.toNanos(), TimeUnit.NANOSECONDS);
            return () -> timer.cancel(false);
        });
    }

    /** Starts the runner and ticks it from now on. */
    public void run(TaskRunner runner) {
        runner.start();
        timers.scheduleWithFixedDelay(
                () -> executor.execute(runner::tick), TICK.toNanos(), TICK.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        timers.shutdownNow();
        executor.shutdown();
    }
}
