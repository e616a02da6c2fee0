package dev.sternpost.sim.kernel;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/** Carries messages between hosts: late, never, twice, and not at all where a link is cut. Each direction is a link of its own. */
public final class Network {
    private final Simulation simulation;
    private final Set<Long> cut = new HashSet<>();
    private double loss;
    private double doubled;
    private int delayMillisMax = 5;

    public Network(Simulation simulation) {
        this.simulation = simulation;
    }

    /** How bad it is: shares of messages, and the longest delay. */
    public void quality(double newLoss, double newDoubled, int newDelayMillisMax) {
        loss = newLoss;
        doubled = newDoubled;
        delayMillisMax = newDelayMillisMax;
    }

    private static long link(int from, int to) {
        return (long) from << Integer.SIZE | to;
    }

    /** Cuts one direction, or mends it. */
    public void cut(int from, int to, boolean isCut) {
        if (isCut) {
            cut.add(link(from, to));
        } else {
            cut.remove(link(from, to));
        }
    }

    /** Mends everything. */
    public void mend() {
        cut.clear();
    }

    public boolean isCut(int from, int to) {
        return cut.contains(link(from, to));
    }

    /** Delivers a message some time, perhaps. A link that is cut meanwhile loses what is on it. */
    public void send(int from, int to, Runnable deliver) {
        int copies = simulation.random().chance(doubled) ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            if (!isCut(from, to) && !simulation.random().chance(loss)) {
                simulation.after(Duration.ofMillis(simulation.random().between(0, delayMillisMax)), "message", () -> {
                    if (!isCut(from, to)) {
                        deliver.run();
                    }
                });
            }
        }
    }
}
