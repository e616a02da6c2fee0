package dev.sternpost.server.migration;

import dev.sternpost.drs.placement.HostVerdict;
import dev.sternpost.drs.rule.Rule;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.drs.snapshot.HostCondition;
import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostFacts;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.server.cluster.PlannedRules;
import dev.sternpost.server.placement.KeptApart;
import dev.sternpost.server.placement.Placements;
import dev.sternpost.server.work.Newcomer;
import dev.sternpost.server.work.Reservations;
import dev.sternpost.task.TaskId;
import dev.sternpost.vmotion.compatibility.Compatibility;
import dev.sternpost.vmotion.compatibility.CompatibilityCheck;
import dev.sternpost.vmotion.compatibility.TargetRoom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The host a VM goes to: the one that was asked for if it will do, else the one placement prefers of those that will. */
final class TargetChoice {
    private final Placements placements;
    private final Reservations reservations;

    TargetChoice(Placements placements, Reservations reservations) {
        this.placements = placements;
        this.reservations = reservations;
    }

    /**
     * The target for a VM that runs, promised to the task.
     *
     * @param wanted empty lets placement choose
     * @param planned whether a planner named the host that is wanted
     * @throws dev.sternpost.inventory.fault.FaultException HOST_INCOMPATIBLE, NO_SUITABLE_HOST
     */
    Host promised(TaskId task, VirtualMachine vm, String wanted, boolean planned) {
        return placements.promised(task, Newcomer.of(vm), snapshot -> choose(snapshot, vm, wanted, planned));
    }

    /** The same; nothing is promised. */
    Host choose(InventorySnapshot snapshot, VirtualMachine vm, String wanted, boolean planned) {
        if (!wanted.isEmpty()) {
            Host target = snapshot.get(new HostId(wanted));
            requireCompatible(snapshot, vm, target, planned);
            return target;
        }
        Host source = snapshot.get(vm.hostId());
        List<Host> others = neighbours(snapshot, source);
        Map<HostId, String> reasons = new HashMap<>();
        for (Host host : others) {
            if (check(snapshot, vm, source, host) instanceof Compatibility.Incompatible incompatible) {
                reasons.put(host.id(), explanation(snapshot, incompatible));
            }
        }
        List<HostId> fitting = others.stream()
                .map(Host::id)
                .filter(id -> !reasons.containsKey(id))
                .toList();
        for (HostVerdict verdict : placements.verdicts(snapshot, Newcomer.of(vm), fitting)) {
            if (verdict.feasible()) {
                return snapshot.get(verdict.hostId());
            }
            reasons.put(verdict.hostId(), verdict.hostName() + " " + String.join(", ", verdict.obstacles()));
        }
        throw Fault.of(
                        FaultCode.NO_SUITABLE_HOST,
                        "No other host can take %s. %s".formatted(vm.name(), told(others, reasons)))
                .about(vm.id().value())
                .exception();
    }

    /** All hosts of its cluster but its own, or the one that is wanted, by name. */
    List<TargetVerdict> verdicts(InventorySnapshot snapshot, VirtualMachine vm, String wanted) {
        Host source = snapshot.get(vm.hostId());
        List<Host> hosts = wanted.isEmpty() ? neighbours(snapshot, source) : List.of(snapshot.get(new HostId(wanted)));
        Map<HostId, HostVerdict> planned = new HashMap<>();
        placements
                .verdicts(
                        snapshot, Newcomer.of(vm), hosts.stream().map(Host::id).toList())
                .forEach(verdict -> planned.put(verdict.hostId(), verdict));
        List<TargetVerdict> verdicts = new ArrayList<>();
        for (Host host : hosts) {
            List<String> obstacles = new ArrayList<>();
            if (check(snapshot, vm, source, host) instanceof Compatibility.Incompatible incompatible) {
                obstacles.add(explanation(snapshot, incompatible));
            }
            obstacles.addAll(forbidding(snapshot, vm, host));
            HostVerdict verdict = planned.get(host.id());
            if (obstacles.isEmpty() && verdict != null) {
                obstacles.addAll(verdict.obstacles());
            }
            verdicts.add(new TargetVerdict(host.id(), host.name(), obstacles, notes(snapshot, vm, host)));
        }
        verdicts.sort(Comparator.comparing(TargetVerdict::hostName));
        return verdicts;
    }

