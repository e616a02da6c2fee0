package dev.sternpost.task.kit;

import dev.sternpost.task.Surroundings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/** One thread, and time that jumps to the next timer when nothing is left to do. */
public final class KitLoop implements InstantSource {
    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
    private static final Duration LONGEST = Duration.ofDays(3);
    private static final int TURNS_MAX = 1_000_000;

    private record Timer(Instant at, long order, Runnable action) {}

    private final Deque<Runnable> ready = new ArrayDeque<>();
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparing(Timer::at).thenComparingLong(Timer::order));
    private Instant now = START;
    private long scheduled;

    @Override
    public Instant instant() {
        return now;
    }

    /** Where a runner lives that this loop drives. */
    public Surroundings surroundings() {
        return new Surroundings(ready::add, this, this::schedule);
    }

    /** Runs the action after a delay; the answer takes it back. */
    public Runnable schedule(Duration delay, Runnable action) {
        Timer timer = new Timer(now.plus(delay), scheduled++, action);
        timers.add(timer);
        return () -> timers.remove(timer);
    }

    /** Runs until the condition holds; fails when it does not within three days of this loop's time. */
    public void runUntil(String what, BooleanSupplier condition) {
        for (int turn = 0; turn < TURNS_MAX; turn++) {
            if (condition.getAsBoolean()) {
                return;
            }
            Runnable next = ready.poll();
            if (next == null) {
                Timer timer = timers.poll();
                if (timer == null || timer.at().isAfter(START.plus(LONGEST))) {
                    throw new AssertionError("nothing happens any more and still not: " + what);
                }
                now = timer.at();
                next = timer.action();
            }
            next.run();
        }
        throw new AssertionError("more than " + TURNS_MAX + " turns and still not: " + what);
    }

    /** What a process that dies takes with it: its work and its timers, not its time. */
    void forgetAll() {
        ready.clear();
        timers.clear();
    }
}
