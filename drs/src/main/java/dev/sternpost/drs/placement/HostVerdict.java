package dev.sternpost.drs.placement;

import dev.sternpost.inventory.HostId;
import java.util.Comparator;
import java.util.List;

/**
 * What placement thinks of one host.
 *
 * @param obstacles every reason why it will not do; empty when it will
 * @param disliked whether it will do but a rule that should be kept speaks against it
 * @param score how much harm the VM would do there, or, when packing, how much room would be left over; lower is better; only
 *     meaningful without obstacles
 */
public record HostVerdict(HostId hostId, String hostName, List<String> obstacles, boolean disliked, double score) {
    /** Those that will do first, then by liking, score and id. */
    static final Comparator<HostVerdict> BEST_FIRST = Comparator.comparing((HostVerdict verdict) -> !verdict.feasible())
            .thenComparing(HostVerdict::disliked)
            .thenComparingDouble(verdict -> verdict.feasible() ? verdict.score() : 0)
            .thenComparing(HostVerdict::hostId);

    public HostVerdict {
        obstacles = List.copyOf(obstacles);
    }

    public boolean feasible() {
        return obstacles.isEmpty();
    }

    /** The same with other reasons against it. */
    public HostVerdict withObstacles(List<String> newObstacles) {
        return new HostVerdict(hostId, hostName, newObstacles, disliked, score);
    }
}