    /** What would be different there that nobody asked for. */
    private static List<String> notes(InventorySnapshot snapshot, VirtualMachine vm, Host target) {
        boolean kept = snapshot.clusterOf(target.id())
                .filter(cluster -> cluster.ha().isKept())
                .isPresent();
        boolean alone = neighbours(snapshot, target).stream()
                .noneMatch(host -> host.datastoreIds().contains(vm.datastoreId()));
        return kept && alone
                ? List.of(
                        "high availability could not start %s elsewhere when %s fails: no other host of the cluster sees datastore %s"
                                .formatted(
                                        vm.name(),
                                        target.name(),
                                        snapshot.get(vm.datastoreId()).name()))
                : List.of();
    }

    private static String told(List<Host> others, Map<HostId, String> reasons) {
        return others.isEmpty()
                ? "Its cluster has no other host; add one."
                : others.stream()
                        .map(host -> reasons.getOrDefault(host.id(), host.name() + " will not do"))
                        .collect(Collectors.joining("; ", "", "."));
    }

    /** Why a planned move must wait: {@link KeptApart}. */
    Optional<String> inTheWay(InventorySnapshot snapshot, VirtualMachineId vm, HostId target) {
        return KeptApart.inTheWay(snapshot, reservations.open(snapshot), vm, target);
    }

    /**
     * @param planned whether a planner chose the target, so that rules between VMs count
     * @throws dev.sternpost.inventory.fault.FaultException HOST_INCOMPATIBLE with every reason
     */
    void requireCompatible(InventorySnapshot snapshot, VirtualMachine vm, Host target, boolean planned) {
        List<String> reasons = new ArrayList<>();
        if (check(snapshot, vm, snapshot.get(vm.hostId()), target) instanceof Compatibility.Incompatible incompatible) {
            reasons.add(explanation(snapshot, incompatible));
        }
        reasons.addAll(forbidding(snapshot, vm, target));
        if (planned) {
            inTheWay(snapshot, vm.id(), target.id()).ifPresent(reasons::add);
        }
        if (!reasons.isEmpty()) {
            throw Fault.of(
                            FaultCode.HOST_INCOMPATIBLE,
                            "%s cannot go to %s. %s.".formatted(vm.name(), target.name(), String.join("; ", reasons)))
                    .about(vm.id().value())
                    .exception();
        }
    }

    /** Who names a host may break a rule about VMs, which is mended later, but not what says which hosts will never do. */
    private static List<String> forbidding(InventorySnapshot snapshot, VirtualMachine vm, Host target) {
        Optional<Cluster> cluster = snapshot.clusterOf(target.id());
        Stream<String> spare = cluster.filter(its -> its.ha().keepsFree(target.id())).stream()
                .map(its -> "%s %s; choose another host, or change that with sternpost ha set"
                        .formatted(target.name(), HostCondition.SPARE.words()));
        Stream<String> rules = cluster.stream()
                .flatMap(its -> PlannedRules.of(snapshot, its).stream())
                .filter(Rule.VmHost.class::isInstance)
                .map(Rule.VmHost.class::cast)
                .filter(rule -> rule.enabled()
                        && rule.mandatory()
                        && rule.vmIds().contains(vm.id())
                        && !rule.allows(target.id()))
                .map(rule -> "rule %s forbids it; change the rule or choose another host".formatted(rule.name()));
        return Stream.concat(spare, rules).toList();
    }

    private Compatibility check(InventorySnapshot snapshot, VirtualMachine vm, Host source, Host target) {
        HostFacts facts = target.facts();
        long used = reservations.memoryBytesOn(snapshot, target, DrsVm.OVERHEAD_BYTES);
        TargetRoom room = facts == null
                ? new TargetRoom(0, 0)
                : new TargetRoom(
                        facts.memoryBytes() - used - DrsVm.OVERHEAD_BYTES,
                        // A host that does not tell its clock is not measured by it.
                        facts.cpuMhz() == 0
                                ? Long.MAX_VALUE
                                : (long) facts.cpuCount() * facts.cpuMhz()
                                        - reservations.cpuMhzReservedOn(snapshot, target));
        return CompatibilityCheck.check(vm, source, target, room);
    }

    /** People know names. */
    private static String explanation(InventorySnapshot snapshot, Compatibility.Incompatible incompatible) {
        return PlannedRules.named(snapshot, incompatible.explanation());
    }

    private static List<Host> neighbours(InventorySnapshot snapshot, Host source) {
        return snapshot.clusterOf(source.id()).map(cluster -> snapshot.hostsOf(cluster.id())).orElse(List.of()).stream()
                .filter(host -> !host.id().equals(source.id()))
                .toList();
    }
}
