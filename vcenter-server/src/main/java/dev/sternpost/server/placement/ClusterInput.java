package dev.sternpost.server.placement;

import dev.sternpost.drs.entitlement.Pool;
import dev.sternpost.drs.layout.ClusterLayout;
import dev.sternpost.drs.layout.Footprint;
import dev.sternpost.drs.rule.Rule;
import dev.sternpost.drs.snapshot.AutomationLevel;
import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.drs.snapshot.HostCondition;
import dev.sternpost.drs.snapshot.VmDemand;
import dev.sternpost.drs.snapshot.VmMobility;
import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.ClusterId;
import dev.sternpost.inventory.DrsSettings;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostFacts;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObjectId;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.ResourcePoolId;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.VirtualNic;
import dev.sternpost.server.cluster.PlannedRules;
import dev.sternpost.server.resource.Promises;
import dev.sternpost.server.work.Newcomer;
import dev.sternpost.server.work.Reservations;
import dev.sternpost.server.work.Reservations.Promise;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the planner is given: a cluster, or a standalone host, as the inventory, the statistics and the tasks under way have it at
 * this moment. A VM that comes counts where room is promised to it; the memory of one that leaves counts where it still is, too.
 */
public final class ClusterInput {
    /** Taken for the clock of a host that does not tell. */
    private static final int CPU_MHZ_UNKNOWN = 2_000;

    /** How often what is gone is forgotten; to look through everything costs more than a placement. */
    private static final Duration SWEPT_EVERY = Duration.ofMinutes(1);

    /** What a VM was for the planner, and what that was made of: as long as those are the same, so is it. */
    private record Known(long version, int cpuMhz, VmDemand demand, DrsVm planned) {
        boolean holdsFor(VirtualMachine vm, int nowCpuMhz, VmDemand nowDemand) {
            return version == vm.version() && cpuMhz == nowCpuMhz && demand.equals(nowDemand);
        }
    }

    private final DemandModels demands;
    private final Reservations reservations;
    private final InstantSource clock;
    private final Map<VirtualMachineId, Known> plannedVms = new ConcurrentHashMap<>();
    private final Map<VirtualMachineId, Known> runningVms = new ConcurrentHashMap<>();
    private volatile Instant sweepAt = Instant.MIN;

    public ClusterInput(DemandModels demands, Reservations reservations, InstantSource clock) {
        this.demands = demands;
        this.reservations = reservations;
        this.clock = clock;
    }

    /** The clock that statistics and placements go by. */
    InstantSource clock() {
        return clock;
    }

    /** What moving VMs means. */
    public interface Mobility {
        /** For who moves nothing. */
        Mobility NOT_ASKED = (vm, settings) -> VmMobility.free(0, 0);

        VmMobility of(VirtualMachine vm, DrsSettings settings);
    }

    /** What is gathered. */
    private record Gathered(
            InventorySnapshot inventory,
            DrsSettings settings,
            Map<HostId, HostFacts> known,
            Mobility mobility,
            boolean ahead,
            Map<VirtualMachineId, Promise> promises) {}

    /**
     * A cluster or standalone host now. Hosts that have never told what they are, and what is on them, are left out.
     *
     * @param ownerId a cluster, or a host that is in none
     */
    public DrsSnapshot snapshot(InventorySnapshot inventory, ManagedObjectId ownerId, Mobility mobility) {
        return snapshot(inventory, ownerId, mobility, true);
    }

    /** The same as it runs this moment: VMs count where they run, whatever was promised, and by what they want now. */
    public DrsSnapshot running(InventorySnapshot inventory, ManagedObjectId ownerId) {
        return snapshot(inventory, ownerId, Mobility.NOT_ASKED, false);
    }

    /**
     * The VMs that run in a cluster, or are promised room in it, and what each of them is entitled to of the whole: the load it puts on its
     * host.
     */
    void entitled(InventorySnapshot inventory, ManagedObjectId ownerId, BiConsumer<DrsVm, Footprint> each) {
        DrsSnapshot now = snapshot(inventory, ownerId, Mobility.NOT_ASKED);
        ClusterLayout layout = ClusterLayout.of(now, policyOf(inventory, ownerId));
        for (int i = 0; i < now.vms().size(); i++) {
            DrsVm vm = now.vms().get(i);
            if (vm.poweredOn()) {
                each.accept(
                        vm,
                        new Footprint(
                                layout.cpuEntitledOf(i),
                                layout.memoryEntitledOf(i),
                                vm.memoryBytes() + DrsVm.OVERHEAD_BYTES,
                                vm.cpu().reservation()));
            }
        }
    }

