package dev.sternpost.ha.coordinator;

import dev.sternpost.ha.message.Message;
import dev.sternpost.ha.policy.ClusterConfig;
import dev.sternpost.inventory.HostId;
import java.util.Collections;
import java.util.SortedMap;

/**
 * What the host machine knows that the coordinator's machine needs.
 *
 * @param term of this host's coordinator lease; negative when it does not hold it
 * @param heard the last heartbeat of each host that was heard lately, this host's own among them
 */
public record Surroundings(HostId self, ClusterConfig config, long term, SortedMap<HostId, Message.Heartbeat> heard) {
    public Surroundings {
        heard = Collections.unmodifiableSortedMap(heard);
    }

    boolean isCoordinator() {
        return term >= 0;
    }
}
