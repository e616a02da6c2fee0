package dev.sternpost.drs.placement;

import dev.sternpost.drs.layout.Footprint;
import dev.sternpost.drs.layout.HostNeeds;
import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.drs.snapshot.HostCondition;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostFacts;
import dev.sternpost.inventory.HostId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The host for one VM from what hosts have been promised, when nothing is known of demand: every virtual CPU counts as busy.
 * Memory is never promised twice; virtual CPUs may be, since time can be shared.
 */
public final class PlacementPlanner {
    /** Stands for a clock that a host has not told. */
    private static final int CPU_MHZ_UNKNOWN = 2_000;

    private final PlacementRequest request;
    private final HostNeeds needs;
    private final Map<HostId, String> avoided = new HashMap<>();
    private final List<DrsHost> hosts = new ArrayList<>();
    private final List<HostVerdict> verdicts = new ArrayList<>();

    private PlacementPlanner(PlacementRequest request) {
        this.request = request;
        this.needs = new HostNeeds(
                request.cpuCount(),
                List.of(request.datastoreId()),
                request.networkIds().stream().sorted().toList(),
                List.of());
    }

    public static Placement place(PlacementRequest request, Collection<HostLoad> loads) {
        List<HostVerdict> verdicts = new PlacementPlanner(request).verdicts(loads);
        return verdicts.stream()
                .filter(HostVerdict::feasible)
                .findFirst()
                .<Placement>map(best -> new Placement.Placed(best.hostId(), verdicts))
                .orElseGet(() -> new Placement.Unplaceable(verdicts));
    }

    private List<HostVerdict> verdicts(Collection<HostLoad> loads) {
        loads.forEach(load -> describe(load.host(), load.host().facts()));
        HostFleet fleet = new HostFleet(hosts, DrsPolicy.standard().contentionWeight());
        for (HostLoad load : loads) {
            HostFacts facts = load.host().facts();
            if (facts != null) {
                double cpu = (double) load.cpuCommitted() * cpuMhz(facts);
                long memory = load.memoryCommittedBytes();
                fleet.add(load.host().id(), new Footprint(cpu, memory, memory, 0));
            }
        }
        verdicts.addAll(fleet.verdicts(new Arrival(needs, footprint(), avoided, PlacementGoal.BALANCE)));
        verdicts.sort(HostVerdict.BEST_FIRST);
        return verdicts;
    }

    private Footprint footprint() {
        double mhz = hosts.stream()
                .mapToDouble(host -> (double) host.cpuMhz() / host.cpuCount())
                .average()
                .orElse(CPU_MHZ_UNKNOWN);
        return new Footprint(
                request.cpuCount() * mhz, request.memoryBytes(), request.memoryBytes() + DrsVm.OVERHEAD_BYTES, 0);
    }

    private void describe(Host host, @Nullable HostFacts facts) {
        List<String> reasons = new ArrayList<>();
        if (request.excludedHostIds().contains(host.id())) {
            reasons.add("is excluded");
        }
        if (!host.isConnected() && host.inMaintenance()) {
            reasons.add(HostCondition.MAINTENANCE.words());
        }
        if (facts == null) {
            DrsHost unknown = describe(host, Integer.MAX_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE);
            reasons.addAll(needs.reasons(unknown));
            reasons.add("has not reported its capacity yet");
            verdicts.add(new HostVerdict(host.id(), host.name(), reasons, false, Double.POSITIVE_INFINITY));
        } else {
            if (!reasons.isEmpty()) {
                avoided.put(host.id(), String.join(", ", reasons));
            }
            hosts.add(describe(host, facts.cpuCount(), (long) facts.cpuCount() * cpuMhz(facts), facts.memoryBytes()));
        }
    }

    private static DrsHost describe(Host host, int cpuCount, long cpuMhz, long memoryBytes) {
        HostCondition condition = !host.isConnected()
                ? HostCondition.UNREACHABLE
                : host.inMaintenance() ? HostCondition.MAINTENANCE : HostCondition.NORMAL;
        return new DrsHost(
                host.id(),
                host.name(),
                condition,
                cpuCount,
                cpuMhz,
                memoryBytes,
                host.datastoreIds(),
                host.networkIds());
    }

    private static int cpuMhz(HostFacts facts) {
        return facts.cpuMhz() == 0 ? CPU_MHZ_UNKNOWN : facts.cpuMhz();
    }
}
