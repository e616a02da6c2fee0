package dev.sternpost.agent.operation;

import dev.sternpost.agent.engine.Tick;
import dev.sternpost.agent.relay.Go;
import java.util.List;

/**
 * The pause of a live migration as the guest saw it: the longest hole between two of its ticks across the move, all times
 * brought to the target's clock. It is at most one tick interval longer than the true pause.
 */
final class PauseMeter {

    private PauseMeter() {}

    /** Longest hole between neighbours of which the later one arrived after an instant; 0 for fewer than two ticks. */
    static long longestGapNanos(List<Tick> ticks, long afterNanoTime) {
        long longest = 0;
        for (int i = 1; i < ticks.size(); i++) {
            long arrival = ticks.get(i).arrivalNanoTime();
            if (arrival - afterNanoTime >= 0) {
                longest = Math.max(longest, arrival - ticks.get(i - 1).arrivalNanoTime());
            }
        }
        return longest;
    }

    /**
     * @param go what the source saw
     * @param ticks ticks that arrived at the target, at least one above {@link Go#lastTick()}
     */
    static double pauseMillis(Go go, List<Tick> ticks) {
        List<Tick> after =
                ticks.stream().filter(tick -> tick.sequence() > go.lastTick()).toList();
        long move = after.getFirst().arrivalNanoTime() - go.lastTickNanos();
        long longest = Math.max(Math.max(move, go.longestGapNanos()), longestGapNanos(after, go.lastTickNanos()));
        return longest / 1e6;
    }
}
