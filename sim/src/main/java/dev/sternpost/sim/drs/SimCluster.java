package dev.sternpost.sim.drs;

import dev.sternpost.drs.demand.HostSample;
import dev.sternpost.drs.entitlement.Pool;
import dev.sternpost.drs.rule.Rule;
import dev.sternpost.drs.rule.RuleViolation;
import dev.sternpost.drs.rule.RuleViolations;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.drs.snapshot.HostCondition;
import dev.sternpost.drs.snapshot.VmMobility;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.ResourcePoolId;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.sim.kernel.Invariant;
import dev.sternpost.sim.kernel.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Hosts and VMs as they are, and what happens to them when somebody acts. */
final class SimCluster {
    private static final ResourcePoolId ROOT = ResourcePoolId.of(1);
    private static final List<Pool> POOLS = List.of(Pool.root(ROOT, "Resources"));

    private final Simulation simulation;
    private final Map<HostId, SimHost> hosts = new TreeMap<>();
    private final Map<VirtualMachineId, SimVm> vms = new TreeMap<>();
    private final List<Rule> rules = new ArrayList<>();
    private Set<String> brokenBefore = Set.of();

    /** How far demand strays from what the script says, as a part of it. */
    double noise;

    SimCluster(Simulation simulation) {
        this.simulation = simulation;
        simulation.holds(new Invariant("no host is overfilled", this::overfilled));
        simulation.holds(new Invariant("no migration breaks a rule that must be kept", this::newlyBroken));
    }

    Map<HostId, SimHost> hosts() {
        return hosts;
    }

    Map<VirtualMachineId, SimVm> vms() {
        return vms;
    }

    List<Rule> rules() {
        return rules;
    }

    SimHost host(HostId id) {
        return Objects.requireNonNull(hosts.get(id), () -> "there is no " + id);
    }

    SimVm vm(VirtualMachineId id) {
        return Objects.requireNonNull(vms.get(id), () -> "there is no " + id);
    }

    /** A change of the rules by a person may break them; what counts from then on is that no migration does. */
    void add(Rule rule) {
        rules.add(rule);
        brokenBefore = broken();
    }

    void add(SimVm vm) {
        vms.put(vm.id, vm);
        brokenBefore = broken();
    }

    DrsSnapshot snapshot() {
        return new DrsSnapshot(
                simulation.seconds(),
                hosts.values().stream().map(SimHost::described).toList(),
                vms.values().stream().map(vm -> vm.described(ROOT)).toList(),
                POOLS,
                rules);
    }

    /** VMs want something, hosts deliver what they have, and both are measured. */
    void live() {
        Map<VirtualMachineId, Double> wanted = new TreeMap<>();
        Map<HostId, Double> loads = new HashMap<>();
        for (SimVm vm : vms.values()) {
            double wants = vm.cpuMhz * (1 + noise * simulation.random().between(-1.0, 1.0));
            wants = Math.clamp(wants, 0, (double) SimVm.CPUS * SimHost.CORE_MHZ);
            wanted.put(vm.id, wants);
            loads.merge(vm.host, wants, Double::sum);
        }
        wanted.forEach((id, wants) -> {
            SimVm vm = vm(id);
            double left = host(vm.host).cpuMhz() * (1 - host(vm.host).steal);
            vm.measured(simulation.seconds(), wants, wants * Math.min(1, left / loads.getOrDefault(vm.host, 0.0)));
        });
        for (SimHost host : hosts.values()) {
            host.contention.observe(new HostSample(simulation.seconds(), host.steal, 0));
        }
    }

    /** Begins a live migration; it ends in time, at the target or, when one of the two hosts has gone silent, where it was. */
    void migrate(VirtualMachineId id, HostId target) {
        SimVm vm = vm(id);
        if (vm.target != null) {
            throw new IllegalStateException(id + " is on its way already");
        }
        vm.target = target;
        Duration takes = Duration.ofMillis(Math.round(1_000 * vm.migrationSeconds()));
        simulation.after(takes, "migration of " + id, () -> arrive(vm, target));
    }

    private void arrive(SimVm vm, HostId target) {
        vm.target = null;
        HostId from = vm.host;
        if (unreachable(from) || unreachable(target)) {
            simulation.say("%s stays on %s: the migration to %s failed".formatted(vm.id, from, target));
            return;
        }
        vm.host = target;
        vm.lastMove = new VmMobility.LastMove(from, simulation.seconds());
        simulation.say("%s is on %s".formatted(vm.id, target));
    }

    private boolean unreachable(HostId id) {
        return host(id).condition == HostCondition.UNREACHABLE;
    }

    private Optional<String> overfilled() {
        Map<HostId, Long> given = new TreeMap<>();
        for (SimVm vm : vms.values()) {
            given.merge(vm.host, vm.memoryBytes + DrsVm.OVERHEAD_BYTES, Long::sum);
            if (vm.target != null) {
                given.merge(vm.target, vm.memoryBytes + DrsVm.OVERHEAD_BYTES, Long::sum);
            }
        }
        return given.entrySet().stream()
                .filter(entry -> entry.getValue() > host(entry.getKey()).memoryBytes)
                .map(entry -> "%s has given out %d bytes".formatted(entry.getKey(), entry.getValue()))
                .findFirst();
    }

    private Optional<String> newlyBroken() {
        Set<String> now = broken();
        Set<String> more = new HashSet<>(now);
        more.removeAll(brokenBefore);
        brokenBefore = now;
        return more.stream().sorted().findFirst();
    }

    private Set<String> broken() {
        Map<VirtualMachineId, HostId> placement = new HashMap<>();
        vms.values().forEach(vm -> placement.put(vm.id, vm.host));
        // A rule that keeps VMs together is broken for a while whenever they move one after the other.
        return RuleViolations.of(rules, placement).stream()
                .filter(RuleViolation::mandatory)
                .filter(violation -> rules.stream()
                        .noneMatch(
                                rule -> rule.name().equals(violation.ruleName()) && rule instanceof Rule.KeepTogether))
                .flatMap(violation -> violation.vmIds().stream().map(vm -> violation.ruleName() + ": " + vm))
                .collect(Collectors.toSet());
    }
}
