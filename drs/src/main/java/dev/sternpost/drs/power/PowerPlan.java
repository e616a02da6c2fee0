package dev.sternpost.drs.power;

import dev.sternpost.inventory.HostId;
import java.util.List;

/**
 * What one look at a cluster's power came to.
 *
 * @param advice either hosts to wake or hosts to put into stand-by, in the order in which it is to be done
 * @param kept why hosts stay as they are that might have been changed, in the order of ids
 * @param stopped why there is no more advice, in words
 */
public record PowerPlan(List<PowerAdvice> advice, List<Kept> kept, String stopped) {
    public PowerPlan {
        advice = List.copyOf(advice);
        kept = List.copyOf(kept);
    }

    /**
     * A host that stays as it is.
     *
     * @param reason why, as the end of a sentence about the host
     */
    public record Kept(HostId hostId, String reason) {}
}
