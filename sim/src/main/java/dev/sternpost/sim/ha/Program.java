package dev.sternpost.sim.ha;

import dev.sternpost.ha.port.Input;
import java.util.ArrayDeque;
import java.util.function.LongFunction;

/** A process: runs, is paused, or is gone. What comes while it is paused waits for it. */
final class Program {
    /** Inputs that wait; more means that something repeats itself. */
    private static final int WAITING_MAX = 20_000;

    final ArrayDeque<LongFunction<Input>> waiting = new ArrayDeque<>();
    boolean up;
    long pausedUntilMillis;

    /** Rises with each start: what was meant for an earlier one does not reach it. */
    int life;

    void ends() {
        up = false;
        life++;
        waiting.clear();
        pausedUntilMillis = 0;
    }

    void begins() {
        up = true;
        life++;
    }

    void await(LongFunction<Input> input) {
        if (waiting.size() >= WAITING_MAX) {
            throw new IllegalStateException("more than " + WAITING_MAX + " inputs wait for a process");
        }
        waiting.add(input);
    }
}
