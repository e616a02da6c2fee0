package dev.sternpost.server.power;

import dev.sternpost.drs.power.FailoverCapacity;
import dev.sternpost.drs.power.HostPower;
import dev.sternpost.drs.power.PowerAdvice;
import dev.sternpost.drs.power.PowerPlan;
import dev.sternpost.drs.power.PowerPlanner;
import dev.sternpost.drs.power.PowerPolicy;
import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.drs.snapshot.HostCondition;
import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.HostMode;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.power.ClusterPower;
import dev.sternpost.inventory.power.HostPowerSetup;
import dev.sternpost.inventory.power.PowerLevel;
import dev.sternpost.server.drs.PassInput;
import dev.sternpost.server.placement.Placements;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Asks the planner what to do with the power of a cluster's hosts, as things stand now. */
final class PowerLooks {
    private static final double PERCENT = 100;

    private final PowerBook book;
    private final PassInput input;
    private final WakingOnDemand demand;
    private final Placements placements;

    PowerLooks(PowerBook book, PassInput input, WakingOnDemand demand, Placements placements) {
        this.placements = placements;
        this.demand = demand;
        this.book = book;
        this.input = input;
    }

    PowerPlan look(InventorySnapshot snapshot, Cluster cluster) {
        ClusterPower power = book.of(cluster.id());
        if (power.level() == PowerLevel.OFF) {
            return nothing("power management is off");
        }
        if (!cluster.drs().enabled()) {
            return nothing("load balancing is off, and power management needs it");
        }
        Optional<Host> changing = snapshot.hostsOf(cluster.id()).stream()
                .filter(host -> host.mode().isEntering() || host.mode().isAsleep() && isBetween(host))
                .findFirst();
        if (changing.isPresent()) {
            return nothing("%s is %s; the next look is after that"
                    .formatted(changing.get().name(), changing.get().mode().words()));
        }
        Map<HostId, HostPower> powers = new HashMap<>();
        Map<HostId, String> leftAlone = new HashMap<>();
        for (Host host : snapshot.hostsOf(cluster.id())) {
            whyLeftAlone(snapshot, host)
                    .ifPresentOrElse(why -> leftAlone.put(host.id(), why), () -> powers.put(host.id(), known(host)));
        }
        PowerPlan plan = PowerPlanner.plan(
                input.forEvacuation(snapshot, cluster),
                input.policy(cluster),
                policy(power),
                powers,
                staysOn(snapshot, power));
        return new PowerPlan(
                plan.advice(),
                plan.kept().stream().map(kept -> worded(kept, leftAlone)).toList(),
                plan.stopped());
    }

    private static PowerPlan nothing(String why) {
        return new PowerPlan(List.of(), List.of(), why);
    }

    /** Waking, or off and not yet told from one that is on. */
    private static boolean isBetween(Host host) {
        return host.mode() != HostMode.STANDBY || host.isConnected();
    }

    private Optional<String> whyLeftAlone(InventorySnapshot snapshot, Host host) {
        if (demand.wanted().containsKey(host.id())) {
            return Optional.of("was woken for a virtual machine a moment ago");
        }
        return book.levelOf(snapshot, host) == PowerLevel.OFF
                ? Optional.of("is left alone, as its own level says")
                : Eligibility.obstacle(book.of(host.id()));
    }

    private HostPower known(Host host) {
        HostPowerSetup setup = book.of(host.id());
        Instant changed = setup.changedTime();
        return new HostPower(setup.wakes(), changed == null ? 0 : changed.getEpochSecond());
    }

    private static PowerPolicy policy(ClusterPower power) {
        return new PowerPolicy(
                true,
                power.useTargetPercent() / PERCENT,
                power.useTolerancePercent() / PERCENT,
                power.hostsMin(),
                power.stateSeconds());
    }

    /**
     * Capacity that stays on whatever is used of it: so that what is powered on next need not wait, and that what fails can be started
     * elsewhere.
     */
    private FailoverCapacity staysOn(InventorySnapshot inventory, ClusterPower power) {
        return snapshot -> {
            List<DrsHost> on = snapshot.hosts().stream()
                    .filter(host -> host.condition() == HostCondition.NORMAL)
                    .toList();
            return on.stream().mapToLong(DrsHost::cpuMhz).sum() >= power.cpuMhzMin()
                    && on.stream().mapToLong(DrsHost::memoryBytes).sum() >= power.memoryBytesMin()
                    && placements.failover().isKeptBy(inventory, power.clusterId(), ids(on), running(snapshot));
        };
    }

    private static Set<HostId> ids(List<DrsHost> hosts) {
        return hosts.stream().map(DrsHost::id).collect(Collectors.toSet());
    }

    private static Map<VirtualMachineId, HostId> running(DrsSnapshot snapshot) {
        Map<VirtualMachineId, HostId> running = new HashMap<>();
        for (DrsVm vm : snapshot.vms()) {
            HostId host = vm.hostId();
            if (vm.poweredOn() && host != null) {
                running.put(vm.id(), host);
            }
        }
        return running;
    }

    /** The planner only knows that a host is not to be touched; why is known here. */
    private static PowerPlan.Kept worded(PowerPlan.Kept kept, Map<HostId, String> leftAlone) {
        return new PowerPlan.Kept(kept.hostId(), leftAlone.getOrDefault(kept.hostId(), kept.reason()));
    }

    /** Whether a host's level lets advice about it be done without asking. */
    boolean isAutomatic(InventorySnapshot snapshot, PowerAdvice advice) {
        return snapshot.find(advice.hostId())
                .map(host -> book.levelOf(snapshot, host) == PowerLevel.AUTOMATIC)
                .orElse(false);
    }
}
