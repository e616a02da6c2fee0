package dev.sternpost.drs.placement;

import dev.sternpost.drs.layout.Footprint;
import dev.sternpost.drs.layout.HostNeeds;
import dev.sternpost.inventory.HostId;
import java.util.Map;
import java.util.Objects;

/**
 * A VM that comes.
 *
 * @param needs what of it decides which hosts it could ever go to
 * @param footprint what it takes where it goes
 * @param avoided hosts that will not do for a reason of the moment, with the reason as the end of a sentence about the host,
 *     such as "has a VM that rule spread keeps apart"
 * @param goal what is steered by
 */
public record Arrival(HostNeeds needs, Footprint footprint, Map<HostId, String> avoided, PlacementGoal goal) {
    public Arrival {
        Objects.requireNonNull(needs, "needs");
        Objects.requireNonNull(footprint, "footprint");
        avoided = Map.copyOf(avoided);
        Objects.requireNonNull(goal, "goal");
    }
}
