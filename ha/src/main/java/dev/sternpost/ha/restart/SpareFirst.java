package dev.sternpost.ha.restart;

import dev.sternpost.ha.policy.MemberHost;
import dev.sternpost.ha.table.VmEntry;
import dev.sternpost.inventory.HostId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Starts on the hosts that are kept free for that what has room there, and the rest wherever there is room. When fewer find a host that way than
 * when all hosts are the same, all are.
 */
public final class SpareFirst implements RestartPlacement {
    private final RestartPlacement placement;

    /** @param placement chooses among the hosts it is given */
    public SpareFirst(RestartPlacement placement) {
        this.placement = Objects.requireNonNull(placement, "placement");
    }

    @Override
    public List<Choice> place(List<Request> requests, Fleet fleet) {
        TreeSet<HostId> spare = new TreeSet<>(fleet.usable());
        spare.removeIf(host -> {
            MemberHost member = fleet.config().hosts().get(host);
            return member == null || !member.spare();
        });
        if (spare.isEmpty() || spare.size() == fleet.usable().size()) {
            return placement.place(requests, fleet);
        }
        List<Choice> choices = new ArrayList<>(placement.place(requests, fleet.using(spare)));
        List<Integer> left = new ArrayList<>();
        TreeMap<HostId, List<VmEntry>> placed = new TreeMap<>();
        for (int i = 0; i < choices.size(); i++) {
            Request request = requests.get(i);
            if (choices.get(i) instanceof Choice.On on && !request.avoided().contains(on.hostId())) {
                placed.computeIfAbsent(on.hostId(), key -> new ArrayList<>())
                        .add(new VmEntry(request.vm().vmId(), 0, VmEntry.Phase.STARTING));
            } else {
                left.add(i);
            }
        }
        if (left.isEmpty()) {
            return choices;
        }
        List<Choice> others = placement.place(left.stream().map(requests::get).toList(), fleet.with(placed));
        for (int i = 0; i < left.size(); i++) {
            choices.set(left.get(i), others.get(i));
        }
        if (isWhole(choices)) {
            return choices;
        }
        List<Choice> alike = placement.place(requests, fleet);
        return placed(alike) > placed(choices) ? alike : choices;
    }

    @Override
    public boolean stands(List<Request> requests, List<HostId> chosen, Fleet fleet) {
        return placement.stands(requests, chosen, fleet);
    }

    private static boolean isWhole(List<Choice> choices) {
        return placed(choices) == choices.size();
    }

    private static long placed(List<Choice> choices) {
        return choices.stream().filter(Choice.On.class::isInstance).count();
    }
}
