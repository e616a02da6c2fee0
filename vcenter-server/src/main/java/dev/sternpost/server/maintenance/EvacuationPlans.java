package dev.sternpost.server.maintenance;

import dev.sternpost.drs.maintenance.EvacuationOptions;
import dev.sternpost.drs.maintenance.EvacuationPlan;
import dev.sternpost.drs.maintenance.EvacuationPlanner;
import dev.sternpost.drs.snapshot.AutomationLevel;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.server.drs.PassInput;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Asks the planner how a host is emptied or filled again, as things stand now. */
final class EvacuationPlans {
    private final Inventory inventory;
    private final PassInput input;

    EvacuationPlans(Inventory inventory, PassInput input) {
        this.inventory = inventory;
        this.input = input;
    }

    Inventory inventory() {
        return inventory;
    }

    /** A host that stands alone has nowhere to move VMs to: its plan has every running VM blocked. */
    EvacuationPlan evacuation(MaintenanceInput wanted) {
        InventorySnapshot snapshot = inventory.snapshot();
        HostId hostId = new HostId(wanted.hostId());
        Optional<Cluster> cluster = snapshot.clusterOf(hostId);
        Optional<DrsSnapshot> now =
                cluster.map(its -> input.forEvacuation(snapshot, its)).filter(its -> knows(its, hostId));
        if (cluster.isEmpty() || now.isEmpty()) {
            return alone(snapshot, snapshot.get(hostId), wanted);
        }
        EvacuationOptions options = new EvacuationOptions(Evacuations.AT_ONCE, wanted.movePoweredOff());
        return EvacuationPlanner.plan(now.get(), policy(cluster.get()), hostId, options);
    }

    /** A person has asked for these moves: how much is left to load balancing does not matter. */
    private DrsPolicy policy(Cluster cluster) {
        return input.policy(cluster).withAutomation(AutomationLevel.FULLY_AUTOMATED);
    }

    private static boolean knows(DrsSnapshot snapshot, HostId hostId) {
        return snapshot.hosts().stream().anyMatch(host -> host.id().equals(hostId));
    }

    private static EvacuationPlan alone(InventorySnapshot snapshot, Host host, MaintenanceInput wanted) {
        Set<String> left = Set.copyOf(Evacuations.left(snapshot, wanted));
        List<EvacuationPlan.BlockedVm> blocked = snapshot.vmsOn(host.id()).stream()
                .filter(vm -> left.contains(vm.name()))
                .map(vm -> new EvacuationPlan.BlockedVm(
                        vm.id(), "%s has no other host to move it to.".formatted(host.name()), "Power it off."))
                .toList();
        return new EvacuationPlan(host.id(), List.of(), List.of(), blocked, 0);
    }

    EvacuationPlan restoration(MaintenanceInput wanted) {
        InventorySnapshot snapshot = inventory.snapshot();
        HostId hostId = new HostId(wanted.hostId());
        Set<VirtualMachineId> left =
                wanted.vmIds().stream().map(VirtualMachineId::new).collect(Collectors.toSet());
        EvacuationPlan nothing = new EvacuationPlan(hostId, List.of(), List.of(), List.of(), 0);
        return snapshot.clusterOf(hostId)
                .map(cluster -> {
                    DrsSnapshot now = input.forEvacuation(snapshot, cluster);
                    Set<VirtualMachineId> here = now.vms().stream()
                            .map(DrsVm::id)
                            .filter(left::contains)
                            .collect(Collectors.toSet());
                    return knows(now, hostId)
                            ? EvacuationPlanner.restore(
                                    now,
                                    policy(cluster),
                                    hostId,
                                    here,
                                    new EvacuationOptions(Evacuations.AT_ONCE, false))
                            : nothing;
                })
                .orElse(nothing);
    }
}
