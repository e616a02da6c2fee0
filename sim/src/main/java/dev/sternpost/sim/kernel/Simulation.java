package dev.sternpost.sim.kernel;

import dev.sternpost.testkit.Generator;
import dev.sternpost.testkit.VirtualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Runs events in order of time and, at the same moment, in the order they were planned. */
public final class Simulation {
    private final long seed;
    private final VirtualClock clock = new VirtualClock();
    private final Generator random;
    private final Trace trace = new Trace();
    private final List<Invariant> invariants = new ArrayList<>();

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
        return Duration.between(VirtualClock.START, clock.instant()).toMillis();
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
        clock.schedule(delay, () -> {
            event.run();
            check(name);
        });
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
        clock.advance(time);
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
