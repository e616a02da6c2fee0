package dev.sternpost.server.ha;

import dev.sternpost.drs.rule.Rule;
import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.DatastoreId;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.server.cluster.PlannedRules;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** What restarts must keep to: the rules of the cluster, and that a virtual machine starts only where its files are seen. */
final class HaRules {
    private HaRules() {}

    static List<Rule> of(InventorySnapshot snapshot, Cluster cluster) {
        List<Rule> rules = new ArrayList<>(PlannedRules.of(snapshot, cluster));
        TreeMap<DatastoreId, List<VirtualMachineId>> files = new TreeMap<>();
        for (VirtualMachine vm : HaContents.protectedVms(snapshot, cluster)) {
            files.computeIfAbsent(vm.datastoreId(), id -> new ArrayList<>()).add(vm.id());
        }
        List<Host> members = HaContents.members(snapshot, cluster);
        files.forEach((datastore, vms) -> {
            List<HostId> seenBy = members.stream()
                    .filter(host -> host.datastoreIds().contains(datastore))
                    .map(Host::id)
                    .toList();
            if (!seenBy.isEmpty() && seenBy.size() < members.size()) {
                String name = snapshot.find(datastore).map(ManagedObject::name).orElse(datastore.value());
                rules.add(new Rule.VmHost(
                        "files on " + name, true, Rule.Affinity.RUN_ON, Rule.Strength.MUST, vms, seenBy));
            }
        });
        return rules;
    }

    /** Whether any of these hosts but its own could start it. */
    static boolean isSeenElsewhere(InventorySnapshot snapshot, VirtualMachine vm, Iterable<HostId> hosts) {
        for (HostId id : hosts) {
            boolean sees = snapshot.find(id)
                    .filter(host -> host.datastoreIds().contains(vm.datastoreId()))
                    .isPresent();
            if (sees && !id.equals(vm.hostId())) {
                return true;
            }
        }
        return false;
    }
}
