package dev.sternpost.task;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.Executor;

/**
 * Where a {@link TaskRunner} lives: threads and real time in a server, one thread and a virtual clock in a simulation.
 *
 * @param executor runs short pieces of work, which may block on the store; never on the caller's stack
 */
public record Surroundings(Executor executor, InstantSource clock, Timers timers) {
    public Surroundings {
        Objects.requireNonNull(executor);
        Objects.requireNonNull(clock);
        Objects.requireNonNull(timers);
    }

    /** Runs things later. */
    @FunctionalInterface
    public interface Timers {
        /** Runs the action after the delay, anywhere; the answer takes it back if it has not run. */
        Runnable schedule(Duration delay, Runnable action);
    }
}
