package dev.sternpost.drs.placement;

import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostFacts;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Chooses the host that is least full afterwards. Memory is never promised twice; virtual CPUs may be, since time can be
 * shared. The score is the sum of squares of the two loads after the placement, which prefers hosts that are short of
 * neither (Gulati et al., VMware distributed resource management, 2012, measure balance the same way).
 */
public final class PlacementPlanner {

    /** What QEMU takes besides the guest's memory. */
    private static final long OVERHEAD_BYTES = 64L << 20;

    private PlacementPlanner() {}

    public static Placement place(PlacementRequest request, Collection<HostLoad> hosts) {
        List<HostVerdict> verdicts = hosts.stream()
                .map(load -> verdict(request, load))
                .sorted(Comparator.comparing((HostVerdict verdict) -> !verdict.feasible())
                        .thenComparingDouble(HostVerdict::score)
                        .thenComparing(HostVerdict::hostId))
                .toList();
        return verdicts.stream()
                .filter(HostVerdict::feasible)
                .findFirst()
                .<Placement>map(best -> new Placement.Placed(best.hostId(), verdicts))
                .orElseGet(() -> new Placement.Unplaceable(verdicts));
    }

    private static HostVerdict verdict(PlacementRequest request, HostLoad load) {
        Host host = load.host();
        List<String> obstacles = new ArrayList<>();
        if (request.excludedHostIds().contains(host.id())) {
            obstacles.add("is excluded");
        }
        if (!host.isConnected()) {
            obstacles.add("is not connected");
        }
        if (host.inMaintenance()) {
            obstacles.add("is in maintenance mode");
        }
        if (!host.datastoreIds().contains(request.datastoreId())) {
            obstacles.add("does not see datastore " + request.datastoreId().value());
        }
        request.networkIds().stream()
                .filter(network -> !host.networkIds().contains(network))
                .sorted()
                .forEach(network -> obstacles.add("does not have network " + network.value()));
        HostFacts facts = host.facts();
        if (facts == null) {
            obstacles.add("has not reported its capacity yet");
            return new HostVerdict(host.id(), host.name(), obstacles, Double.POSITIVE_INFINITY);
        }
        addCapacityObstacles(request, load, facts, obstacles);
        return new HostVerdict(host.id(), host.name(), obstacles, score(request, load, facts));
    }

    private static void addCapacityObstacles(
            PlacementRequest request, HostLoad load, HostFacts facts, List<String> obstacles) {
        if (request.cpuCount() > facts.cpuCount()) {
            obstacles.add("has %d CPUs, the VM wants %d".formatted(facts.cpuCount(), request.cpuCount()));
        }
        long needed = request.memoryBytes() + OVERHEAD_BYTES;
        long left = facts.memoryBytes() - load.memoryCommittedBytes();
        if (needed > left) {
            obstacles.add(String.format(
                    Locale.ROOT,
                    "has %d MiB of memory left, the VM needs %d MiB",
                    Math.max(0, left) >> 20,
                    needed >> 20));
        }
    }

    private static double score(PlacementRequest request, HostLoad load, HostFacts facts) {
        double memory = (double) (load.memoryCommittedBytes() + request.memoryBytes()) / facts.memoryBytes();
        double cpu = (double) (load.cpuCommitted() + request.cpuCount()) / facts.cpuCount();
        return memory * memory + cpu * cpu;
    }
}
