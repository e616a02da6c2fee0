package dev.sternpost.server.drs;

import dev.sternpost.drs.snapshot.AutomationLevel;
import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.drs.snapshot.HostCondition;
import dev.sternpost.drs.snapshot.VmMobility;
import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.DrsSettings;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostFacts;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualNic;
import dev.sternpost.server.cluster.PlannedRules;
import dev.sternpost.server.resource.Promises;
import dev.sternpost.server.statistics.Statistics;
import dev.sternpost.server.work.Reservations;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What the planner is given: a cluster as the inventory, the statistics and the tasks under way have it at this moment. */
public final class ClusterInput {
    /** Taken for the clock of a host that does not tell. */
    private static final int CPU_MHZ_UNKNOWN = 2_000;

    /** What a migration takes besides copying. */
    private static final double MIGRATION_SECONDS = 3;

    /** How fast memory is copied until a migration of the VM itself has told: a network of 1 Gbit/s. */
    private static final double COPY_BYTES_PER_SECOND = 100e6;

    private static final double PAUSE_MILLIS = 300;

    private final Statistics statistics;
    private final Reservations reservations;
    private final MoveHistory history;
    private final InstantSource clock;
    private final Predicate<String> busy;

    /** @param busy whether a task on an object, named by its id, is under way */
    ClusterInput(
            Statistics statistics,
            Reservations reservations,
            MoveHistory history,
            Predicate<String> busy,
            InstantSource clock) {
        this.busy = busy;
        this.statistics = statistics;
        this.reservations = reservations;
        this.history = history;
        this.clock = clock;
    }

    /** The cluster now. Hosts that have never told what they are, and what is on them, are left out. */
    DrsSnapshot snapshot(InventorySnapshot inventory, Cluster cluster) {
        Instant now = clock.instant();
        DemandEstimate demand = new DemandEstimate(statistics, now.toEpochMilli());
        Map<HostId, HostFacts> known = new HashMap<>();
        List<DrsHost> hosts = new ArrayList<>();
        for (Host host : inventory.hostsOf(cluster.id())) {
            HostFacts facts = host.facts();
            if (facts != null) {
                known.put(host.id(), facts);
                hosts.add(host(host, facts));
            }
        }
        Set<String> pools = new HashSet<>();
        var planned = Promises.poolsOf(inventory, cluster.id()).stream()
                .map(pool -> {
                    pools.add(pool.id().value());
                    return Promises.planned(pool);
                })
                .toList();
        List<DrsVm> vms = new ArrayList<>();
        for (HostId hostId : known.keySet().stream().sorted().toList()) {
            for (VirtualMachine vm : inventory.vmsOn(hostId)) {
                if (!vm.template() && pools.contains(vm.resourcePoolId().value())) {
                    vms.add(vm(vm, cluster.drs(), known, demand));
                }
            }
        }
        return new DrsSnapshot(now.getEpochSecond(), hosts, vms, planned, PlannedRules.of(inventory, cluster));
    }

    private static DrsHost host(Host host, HostFacts facts) {
        HostCondition condition = !host.isConnected()
                ? HostCondition.UNREACHABLE
                : host.inMaintenance() ? HostCondition.MAINTENANCE : HostCondition.NORMAL;
        return new DrsHost(
                host.id(),
                host.name(),
                condition,
                facts.cpuCount(),
                (long) facts.cpuCount() * mhz(facts),
                facts.memoryBytes(),
                host.datastoreIds(),
                host.networkIds());
    }

    private static int mhz(HostFacts facts) {
        return facts.cpuMhz() == 0 ? CPU_MHZ_UNKNOWN : facts.cpuMhz();
    }

    /** A VM on its way counts where it goes to, and stays out of further plans until it is there. */
    private DrsVm vm(VirtualMachine vm, DrsSettings settings, Map<HostId, HostFacts> known, DemandEstimate demand) {
        boolean poweredOn = vm.powerState() == PowerState.POWERED_ON;
        HostId promised = reservations.promisedHost(vm.id()).orElse(vm.hostId());
        HostId hostId = known.containsKey(promised) ? promised : vm.hostId();
        HostFacts facts = known.get(vm.hostId());
        return new DrsVm(
                vm.id(),
                vm.name(),
                hostId,
                poweredOn,
                vm.resourcePoolId(),
                vm.config().cpuCount(),
                vm.config().memoryBytes(),
                Promises.plannedCpu(vm.config()),
                Promises.plannedMemory(vm.config()),
                demand.of(vm, facts == null ? CPU_MHZ_UNKNOWN : mhz(facts)),
                List.of(vm.datastoreId()),
                vm.config().nics().stream()
                        .map(VirtualNic::networkId)
                        .distinct()
                        .sorted()
                        .toList(),
                mobility(vm, settings));
    }

    private VmMobility mobility(VirtualMachine vm, DrsSettings settings) {
        @Nullable
        AutomationLevel level =
                settings.overrideOf(vm.id()).map(ClusterInput::planned).orElse(null);
        return new VmMobility(
                level,
                busy.test(vm.id().value()) ? "has a task under way" : "",
                MIGRATION_SECONDS + vm.config().memoryBytes() / COPY_BYTES_PER_SECOND,
                PAUSE_MILLIS,
                history.of(vm.id().value()).orElse(null));
    }

    static AutomationLevel planned(dev.sternpost.inventory.AutomationLevel level) {
        return switch (level) {
            case DISABLED -> AutomationLevel.DISABLED;
            case MANUAL -> AutomationLevel.MANUAL;
            case PARTIALLY_AUTOMATED -> AutomationLevel.PARTIALLY_AUTOMATED;
            case FULLY_AUTOMATED -> AutomationLevel.FULLY_AUTOMATED;
        };
    }

    /** How the cluster is to be balanced. */
    DrsPolicy policy(Cluster cluster) {
        DrsSettings settings = cluster.drs();
        return DrsPolicy.standard()
                .withAutomation(settings.enabled() ? planned(settings.automation()) : AutomationLevel.DISABLED)
                .withMigrationThreshold(settings.threshold());
    }
}
