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
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
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

    /** How long a migration waits for room before it is given up. */
    private static final int WAITING_SECONDS_MAX = 600;

    private final Simulation simulation;
    private final Map<HostId, SimHost> hosts = new TreeMap<>();
    private final Map<VirtualMachineId, SimVm> vms = new TreeMap<>();
    private final List<Rule> rules = new ArrayList<>();
    private final Map<SimVm, Long> waitingSince = new LinkedHashMap<>();
    private final Set<SimVm> moving = new LinkedHashSet<>();
    private final Set<String> excused = new HashSet<>();
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

    /** A change of the rules by a person may break them, at once or by what is under way; what counts is that no migration does that begins later. */
    void add(Rule rule) {
        rules.add(rule);
        brokenBefore = broken(false);
        excused.addAll(broken(true));
    }

    void add(SimVm vm) {
        vms.put(vm.id, vm);
        brokenBefore = broken(false);
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
        beginWaiting();
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

    /**
     * Asks for a live migration. A plan's moves count on those before them, and those take their time or fail: so a move begins when, as things are,
     * there is room at the target and nobody that the VM is kept apart from. It ends in time, at the target or, when one of the two hosts has gone
     * silent, where the VM was.
     */
    void migrate(VirtualMachineId id, HostId target) {
        SimVm vm = vm(id);
        if (vm.target != null) {
            throw new IllegalStateException(id + " is on its way already");
        }
        vm.target = target;
        waitingSince.put(vm, simulation.seconds());
        beginWaiting();
    }

    private void beginWaiting() {
        for (SimVm vm : List.copyOf(waitingSince.keySet())) {
            HostId target = Objects.requireNonNull(vm.target, "target");
            if (unreachable(target) || unreachable(vm.host)) {
                waitingSince.remove(vm);
                arrive(vm, target);
            } else if (simulation.seconds() - waitingSince.getOrDefault(vm, 0L) > WAITING_SECONDS_MAX) {
                waitingSince.remove(vm);
                vm.target = null;
                simulation.say("%s stays on %s: the migration to %s could not begin".formatted(vm.id, vm.host, target));
            } else if (given(target) + vm.memoryBytes + DrsVm.OVERHEAD_BYTES <= host(target).memoryBytes
                    && nobodyToKeepApartFrom(vm, target)) {
                waitingSince.remove(vm);
                moving.add(vm);
                Duration takes = Duration.ofMillis(Math.round(1_000 * vm.migrationSeconds()));
                simulation.after(takes, "migration of " + vm.id, () -> {
                    moving.remove(vm);
                    arrive(vm, target);
                    beginWaiting();
                });
            }
        }
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

    private boolean nobodyToKeepApartFrom(SimVm vm, HostId target) {
        return rules.stream()
                .filter(rule -> rule instanceof Rule.KeepApart && rule.vmIds().contains(vm.id))
                .flatMap(rule -> rule.vmIds().stream())
                .map(vms::get)
                .filter(other -> other != null && !other.equals(vm))
                .noneMatch(other -> takesRoomOn(other, target));
    }

    /** Whether a VM is on a host or comes to it. */
    private boolean takesRoomOn(SimVm vm, HostId host) {
        return vm.host.equals(host) || (moving.contains(vm) && host.equals(vm.target));
    }

    /** Memory that a host has given to those that run there and those that are on their way. */
    private long given(HostId host) {
        return vms.values().stream()
                .filter(vm -> takesRoomOn(vm, host))
                .mapToLong(vm -> vm.memoryBytes + DrsVm.OVERHEAD_BYTES)
                .sum();
    }

    private boolean unreachable(HostId id) {
        return host(id).condition == HostCondition.UNREACHABLE;
    }

    private Optional<String> overfilled() {
        return hosts.values().stream()
                .filter(host -> given(host.id) > host.memoryBytes)
                .map(host -> "%s has given out %d bytes".formatted(host.id, given(host.id)))
                .findFirst();
    }

    private Optional<String> newlyBroken() {
        Set<String> now = broken(false);
        Set<String> more = new HashSet<>(now);
        more.removeAll(brokenBefore);
        more.removeAll(excused);
        brokenBefore = now;
        return more.stream().sorted().findFirst();
    }

    /** @param later whether VMs count where they are on their way to */
    private Set<String> broken(boolean later) {
        Map<VirtualMachineId, HostId> placement = new HashMap<>();
        vms.values().forEach(vm -> placement.put(vm.id, later && vm.target != null ? vm.target : vm.host));
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
