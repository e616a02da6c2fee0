package dev.sternpost.server.placement;

import dev.sternpost.drs.rule.Rule;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.server.cluster.PlannedRules;
import dev.sternpost.server.work.Reservations.Promise;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a VM may come to a host as things are. The moves of a plan count on those before them, and those take their time or fail: a
 * VM that is on its way elsewhere is still where it was, and already where it is expected.
 */
public final class KeptApart {
    private KeptApart() {}

    /**
     * Why a VM must not come to a host now: another, which a rule keeps apart from it, runs there or was promised room there.
     *
     * @param promises of tasks under way
     * @return in words, for a person; empty when none is
     */
    public static Optional<String> inTheWay(
            InventorySnapshot snapshot, Collection<Promise> promises, VirtualMachineId vm, HostId target) {
        List<Rule> keepingApart = snapshot.clusterOf(target).stream()
                .flatMap(cluster -> PlannedRules.of(snapshot, cluster).stream())
                .filter(rule -> rule instanceof Rule.KeepApart
                        && rule.enabled()
                        && rule.vmIds().contains(vm))
                .toList();
        if (keepingApart.isEmpty()) {
            return Optional.empty();
        }
        Set<VirtualMachineId> there = new HashSet<>();
        promises.stream()
                .filter(promise -> promise.hostId().equals(target))
                .forEach(promise -> there.add(promise.vm().id()));
        snapshot.vmsOn(target).stream()
                .filter(each -> each.powerState() == PowerState.POWERED_ON)
                .forEach(each -> there.add(each.id()));
        return keepingApart.stream()
                .flatMap(rule -> rule.vmIds().stream()
                        .filter(other -> !other.equals(vm) && there.contains(other))
                        .map(other -> "rule %s keeps it apart from %s, which is there or on its way there"
                                .formatted(
                                        rule.name(),
                                        snapshot.find(other)
                                                .map(VirtualMachine::name)
                                                .orElse(other.value()))))
                .findFirst();
    }
}
