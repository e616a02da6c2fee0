package dev.sternpost.sim.kernel;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A datastore that hosts share: named slots that are replaced as a whole, slowly at times. Operations of a stalled datastore wait; those of a
 * host whose path is cut fail, having happened or not. A write may be torn, a datastore full, and a read may show what was there a moment ago.
 */
public final class SharedDisk {
    /** How long an operation over a cut path takes to fail. */
    private static final int FAIL_MILLIS = 1_500;

    /** How long after a change a read may still show what was before. */
    private static final int STALE_MILLIS_MAX = 1_000;

    private record Slot(String content, String before, long changedMillis) {}

    /** How an operation ended. */
    public enum Outcome {
        DONE,
        FAILED
    }

    private final Simulation simulation;
    private final Map<String, Slot> slots = new HashMap<>();
    private final Set<Integer> cut = new HashSet<>();
    private final Set<Integer> torn = new HashSet<>();
    private long stalledUntilMillis;
    private boolean full;
    private double stale;
    private int delayMillisMax = 20;

    public SharedDisk(Simulation simulation) {
        this.simulation = simulation;
    }

    /** How slow it is, and what share of reads soon after a change show what was before. */
    public void quality(int newDelayMillisMax, double newStale) {
        delayMillisMax = newDelayMillisMax;
        stale = newStale;
    }

    /** Nothing gets on for a while. */
    public void stall(long millis) {
        stalledUntilMillis = Math.max(stalledUntilMillis, simulation.millis() + millis);
    }

    public void full(boolean isFull) {
        full = isFull;
    }

    /** A host does not get there, or does again. */
    public void cut(int host, boolean isCut) {
        if (isCut) {
            cut.add(host);
        } else {
            cut.remove(host);
        }
    }

    public boolean isCut(int host) {
        return cut.contains(host);
    }

    /** The next write of a host leaves half of what was there and half of what should be. */
    public void tearNextWriteOf(int host) {
        torn.add(host);
    }

    /** All is well from now on. */
    public void mend() {
        cut.clear();
        torn.clear();
        full = false;
        stalledUntilMillis = 0;
        quality(20, 0);
    }

    /** Reads a slot; the answer is empty when there is none, and null when the read failed. */
    public void read(int host, String name, Consumer<Optional<Optional<String>>> answer) {
        operate(host, "read", () -> Optional.of(look(name)), answer);
    }

    private Optional<String> look(String name) {
        Slot slot = slots.get(name);
        if (slot == null) {
            return Optional.empty();
        }
        boolean late = simulation.millis() < slot.changedMillis() + STALE_MILLIS_MAX
                && simulation.random().chance(stale);
        String shown = late ? slot.before() : slot.content();
        return shown.isEmpty() ? Optional.empty() : Optional.of(shown);
    }

    /** Replaces a slot; the answer is empty when that failed, though it may have happened. */
    public void write(int host, String name, String content, Consumer<Optional<Outcome>> answer) {
        operate(
                host,
                "write",
                () -> {
                    if (full && !slots.containsKey(name)) {
                        return Optional.of(Outcome.FAILED);
                    }
                    String before = slots.containsKey(name) ? slots.get(name).content() : "";
                    boolean tear = torn.remove(host);
                    String half = content.substring(0, content.length() / 2);
                    String rest = before.length() > half.length() ? before.substring(half.length()) : "";
                    slots.put(name, new Slot(tear ? half + rest : content, before, simulation.millis()));
                    return Optional.of(tear ? Outcome.FAILED : Outcome.DONE);
                },
                answer);
    }

    /** Something that happens at one moment between now and its answer; empty when its answer was lost on the way. */
    public <T> void operate(
            int host, String name, java.util.function.Supplier<Optional<T>> work, Consumer<Optional<T>> answer) {
        if (isCut(host)) {
            simulation.after(Duration.ofMillis(FAIL_MILLIS), name, () -> answer.accept(Optional.empty()));
            return;
        }
        long wait = Math.max(0, stalledUntilMillis - simulation.millis());
        int there = simulation.random().between(0, delayMillisMax / 2);
        int back = simulation.random().between(0, delayMillisMax / 2);
        simulation.after(Duration.ofMillis(wait + there), name, () -> {
            if (simulation.millis() < stalledUntilMillis) {
                operate(host, name, work, answer);
                return;
            }
            boolean lostThere = isCut(host);
            Optional<T> result = lostThere ? Optional.empty() : work.get();
            simulation.after(
                    Duration.ofMillis(lostThere ? FAIL_MILLIS : back),
                    name + " answered",
                    () -> answer.accept(isCut(host) ? Optional.empty() : result));
        });
    }
}
