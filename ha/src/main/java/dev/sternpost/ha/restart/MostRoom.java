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
        SortedMap<HostId, Long> free = fleet.memoryFree();
        List<Choice> choices = new ArrayList<>();
        for (Request request : requests) {
            HostId host = best(request, free, false);
            host = host == null ? best(request, free, true) : host;
            if (host == null) {
                choices.add(new Choice.Nowhere("no host has " + (request.vm().memoryBytes() >> 20) + " MiB left"));
            } else {
                choices.add(new Choice.On(host));
                free.merge(host, -request.vm().memoryBytes(), Long::sum);
            }
        }
        return choices;
    }

    private static @Nullable HostId best(Request request, SortedMap<HostId, Long> free, boolean alsoAvoided) {
        HostId best = null;
        long most = request.vm().memoryBytes() - 1;
        for (Map.Entry<HostId, Long> each : free.entrySet()) {
            if (each.getValue() > most && (alsoAvoided || !request.avoided().contains(each.getKey()))) {
                most = each.getValue();
                best = each.getKey();
            }
        }
        return best;
    }
}
