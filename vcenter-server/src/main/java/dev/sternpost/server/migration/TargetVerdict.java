package dev.sternpost.server.migration;

import dev.sternpost.inventory.HostId;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether a VM could go to a host.
 *
 * @param obstacles why not, each with what would help; empty when it could
 * @param notes what would be different there that nobody asked for
 */
public record TargetVerdict(HostId hostId, String hostName, List<String> obstacles, List<String> notes) {
    public TargetVerdict {
        obstacles = List.copyOf(obstacles);
        notes = List.copyOf(notes);
    }

    TargetVerdict with(String obstacle) {
        List<String> more = new ArrayList<>(obstacles);
        more.add(obstacle);
        return new TargetVerdict(hostId, hostName, more, notes);
    }
}
