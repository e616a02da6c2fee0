package dev.sternpost.ha.restart;

import dev.sternpost.inventory.HostId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** The host with the most memory left, among those that did not fail with it lately if there is one. For hosts that have no planner at hand. */
public final class MostRoom implements RestartPlacement {
    @Override
    public List<Choice> place(List<Request> requests, Fleet fleet) {
        SortedMap<HostId, Fleet.Room> free = fleet.room();
        List<Choice> choices = new ArrayList<>();
        for (Request request : requests) {
            HostId host = best(request, free, false);
            host = host == null ? best(request, free, true) : host;
            if (host == null) {
                choices.add(new Choice.Nowhere("no host has %d MiB and %d MHz left"
                        .formatted(
                                request.vm().memoryBytes() >> 20, request.vm().cpuMhz())));
            } else {
                choices.add(new Choice.On(host));
                free.computeIfPresent(host, (key, room) -> room.less(request.vm()));
            }
        }
        return choices;
    }

    private static @Nullable HostId best(Request request, SortedMap<HostId, Fleet.Room> free, boolean alsoAvoided) {
        HostId best = null;
        long most = -1;
        for (Map.Entry<HostId, Fleet.Room> each : free.entrySet()) {
            Fleet.Room room = each.getValue();
            if (room.memoryBytes() > most
                    && room.holds(request.vm())
                    && (alsoAvoided || !request.avoided().contains(each.getKey()))) {
                most = room.memoryBytes();
                best = each.getKey();
            }
        }
        return best;
    }
}
