package dev.sternpost.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * A clock that stands still until told to go on, and runs what was scheduled on the way, in order of time and, at the
 * same instant, in the order it was scheduled. Everything runs on the thread that calls {@link #advance}.
 */
public final class VirtualClock extends Clock {
    /** A round instant to start at, so that golden logs read well. */
    public static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    /** Runs of one {@link #advance}; more means that something schedules itself without a delay. */
    static final int RUNS_MAX = 1_000_000;

    private record Timer(Instant at, long order, Runnable action) {}

    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparing(Timer::at).thenComparingLong(Timer::order));
    private volatile Instant now;
    private long scheduled;

    /** Starts at {@link #START}. */
    public VirtualClock() {
        this(START);
    }

    public VirtualClock(Instant start) {
        this.now = start;
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    /** The same clock: a virtual one knows only UTC. */
    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }

    /** Runs the action once the clock has been advanced by {@code delay}; a delay of zero means at the next advance. */
    public synchronized void schedule(Duration delay, Runnable action) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("cannot schedule in the past: " + delay);
        }
        timers.add(new Timer(now.plus(delay), scheduled++, action));
    }

    /** How many actions wait for their time. */
    public synchronized int pending() {
        return timers.size();
    }

    /** Moves time on, running each due action at its own instant, those that are scheduled meanwhile included. */
    public void advance(Duration by) {
        if (by.isNegative()) {
            throw new IllegalArgumentException("time does not run backwards: " + by);
        }
        Instant end = now.plus(by);
        for (int run = 0; run < RUNS_MAX; run++) {
            Runnable action = nextUntil(end);
            if (action == null) {
                now = end;
                return;
            }
            action.run();
        }
        throw new IllegalStateException("more than " + RUNS_MAX + " actions up to " + end + ", now at " + now);
    }

    private synchronized @Nullable Runnable nextUntil(Instant end) {
        Timer next = timers.peek();
        if (next == null || next.at().isAfter(end)) {
            return null;
        }
        timers.remove();
        now = next.at();
        return next.action();
    }
}
