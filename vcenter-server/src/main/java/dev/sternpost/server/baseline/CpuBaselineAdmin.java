package dev.sternpost.server.baseline;

import dev.sternpost.inventory.Accelerator;
import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.ClusterId;
import dev.sternpost.inventory.GuestMachines;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostFacts;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ResourcePoolId;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.AuditDraft;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.vmotion.baseline.CpuBaselines;
import dev.sternpost.vmotion.baseline.CpuLevel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Sets the CPU baselines of clusters, and checks those of VMs. Every method throws {@link FaultException} with the codes of the contract. */
public final class CpuBaselineAdmin {
    /** Instead of a level: the best that all hosts can give. */
    public static final String AUTO = "auto";

    /** Instead of a level: none. */
    public static final String NONE = "none";

    private static final String PRIVILEGE = "Host.Inventory.EditCluster";

    /** So many are named; of more, how many they are. */
    private static final int NAMED_MAX = 10;

    private final Inventory inventory;

    public CpuBaselineAdmin(Inventory inventory) {
        this.inventory = inventory;
    }

    /**
     * A level and the hosts of a cluster that cannot give it.
     *
     * @param shortHosts empty when all can
     */
    public record LevelInCluster(CpuLevel level, List<CpuNeeds.Shortfall> shortHosts) {
        public LevelInCluster {
            shortHosts = List.copyOf(shortHosts);
        }
    }

    /** Every level as a cluster could give it. */
    public List<LevelInCluster> levels(String reference) {
        InventorySnapshot snapshot = inventory.snapshot();
        Cluster cluster = snapshot.resolve(reference, Cluster.class);
        return CpuBaselines.levels().stream()
                .map(level -> new LevelInCluster(level, CpuNeeds.shortHosts(snapshot, cluster, level)))
                .toList();
    }

    /** The level with most features that all hosts of a cluster can give; empty when there is none, or no host. */
    public Optional<CpuLevel> best(String reference) {
        InventorySnapshot snapshot = inventory.snapshot();
        return best(snapshot, snapshot.resolve(reference, Cluster.class));
    }

    private static Optional<CpuLevel> best(InventorySnapshot snapshot, Cluster cluster) {
        List<HostFacts> hosts = new ArrayList<>();
        for (Host host : snapshot.hostsOf(cluster.id())) {
            HostFacts facts = host.facts();
            if (facts != null) {
                hosts.add(facts);
            }
        }
        return hosts.isEmpty() ? Optional.empty() : CpuBaselines.best(hosts);
    }

    /**
     * Changes the level of a cluster. Running VMs keep what they have until they are powered off and on.
     *
     * @param wanted a name, {@value #AUTO} or {@value #NONE}
     * @throws FaultException OBJECT_NOT_FOUND, REQUEST_INVALID, VERSION_CONFLICT, HOST_INCOMPATIBLE, VM_WRONG_POWER_STATE
     */
    public Cluster update(String userName, String reference, long etag, String wanted) {
        ClusterId id = inventory.snapshot().resolve(reference, Cluster.class).id();
        inventory.commit((InventorySnapshot snapshot) -> {
            Cluster cluster = snapshot.get(id);
            if (etag != 0 && cluster.version() != etag) {
                throw new FaultException(
                        FaultCode.VERSION_CONFLICT,
                        id.value(),
                        "%s has version %d by now, not %d; read it again and repeat."
                                .formatted(cluster.name(), cluster.version(), etag));
            }
            Optional<CpuLevel> level = level(snapshot, cluster, wanted);
            level.ifPresent(one -> requireFits(snapshot, cluster, one));
            Cluster after = cluster.withCpuBaseline(level.map(CpuLevel::name).orElse(""));
            if (after.cpuBaseline().equals(cluster.cpuBaseline())) {
                return InventoryWrite.NOTHING;
            }
            return InventoryWrite.builder()
                    .put(after)
                    .event(EventDraft.about(cluster, EventType.CLUSTER_CPU_BASELINE_CHANGED, told(snapshot, after))
                            .byUser(userName))
                    .audit(new AuditDraft(userName, PRIVILEGE, cluster.id(), ""))
                    .build();
        });
        return inventory.snapshot().get(id);
    }

