package dev.sternpost.server.migration;

import dev.sternpost.drs.placement.HostLoad;
import dev.sternpost.drs.placement.Placement;
import dev.sternpost.drs.placement.PlacementPlanner;
import dev.sternpost.drs.placement.PlacementRequest;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostFacts;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualNic;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.server.work.Reservations;
import dev.sternpost.vmotion.compatibility.Compatibility;
import dev.sternpost.vmotion.compatibility.CompatibilityCheck;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The host a VM goes to: the one that was asked for if it will do, else the one placement prefers of those that will. */
final class TargetChoice {
    private final Reservations reservations;

    TargetChoice(Reservations reservations) {
        this.reservations = reservations;
    }

    /**
     * @param wanted empty lets placement choose
     * @throws dev.sternpost.inventory.fault.FaultException HOST_INCOMPATIBLE, NO_SUITABLE_HOST
     */
    Host choose(InventorySnapshot snapshot, VirtualMachine vm, String wanted) {
        Host source = snapshot.get(vm.hostId());
        if (!wanted.isEmpty()) {
            Host target = snapshot.get(new HostId(wanted));
            requireCompatible(snapshot, vm, source, target);
            return target;
        }
        List<Host> fitting = neighbours(snapshot, source).stream()
                .filter(host -> check(snapshot, vm, source, host) instanceof Compatibility.Compatible)
                .toList();
        return switch (PlacementPlanner.place(request(vm), reservations.loads(snapshot, fitting))) {
            case Placement.Placed placed -> snapshot.get(placed.hostId());
            case Placement.Unplaceable ignored ->
                throw Fault.of(
                                FaultCode.NO_SUITABLE_HOST,
                                "No other host can take %s. %s".formatted(vm.name(), reasons(snapshot, vm, source)))
                        .about(vm.id().value())
                        .exception();
        };
    }

    /** @throws dev.sternpost.inventory.fault.FaultException HOST_INCOMPATIBLE with every reason */
    void requireCompatible(InventorySnapshot snapshot, VirtualMachine vm, Host source, Host target) {
        if (check(snapshot, vm, source, target) instanceof Compatibility.Incompatible incompatible) {
            throw Fault.of(
                            FaultCode.HOST_INCOMPATIBLE,
                            "%s cannot go to %s. %s.".formatted(vm.name(), target.name(), incompatible.explanation()))
                    .about(vm.id().value())
                    .exception();
        }
    }

    private Compatibility check(InventorySnapshot snapshot, VirtualMachine vm, Host source, Host target) {
        HostLoad load = reservations.load(snapshot, target);
        HostFacts facts = target.facts();
        long left = facts == null ? 0 : facts.memoryBytes() - load.memoryCommittedBytes();
        return CompatibilityCheck.check(vm, source, target, left);
    }

    private static List<Host> neighbours(InventorySnapshot snapshot, Host source) {
        return snapshot.clusterOf(source.id()).map(cluster -> snapshot.hostsOf(cluster.id())).orElse(List.of()).stream()
                .filter(host -> !host.id().equals(source.id()))
                .toList();
    }

    private static PlacementRequest request(VirtualMachine vm) {
        return new PlacementRequest(
                vm.config().cpuCount(),
                vm.config().memoryBytes(),
                vm.datastoreId(),
                vm.config().nics().stream().map(VirtualNic::networkId).collect(Collectors.toSet()),
                Set.of(vm.hostId()));
    }

    private String reasons(InventorySnapshot snapshot, VirtualMachine vm, Host source) {
        List<Host> others = neighbours(snapshot, source);
        if (others.isEmpty()) {
            return "Its cluster has no other host; add one.";
        }
        return others.stream()
                .map(host -> switch (check(snapshot, vm, source, host)) {
                    case Compatibility.Compatible ignored -> host.name() + " is too full";
                    case Compatibility.Incompatible incompatible -> incompatible.explanation();
                })
                .collect(Collectors.joining("; ", "", "."));
    }
}
