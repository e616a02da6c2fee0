package dev.sternpost.server.migration;

import dev.sternpost.inventory.HostId;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * How many live migrations each host has to do with, coming and leaving. What moves VMs by itself leaves the hosts time for their guests;
 * who asks for a migration by hand is not held up by it. Not safe for use from several threads.
 */
public final class Lanes {
    /** Most migrations that come to or leave a host at once, when nobody in particular asks for them. */
    public static final int PER_HOST_MAX = 2;

    private final Map<HostId, Integer> used = new HashMap<>();

    /** @param underWay what goes on already */
    public Lanes(Collection<MoveUnderWay> underWay) {
        underWay.forEach(move -> take(move.from(), move.to()));
    }

    public boolean free(HostId from, HostId to) {
        return used.getOrDefault(from, 0) < PER_HOST_MAX && used.getOrDefault(to, 0) < PER_HOST_MAX;
    }

    public void take(HostId from, HostId to) {
        used.merge(from, 1, Integer::sum);
        if (!to.equals(from)) {
            used.merge(to, 1, Integer::sum);
        }
    }
}