    private static String told(InventorySnapshot snapshot, Cluster after) {
        if (after.cpuBaseline().isEmpty()) {
            return "%s has no CPU baseline any more.".formatted(after.name());
        }
        long waiting = CpuNeeds.vmsOf(snapshot, after).stream()
                .filter(vm -> vm.config().cpuBaseline().isEmpty())
                .filter(vm -> !vm.runtime().hardware().cpuModel().isEmpty())
                .filter(vm -> !CpuBaselines.same(
                        vm.runtime().hardware().cpuModel(),
                        CpuNeeds.levelOf(after).orElseThrow().description()))
                .count();
        return "The CPU baseline of %s is %s; %d virtual machines have it when they are powered on again."
                .formatted(after.name(), after.cpuBaseline(), waiting);
    }

    private static Optional<CpuLevel> level(InventorySnapshot snapshot, Cluster cluster, String wanted) {
        if (wanted.equalsIgnoreCase(NONE)) {
            return Optional.empty();
        }
        if (wanted.equalsIgnoreCase(AUTO)) {
            CpuLevel best = best(snapshot, cluster)
                    .orElseThrow(() -> Fault.of(
                                    FaultCode.HOST_INCOMPATIBLE,
                                    "There is no CPU baseline that all hosts of %s can give. Add a host that has told its CPU features, or look at what they lack with `sternpost cluster cpu-levels %s`."
                                            .formatted(cluster.name(), cluster.name()))
                            .about(cluster.id().value())
                            .exception());
            return Optional.of(best);
        }
        return Optional.of(named(FaultCode.REQUEST_INVALID, wanted));
    }

    private static CpuLevel named(FaultCode code, String name) {
        return CpuBaselines.find(name)
                .orElseThrow(() -> new FaultException(
                        code,
                        "There is no CPU baseline \"%s\"; choose %s."
                                .formatted(
                                        name,
                                        CpuBaselines.levels().stream()
                                                .map(CpuLevel::name)
                                                .collect(Collectors.joining(", ")))));
    }

    private static void requireFits(InventorySnapshot snapshot, Cluster cluster, CpuLevel level) {
        List<CpuNeeds.Shortfall> shortHosts = CpuNeeds.shortHosts(snapshot, cluster, level);
        if (!shortHosts.isEmpty()) {
            throw Fault.of(
                            FaultCode.HOST_INCOMPATIBLE,
                            "%s cannot have CPU baseline %s: %s. Choose a level that all can give (auto does), or take those hosts out."
                                    .formatted(
                                            cluster.name(),
                                            level.name(),
                                            listed(shortHosts.stream()
                                                    .map(CpuNeeds.Shortfall::words)
                                                    .toList())))
                    .about(cluster.id().value())
                    .exception();
        }
        List<String> beyond = CpuNeeds.vmsOf(snapshot, cluster).stream()
                .map(vm -> beyond(cluster, vm, level))
                .filter(Objects::nonNull)
                .toList();
        if (!beyond.isEmpty()) {
            throw Fault.of(
                            FaultCode.VM_WRONG_POWER_STATE,
                            "%s cannot have CPU baseline %s yet: %s."
                                    .formatted(cluster.name(), level.name(), listed(beyond)))
                    .about(cluster.id().value())
                    .exception();
        }
    }

    /** Why a VM keeps its cluster from a level; null when it does not. */
    private static @Nullable String beyond(Cluster cluster, VirtualMachine vm, CpuLevel level) {
        Optional<CpuLevel> own = CpuBaselines.find(vm.config().cpuBaseline());
        List<String> more = own.flatMap(one -> CpuBaselines.beyond(one.description(), level))
                .orElse(List.of());
        if (!more.isEmpty()) {
            return "%s has a CPU baseline of its own, %s, with %s beyond it; take that away"
                    .formatted(vm.name(), vm.config().cpuBaseline(), String.join(", ", more));
        }
        return switch (vm.powerState()) {
            case POWERED_OFF -> null;
            case POWERED_ON -> running(vm, level);
            case SUSPENDED ->
                isNoLess(cluster, level)
                        ? null
                        : vm.name()
                                + " is suspended, and may have been powered on with more; resume and power it off first";
        };
    }

