package dev.sternpost.drs.placement;

import dev.sternpost.drs.layout.ClusterLayout;
import dev.sternpost.drs.search.HostSearch;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;

/**
 * Hosts for VMs that are powered on or restarted together, with the rules of their cluster. The large ones choose first, since the small
 * ones fit in what is left (first fit decreasing); VMs that are kept together are placed as one.
 */
public final class BatchPlanner {
    private BatchPlanner() {}

    /**
     * @param waves VMs of the snapshot that do not run: a whole wave chooses before the next, such as those of a higher
     *     restart priority
     * @throws IllegalArgumentException when one of them runs or is not in the snapshot
     */
    public static BatchPlacement place(
            DrsSnapshot snapshot, DrsPolicy policy, List<? extends List<VirtualMachineId>> waves) {
        ClusterLayout layout = layout(snapshot, policy, waves);
        List<BatchPlacement.VmPlacement> placements = new ArrayList<>();
        decide(layout, waves, unit -> decide(layout, unit, placements));
        return new BatchPlacement(placements);
    }

    /**
     * The same hosts, quicker: for many at once, when nobody asks what was wrong with the others.
     *
     * @throws IllegalArgumentException as {@link #place}
     */
    public static FoundHosts hosts(
            DrsSnapshot snapshot, DrsPolicy policy, List<? extends List<VirtualMachineId>> waves) {
        ClusterLayout layout = layout(snapshot, policy, waves);
        Map<VirtualMachineId, HostId> hosts = new HashMap<>();
        Map<VirtualMachineId, String> reasons = new HashMap<>();
        decide(layout, waves, unit -> {
            int host = HostSearch.best(layout, unit);
            String reason = host < 0 ? HostSearch.whyNowhere(layout, unit) : "";
            for (DrsVm vm : layout.vmsOf(unit)) {
                if (host < 0) {
                    reasons.put(vm.id(), reason);
                } else {
                    hosts.put(vm.id(), layout.host(host).id());
                }
            }
            if (host >= 0) {
                layout.move(unit, host);
            }
        });
        return new FoundHosts(hosts, reasons);
    }

    private static ClusterLayout layout(
            DrsSnapshot snapshot, DrsPolicy policy, List<? extends List<VirtualMachineId>> waves) {
        Set<VirtualMachineId> arrivals = new HashSet<>();
        for (List<VirtualMachineId> wave : waves) {
            for (VirtualMachineId vm : wave) {
                if (snapshot.vm(vm).poweredOn() || !arrivals.add(vm)) {
                    throw new IllegalArgumentException(vm + " runs, or comes twice");
                }
            }
        }
        return ClusterLayout.of(snapshot, policy, arrivals);
    }

    private static void decide(
            ClusterLayout layout, List<? extends List<VirtualMachineId>> waves, IntConsumer decision) {
        boolean[] decided = new boolean[layout.unitCount()];
        for (List<VirtualMachineId> wave : waves) {
            wave.stream()
                    .map(layout::unitOf)
                    .distinct()
                    .sorted(Comparator.comparingDouble((Integer unit) -> -size(layout, unit))
                            .thenComparing(Comparator.naturalOrder()))
                    .forEach(unit -> {
                        if (!decided[unit]) {
                            decided[unit] = true;
                            decision.accept(unit);
                        }
                    });
        }
    }

    private static double size(ClusterLayout layout, int unit) {
        return Math.max(
                layout.memoryCommitted(unit) / layout.hosts().memoryMean(),
                layout.cpu(unit) / layout.hosts().cpuMean());
    }

    private static void decide(ClusterLayout layout, int unit, List<BatchPlacement.VmPlacement> into) {
        int host = HostSearch.best(layout, unit);
        List<HostVerdict> verdicts = verdicts(layout, unit);
        Placement placement = host < 0
                ? new Placement.Unplaceable(verdicts)
                : new Placement.Placed(layout.host(host).id(), verdicts);
        for (DrsVm vm : layout.vmsOf(unit)) {
            into.add(new BatchPlacement.VmPlacement(vm.id(), placement));
        }
        if (host >= 0) {
            layout.move(unit, host);
        }
    }

    private static List<HostVerdict> verdicts(ClusterLayout layout, int unit) {
        List<HostVerdict> verdicts = new ArrayList<>(layout.hosts().count());
        for (int host = 0; host < layout.hosts().count(); host++) {
            boolean fits = layout.fits(unit, host);
            verdicts.add(new HostVerdict(
                    layout.host(host).id(),
                    layout.host(host).name(),
                    fits ? List.of() : layout.reasons(unit, host),
                    fits && layout.disliked(unit, host),
                    HostSearch.harm(layout, unit, host)));
        }
        verdicts.sort(HostVerdict.BEST_FIRST);
        return verdicts;
    }
}
