package dev.sternpost.ha.rehearsal;

import dev.sternpost.ha.policy.MemberHost;
import dev.sternpost.ha.policy.ProtectedVm;
import dev.sternpost.ha.policy.RestartPriority;
import dev.sternpost.ha.restart.Fleet;
import dev.sternpost.ha.restart.RestartPlacement;
import dev.sternpost.ha.restart.RestartPlacement.Choice;
import dev.sternpost.ha.restart.RestartPlacement.Request;
import dev.sternpost.ha.restart.SpareFirst;
import dev.sternpost.ha.table.VmEntry;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Hosts fail together, and nothing is done but to say what would be. */
public final class FailoverRehearsal {
    private FailoverRehearsal() {}

    /** What would start where if these hosts failed now, in the order of priorities and dependencies. */
    public static FailoverPlan plan(Layout layout, Set<HostId> failed, RestartPlacement placement) {
        TreeSet<HostId> usable = new TreeSet<>();
        for (MemberHost host : layout.config().hosts().values()) {
            if (host.open() && !failed.contains(host.hostId())) {
                usable.add(host.hostId());
            }
        }
        return plan(layout, failed, usable, placement);
    }

    /** Likewise with these hosts alone to start anything on. */
    public static FailoverPlan plan(Layout layout, Set<HostId> failed, Set<HostId> usable, RestartPlacement placement) {
        Map<HostId, Collection<VmEntry>> entries = new HashMap<>();
        TreeMap<VirtualMachineId, HostId> pending = new TreeMap<>();
        layout.running().forEach((vm, host) -> {
            if (failed.contains(host)) {
                pending.put(vm, host);
            } else {
                put(entries, host, vm);
            }
        });
        List<FailoverPlan.Start> starts = new ArrayList<>();
        List<FailoverPlan.Stranded> stranded = new ArrayList<>();
        List<ProtectedVm> order = new ArrayList<>();
        List<Integer> waves = new ArrayList<>();
        TreeMap<VirtualMachineId, HostId> left = new TreeMap<>(pending);
        for (int wave = 1; !left.isEmpty(); wave++) {
            for (ProtectedVm vm : wave(layout, left)) {
                left.remove(vm.vmId());
                order.add(vm);
                waves.add(wave);
            }
        }
        // All choose together, as they do when it happens.
        List<Request> requests =
                order.stream().map(vm -> new Request(vm, new TreeSet<>())).toList();
        Fleet fleet = new Fleet(layout.config(), new TreeSet<>(usable), new TreeMap<>(), new TreeMap<>(entries));
        List<Choice> choices = requests.isEmpty() ? List.of() : new SpareFirst(placement).place(requests, fleet);
        for (int i = 0; i < choices.size(); i++) {
            ProtectedVm vm = order.get(i);
            HostId from = Objects.requireNonNull(pending.get(vm.vmId()));
            switch (choices.get(i)) {
                case Choice.On on ->
                    starts.add(new FailoverPlan.Start(vm.vmId(), from, on.hostId(), vm.priority(), waves.get(i)));
                case Choice.Nowhere nowhere ->
                    stranded.add(new FailoverPlan.Stranded(vm.vmId(), from, vm.priority(), nowhere.reason()));
            }
        }
        return new FailoverPlan(starts, stranded);
    }

    private static void put(Map<HostId, Collection<VmEntry>> entries, HostId host, VirtualMachineId vm) {
        entries.computeIfAbsent(host, key -> new ArrayList<>()).add(new VmEntry(vm, 1, VmEntry.Phase.RUNNING));
    }

    /** The most important of those that wait for no other; all of them if they wait for each other in a circle. */
    private static List<ProtectedVm> wave(Layout layout, Map<VirtualMachineId, HostId> pending) {
        List<ProtectedVm> free = new ArrayList<>();
        List<ProtectedVm> all = new ArrayList<>();
        RestartPriority open = RestartPriority.LOWEST;
        for (VirtualMachineId id : pending.keySet()) {
            ProtectedVm vm = Objects.requireNonNull(layout.config().vms().get(id));
            all.add(vm);
            if (vm.dependsOn().stream().noneMatch(pending::containsKey)) {
                free.add(vm);
                open = vm.priority().compareTo(open) < 0 ? vm.priority() : open;
            }
        }
        RestartPriority most = open;
        free.removeIf(vm -> vm.priority() != most);
        List<ProtectedVm> wave = free.isEmpty() ? all : free;
        wave.sort(
                Comparator.comparingLong((ProtectedVm vm) -> -vm.memoryBytes()).thenComparing(ProtectedVm::vmId));
        return wave;
    }
}