    /** The hosts of a cluster that have told what they are, with all the memory they have. */
    List<DrsHost> hostsAsTheyAre(InventorySnapshot inventory, ManagedObjectId ownerId) {
        return hostsOf(inventory, ownerId).stream()
                .flatMap(host -> asItIs(inventory, host).stream())
                .map(host -> host.withContention(demands.of(host.id())))
                .toList();
    }

    /** A host as the inventory has it, which knows nothing of contention; empty when it has not told what it is. */
    static Optional<DrsHost> asItIs(InventorySnapshot inventory, Host host) {
        return Optional.ofNullable(host.facts()).map(facts -> host(inventory, host, facts, 0));
    }

    /** How a cluster is to be balanced; a standalone host by the standard. */
    static DrsPolicy policyOf(InventorySnapshot inventory, ManagedObjectId ownerId) {
        return ownerId instanceof ClusterId cluster ? policy(inventory.get(cluster)) : DrsPolicy.standard();
    }

    private DrsSnapshot snapshot(
            InventorySnapshot inventory, ManagedObjectId ownerId, Mobility mobility, boolean ahead) {
        Instant now = clock.instant();
        List<Host> hosts = hostsOf(inventory, ownerId);
        Gathered gathered = new Gathered(
                inventory,
                ownerId instanceof ClusterId cluster ? inventory.get(cluster).drs() : DrsSettings.DEFAULT,
                new HashMap<>(),
                mobility,
                ahead,
                new HashMap<>());
        sweep(inventory, now);
        hosts.forEach(host -> {
            HostFacts facts = host.facts();
            if (facts != null) {
                gathered.known().put(host.id(), facts);
            }
        });
        reservations.open(inventory).stream()
                .filter(promise -> ahead && gathered.known().containsKey(promise.hostId()))
                .forEach(promise -> gathered.promises().put(promise.vm().id(), promise));
        List<DrsHost> planned = new ArrayList<>();
        hosts.forEach(host -> {
            HostFacts facts = host.facts();
            if (facts != null) {
                planned.add(host(host, facts, gathered).withContention(demands.of(host.id())));
            }
        });
        List<Pool> pools = Promises.poolsOf(inventory, ownerId).stream()
                .map(Promises::planned)
                .toList();
        Set<ResourcePoolId> poolIds = pools.stream().map(Pool::id).collect(Collectors.toSet());
        List<DrsVm> vms = vms(gathered).values().stream()
                .filter(vm -> poolIds.contains(vm.poolId()))
                .toList();
        List<Rule> rules = new ArrayList<>(CpuRules.of(inventory, hosts));
        if (ownerId instanceof ClusterId cluster) {
            rules.addAll(PlannedRules.of(inventory, inventory.get(cluster)));
        }
        return new DrsSnapshot(now.getEpochSecond(), planned, vms, pools, rules);
    }

    private void sweep(InventorySnapshot inventory, Instant now) {
        if (!now.isBefore(sweepAt)) {
            sweepAt = now.plus(SWEPT_EVERY);
            demands.keepThoseOf(inventory);
            plannedVms.keySet().removeIf(id -> inventory.find(id).isEmpty());
            runningVms.keySet().removeIf(id -> inventory.find(id).isEmpty());
        }
    }

    static List<Host> hostsOf(InventorySnapshot inventory, ManagedObjectId ownerId) {
        return ownerId instanceof ClusterId cluster
                ? inventory.hostsOf(cluster)
                : List.of(inventory.get((HostId) ownerId));
    }

    private static DrsHost host(Host host, HostFacts facts, Gathered gathered) {
        long leaving = gathered.inventory().vmsOn(host.id()).stream()
                .filter(vm -> vm.powerState() == PowerState.POWERED_ON
                        && gathered.promises().containsKey(vm.id()))
                .mapToLong(vm -> vm.config().memoryBytes() + DrsVm.OVERHEAD_BYTES)
                .sum();
        return host(gathered.inventory(), host, facts, leaving);
    }

    private static DrsHost host(InventorySnapshot inventory, Host host, HostFacts facts, long leaving) {
        boolean silent = !host.isConnected() && !host.mode().isAsleep();
        HostCondition usual = silent ? HostCondition.UNREACHABLE : HostCondition.of(host.mode());
        boolean spare = usual == HostCondition.NORMAL
                && inventory
                        .clusterOf(host.id())
                        .filter(cluster -> cluster.ha().keepsFree(host.id()))
                        .isPresent();
        return new DrsHost(
                host.id(),
                host.name(),
                spare ? HostCondition.SPARE : usual,
                facts.cpuCount(),
                (long) facts.cpuCount() * mhz(facts),
                Math.max(1, facts.memoryBytes() - leaving),
                host.datastoreIds(),
                host.networkIds());
    }

