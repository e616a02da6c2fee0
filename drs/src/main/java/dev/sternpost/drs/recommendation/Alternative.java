package dev.sternpost.drs.recommendation;

import dev.sternpost.inventory.HostId;
import java.util.List;

/**
 * A host that was passed over.
 *
 * @param gain what going there would have gained, in the units of {@link Recommendation#gain()}
 * @param reasons why not there; that another host is better when there is nothing else
 */
public record Alternative(HostId hostId, double gain, List<String> reasons) {
    public Alternative {
        reasons = List.copyOf(reasons);
    }
}
