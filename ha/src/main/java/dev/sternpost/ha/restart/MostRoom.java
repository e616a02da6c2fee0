package dev.sternpost.ha.restart;

import dev.sternpost.inventory.HostId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The host with the most memory left, among those that did not fail with it lately if there is one. Where that leaves somebody without a host, the
 * large ones choose first, each the host that it fills most, if that places all. For hosts that have no planner at hand.
 */
public final class MostRoom implements RestartPlacement {
    @Override
    public List<Choice> place(List<Request> requests, Fleet fleet) {
        List<Integer> given = IntStream.range(0, requests.size()).boxed().toList();
        List<Choice> spread = place(requests, given, fleet.room(), false);
        if (isWhole(spread)) {
            return spread;
        }
        List<Integer> largeFirst = new ArrayList<>(given);
        largeFirst.sort(
                Comparator.comparingLong(index -> -requests.get(index).vm().memoryBytes()));
        List<Choice> packed = place(requests, largeFirst, fleet.room(), true);
        // Those that come first must not lose their place for a plan that leaves somebody out all the same.
        return isWhole(packed) ? packed : spread;
    }

    private static boolean isWhole(List<Choice> choices) {
        return choices.stream().allMatch(Choice.On.class::isInstance);
    }

    private static List<Choice> place(
            List<Request> requests, List<Integer> order, SortedMap<HostId, Fleet.Room> free, boolean tight) {
        Choice[] choices = new Choice[requests.size()];
        for (int index : order) {
            Request request = requests.get(index);
            HostId host = best(request, free, tight, false);
            host = host == null ? best(request, free, tight, true) : host;
            if (host == null) {
                choices[index] = new Choice.Nowhere("no host has %d MiB and %d MHz left"
                        .formatted(
                                request.vm().memoryBytes() >> 20, request.vm().cpuMhz()));
            } else {
                choices[index] = new Choice.On(host);
                free.computeIfPresent(host, (key, room) -> room.less(request.vm()));
            }
        }
        return List.of(choices);
    }

    private static @Nullable HostId best(
            Request request, SortedMap<HostId, Fleet.Room> free, boolean tight, boolean alsoAvoided) {
        HostId best = null;
        long bestBytes = 0;
        for (Map.Entry<HostId, Fleet.Room> each : free.entrySet()) {
            Fleet.Room room = each.getValue();
            long bytes = tight ? -room.memoryBytes() : room.memoryBytes();
            if ((best == null || bytes > bestBytes)
                    && room.holds(request.vm())
                    && (alsoAvoided || !request.avoided().contains(each.getKey()))) {
                bestBytes = bytes;
                best = each.getKey();
            }
        }
        return best;
    }
}
