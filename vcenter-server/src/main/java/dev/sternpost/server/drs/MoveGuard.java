package dev.sternpost.server.drs;

import dev.sternpost.drs.recommendation.VmMove;
import dev.sternpost.drs.rule.Rule;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.store.Inventory;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether a planned move may begin as things are. The moves of a plan count on those before them, and those take their time or fail:
 * a VM must not come to a host before another has left that it is kept apart from.
 */
public final class MoveGuard {
    private final Inventory inventory;
    private final PassInput input;

    public MoveGuard(Inventory inventory, PassInput input) {
        this.inventory = inventory;
        this.input = input;
    }

    /** Whether no VM that this one is kept apart from is at the target, or on its way there. */
    public boolean mayBegin(VmMove move) {
        InventorySnapshot snapshot = inventory.snapshot();
        return snapshot.clusterOf(move.toHostId())
                .map(cluster -> input.forEvacuation(snapshot, cluster))
                .map(planned -> apart(planned, move.vmId()).stream()
                        .noneMatch(other -> isThere(snapshot, other, move.toHostId())
                                || isExpected(planned, other, move.toHostId())))
                .orElse(true);
    }

    private static Set<VirtualMachineId> apart(DrsSnapshot planned, VirtualMachineId vm) {
        return planned.rules().stream()
                .filter(rule -> rule instanceof Rule.KeepApart
                        && rule.enabled()
                        && rule.vmIds().contains(vm))
                .flatMap(rule -> rule.vmIds().stream())
                .filter(other -> !other.equals(vm))
                .collect(Collectors.toSet());
    }

    private static boolean isThere(InventorySnapshot snapshot, VirtualMachineId id, HostId host) {
        return snapshot.find(id)
                .filter(vm ->
                        vm.powerState() == PowerState.POWERED_ON && vm.hostId().equals(host))
                .isPresent();
    }

    private static boolean isExpected(DrsSnapshot planned, VirtualMachineId id, HostId host) {
        return planned.vms().stream()
                .filter(vm -> vm.id().equals(id) && vm.poweredOn())
                .map(DrsVm::hostId)
                .anyMatch(host::equals);
    }
}
