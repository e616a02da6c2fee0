package dev.sternpost.drs.placement;

import dev.sternpost.inventory.HostId;
import java.util.List;

/**
 * What placement thinks of one host.
 *
 * @param obstacles every reason why it will not do; empty when it will
 * @param score how full the host would be, lower is better; only meaningful without obstacles
 */
public record HostVerdict(HostId hostId, String hostName, List<String> obstacles, double score) {

    public HostVerdict {
        obstacles = List.copyOf(obstacles);
    }

    public boolean feasible() {
        return obstacles.isEmpty();
    }
}
