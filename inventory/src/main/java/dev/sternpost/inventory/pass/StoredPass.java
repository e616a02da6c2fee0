package dev.sternpost.inventory.pass;

import dev.sternpost.inventory.ClusterId;
import java.time.Instant;
import java.util.Objects;

/**
 * A pass at a glance.
 *
 * @param number rises with each pass; never given out again
 * @param trigger why it was made, in words
 * @param recommendationCount how much it recommended
 * @param scoreBefore of the cluster, 0 to 100
 * @param scoreAfter when all that is recommended is done
 * @param stopped why there were no more moves, in words
 */
public record StoredPass(
        long number,
        ClusterId clusterId,
        Instant time,
        String trigger,
        int recommendationCount,
        double scoreBefore,
        double scoreAfter,
        String stopped) {
    public StoredPass {
        Objects.requireNonNull(clusterId, "clusterId");
        Objects.requireNonNull(time, "time");
        Objects.requireNonNull(trigger, "trigger");
        Objects.requireNonNull(stopped, "stopped");
    }

    /** A pass that has no number yet. */
    public StoredPass withNumber(long newNumber) {
        return new StoredPass(
                newNumber, clusterId, time, trigger, recommendationCount, scoreBefore, scoreAfter, stopped);
    }
}
