package dev.sternpost.sim.kernel;

import dev.sternpost.testkit.Generator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/** Runs events in order of time and, at the same moment, in the order they were planned. */
public final class Simulation {
    private final long seed;
    private final PriorityQueue<Planned> planned = new PriorityQueue<>();
    private final Generator random;
    private final Trace trace = new Trace();
    private final List<Invariant> invariants = new ArrayList<>();
    private long nowMillis;
    private long order;

    /** Events of one run; more means that something plans itself without a delay. */
    private static final int EVENTS_MAX = 1_000_000;

    private record Planned(long atMillis, long order, String name, Runnable event) implements Comparable<Planned> {
        @Override
        public int compareTo(Planned other) {
            int byTime = Long.compare(atMillis, other.atMillis);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    public Simulation(long seed) {
        this.seed = seed;
        this.random = new Generator(seed);
    }

    /** The only source of chance. */
    public Generator random() {
        return random;
    }

    public Trace trace() {
        return trace;
    }

    /** Milliseconds from the beginning. */
    public long millis() {
        return nowMillis;
    }

    /** Seconds from the beginning. */
    public long seconds() {
        return millis() / 1_000;
    }

    /** Writes a line into the trace. */
    public void say(String line) {
        trace.add(millis(), line);
    }

    /** Something that is to hold after every event from now on. */
    public void holds(Invariant invariant) {
        invariants.add(invariant);
    }

    /** Plans an event. */
    public void after(Duration delay, String name, Runnable event) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("cannot be planned in the past: " + name);
        }
        planned.add(new Planned(nowMillis + delay.toMillis(), order++, name, event));
    }

    /** Plans an event that comes again and again, first after one period. */
    public void every(Duration period, String name, Runnable event) {
        if (period.isZero()) {
            throw new IllegalArgumentException("an event that takes no time to come again: " + name);
        }
        after(period, name, () -> {
            event.run();
            every(period, name, event);
        });
    }

    /**
     * Lets time pass.
     *
     * @throws InvariantBrokenException after the first event that breaks one
     */
    public void run(Duration time) {
        long end = nowMillis + time.toMillis();
        for (int events = 0; events < EVENTS_MAX; events++) {
            Planned next = planned.peek();
            if (next == null || next.atMillis > end) {
                nowMillis = end;
                return;
            }
            planned.remove();
            nowMillis = next.atMillis;
            next.event.run();
            check(next.name);
        }
        throw new IllegalStateException(
                "more than " + EVENTS_MAX + " events up to " + end + " ms, now at " + nowMillis);
    }

    private void check(String event) {
        for (Invariant invariant : invariants) {
            invariant.breach().get().ifPresent(breach -> {
                throw new InvariantBrokenException("%s does not hold after \"%s\" at %d ms, seed %d: %s"
                        .formatted(invariant.name(), event, millis(), seed, breach));
            });
        }
    }
}