    private static int mhz(@Nullable HostFacts facts) {
        return facts == null || facts.cpuMhz() == 0 ? CPU_MHZ_UNKNOWN : facts.cpuMhz();
    }

    private Map<VirtualMachineId, DrsVm> vms(Gathered gathered) {
        Map<VirtualMachineId, DrsVm> vms = new HashMap<>();
        for (HostId hostId : gathered.known().keySet()) {
            for (VirtualMachine vm : gathered.inventory().vmsOn(hostId)) {
                if (!vm.template()) {
                    vms.put(vm.id(), vm(vm, gathered));
                }
            }
        }
        for (Promise promise : gathered.promises().values()) {
            vms.computeIfAbsent(
                    promise.vm().id(),
                    id -> newcomer(promise.vm(), mhz(gathered.known().get(promise.hostId())), gathered.ahead())
                            .withHost(promise.hostId(), true)
                            .withMobility(new VmMobility(null, "is being made", 0, 0, null)));
        }
        return vms;
    }

    private DrsVm vm(VirtualMachine vm, Gathered gathered) {
        Promise promise = gathered.promises().get(vm.id());
        if (promise == null && gathered.mobility().equals(Mobility.NOT_ASKED)) {
            return asKnown(vm, mhz(gathered.known().get(vm.hostId())), gathered.ahead());
        }
        return newcomer(Newcomer.of(vm), mhz(gathered.known().get(vm.hostId())), gathered.ahead())
                .withHost(
                        promise == null ? vm.hostId() : promise.hostId(),
                        promise != null || vm.powerState() == PowerState.POWERED_ON)
                .withMobility(gathered.mobility().of(vm, gathered.settings()));
    }

    /** A VM that stays where it is, for who moves nothing: most of a cluster is the same from one look to the next. */
    private DrsVm asKnown(VirtualMachine vm, int cpuMhz, boolean ahead) {
        VmDemand demand = demands.of(vm.id(), vm.config(), cpuMhz, ahead);
        Map<VirtualMachineId, Known> known = ahead ? plannedVms : runningVms;
        Known before = known.get(vm.id());
        if (before != null && before.holdsFor(vm, cpuMhz, demand)) {
            return before.planned();
        }
        DrsVm planned =
                newcomer(Newcomer.of(vm), demand).withHost(vm.hostId(), vm.powerState() == PowerState.POWERED_ON);
        known.put(vm.id(), new Known(vm.version(), cpuMhz, demand, planned));
        return planned;
    }

    /**
     * A VM that comes, not yet on any host.
     *
     * @param cpuMhz clock of the hosts it may come to
     */
    DrsVm newcomer(Newcomer vm, int cpuMhz) {
        return newcomer(vm, cpuMhz, true);
    }

    private DrsVm newcomer(Newcomer vm, int cpuMhz, boolean ahead) {
        return newcomer(vm, demands.of(vm.id(), vm.config(), cpuMhz, ahead));
    }

    private static DrsVm newcomer(Newcomer vm, VmDemand demand) {
        return new DrsVm(
                vm.id(),
                vm.name(),
                null,
                false,
                vm.poolId(),
                vm.config().cpuCount(),
                vm.config().memoryBytes(),
                Promises.plannedCpu(vm.config()),
                Promises.plannedMemory(vm.config()),
                demand,
                List.of(vm.datastoreId()),
                vm.config().nics().stream()
                        .map(VirtualNic::networkId)
                        .distinct()
                        .sorted()
                        .toList(),
                VmMobility.free(0, 0));
    }

    /** A level in the words of the planner. */
    public static AutomationLevel planned(dev.sternpost.inventory.AutomationLevel level) {
        return switch (level) {
            case DISABLED -> AutomationLevel.DISABLED;
            case MANUAL -> AutomationLevel.MANUAL;
            case PARTIALLY_AUTOMATED -> AutomationLevel.PARTIALLY_AUTOMATED;
            case FULLY_AUTOMATED -> AutomationLevel.FULLY_AUTOMATED;
        };
    }

    /** How a cluster is to be balanced. */
    public static DrsPolicy policy(Cluster cluster) {
        DrsSettings settings = cluster.drs();
        return DrsPolicy.standard()
                .withAutomation(settings.enabled() ? planned(settings.automation()) : AutomationLevel.DISABLED)
                .withMigrationThreshold(settings.threshold());
    }
}