    private static @Nullable String running(VirtualMachine vm, CpuLevel level) {
        String runsWith = vm.runtime().hardware().cpuModel();
        Optional<List<String>> more = CpuBaselines.beyond(runsWith, level);
        if (more.isEmpty()) {
            return "%s runs with CPU model \"%s\", of which nothing is known here; power it off first"
                    .formatted(vm.name(), runsWith);
        }
        return more.get().isEmpty()
                ? null
                : "%s runs with %s beyond it; power it off first".formatted(vm.name(), String.join(", ", more.get()));
    }

    /** Whether all that guests have had since the level was set is in the new one too. */
    private static boolean isNoLess(Cluster cluster, CpuLevel level) {
        return CpuNeeds.levelOf(cluster)
                .flatMap(before -> CpuBaselines.beyond(before.description(), level))
                .filter(List::isEmpty)
                .isPresent();
    }

    private static String listed(List<String> reasons) {
        String named = reasons.stream().limit(NAMED_MAX).collect(Collectors.joining("; "));
        return reasons.size() <= NAMED_MAX ? named : named + "; and %d more".formatted(reasons.size() - NAMED_MAX);
    }

    /**
     * Checks the level a VM is to have of its own: it may be below that of its cluster, and not beyond it.
     *
     * @param name of a level, {@value #NONE} or empty
     * @param poolId what the VM draws from
     * @return the name as it is written; empty for none
     * @throws FaultException CONFIG_INVALID
     */
    public static String checked(InventorySnapshot snapshot, String name, ResourcePoolId poolId) {
        if (name.isEmpty() || name.equalsIgnoreCase(NONE)) {
            return "";
        }
        CpuLevel level = named(FaultCode.CONFIG_INVALID, name);
        if (!(snapshot.get(poolId).ownerId() instanceof ClusterId id)) {
            return level.name();
        }
        Cluster cluster = snapshot.get(id);
        List<String> more = CpuNeeds.levelOf(cluster)
                .flatMap(limit -> CpuBaselines.beyond(level.description(), limit))
                .orElse(List.of());
        if (!more.isEmpty()) {
            throw new FaultException(
                    FaultCode.CONFIG_INVALID,
                    "CPU baseline %s has %s beyond %s, that of cluster %s. Choose a level below it, or raise that of the cluster."
                            .formatted(level.name(), String.join(", ", more), cluster.cpuBaseline(), cluster.name()));
        }
        return level.name();
    }

    /**
     * Whether a host may join a cluster.
     *
     * @param accelerator what runs guests there
     * @param told what guests can be given there
     * @throws FaultException HOST_INCOMPATIBLE, with what it lacks
     */
    public static void requireMayJoin(
            InventorySnapshot snapshot, Host host, Accelerator accelerator, GuestMachines told) {
        Optional<Cluster> cluster = snapshot.clusterOf(host.id());
        CpuLevel level = cluster.flatMap(CpuNeeds::levelOf).orElse(null);
        List<String> missing = level == null ? List.of() : CpuBaselines.shortfall(accelerator, told, level);
        if (level != null && !missing.isEmpty()) {
            throw Fault.of(
                            FaultCode.HOST_INCOMPATIBLE,
                            "%s cannot join %s: it lacks %s of the cluster's CPU baseline %s. Add it to another cluster, or lower the baseline (the cluster's virtual machines may have to be powered off for it)."
                                    .formatted(
                                            host.name(),
                                            cluster.orElseThrow().name(),
                                            String.join(", ", missing),
                                            level.name()))
                    .about(host.id().value())
                    .exception();
        }
    }
}
