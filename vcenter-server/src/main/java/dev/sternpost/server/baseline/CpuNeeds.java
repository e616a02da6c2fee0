package dev.sternpost.server.baseline;

import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.ClusterId;
import dev.sternpost.inventory.GuestHardware;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostFacts;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObjectId;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.ResourcePoolId;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VmConfig;
import dev.sternpost.vmotion.baseline.CpuBaselines;
import dev.sternpost.vmotion.baseline.CpuLevel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which CPU a VM is to have, and which hosts can give it. */
public final class CpuNeeds {
    private CpuNeeds() {}

    /** The level that counts for a VM: its own, else that of the cluster it draws from; empty when there is none. */
    public static Optional<CpuLevel> levelOf(InventorySnapshot snapshot, VmConfig config, ResourcePoolId poolId) {
        if (!config.cpuBaseline().isEmpty()) {
            return CpuBaselines.find(config.cpuBaseline());
        }
        return snapshot.find((ManagedObjectId) poolId).isPresent()
                        && snapshot.get(poolId).ownerId() instanceof ClusterId cluster
                ? levelOf(snapshot.get(cluster))
                : Optional.empty();
    }

    /** The level of a cluster; empty when it has none. */
    public static Optional<CpuLevel> levelOf(Cluster cluster) {
        return cluster.cpuBaseline().isEmpty() ? Optional.empty() : CpuBaselines.find(cluster.cpuBaseline());
    }

    /** The CPU that a VM is given when it is powered on, as QEMU takes it; empty for the choice of its host. */
    public static String descriptionOf(InventorySnapshot snapshot, VmConfig config, ResourcePoolId poolId) {
        return levelOf(snapshot, config, poolId).map(CpuLevel::description).orElse("");
    }

    /** Whether a VM runs with other CPU features than the level that counts for it. */
    public static boolean waits(InventorySnapshot snapshot, VirtualMachine vm) {
        String runsWith = vm.runtime().hardware().cpuModel();
        return vm.powerState() == PowerState.POWERED_ON
                && !runsWith.isEmpty()
                && levelOf(snapshot, vm.config(), vm.resourcePoolId())
                        .filter(level -> !CpuBaselines.same(runsWith, level.description()))
                        .isPresent();
    }

    /** The VMs of a cluster that wait so. */
    public static List<VirtualMachine> waiting(InventorySnapshot snapshot, Cluster cluster) {
        return vmsOf(snapshot, cluster).stream()
                .filter(vm -> waits(snapshot, vm))
                .toList();
    }

    static List<VirtualMachine> vmsOf(InventorySnapshot snapshot, Cluster cluster) {
        return snapshot.hostsOf(cluster.id()).stream()
                .flatMap(host -> snapshot.vmsOn(host.id()).stream())
                .filter(vm -> !vm.template())
                .toList();
    }

    /**
     * What a host lacks for a level.
     *
     * @param missing never empty
     */
    public record Shortfall(Host host, List<String> missing) {
        public Shortfall {
            missing = List.copyOf(missing);
        }

        /** "host-3 lacks avx, avx2". */
        public String words() {
            return "%s lacks %s".formatted(host.name(), String.join(", ", missing));
        }
    }

    /** The hosts of a cluster that cannot give a level. */
    public static List<Shortfall> shortHosts(InventorySnapshot snapshot, Cluster cluster, CpuLevel level) {
        List<Shortfall> shortfalls = new ArrayList<>();
        for (Host host : snapshot.hostsOf(cluster.id())) {
            shortfall(host, level).ifPresent(shortfalls::add);
        }
        return shortfalls;
    }

    private static Optional<Shortfall> shortfall(Host host, CpuLevel level) {
        HostFacts facts = host.facts();
        List<String> missing = facts == null
                ? List.of("any word of what it is (start its agent, or remove it)")
                : CpuBaselines.shortfall(facts, level);
        return missing.isEmpty() ? Optional.empty() : Optional.of(new Shortfall(host, missing));
    }

    /**
     * Why a host cannot run a VM for the sake of its CPU. One that runs must find the CPU it was powered on with, one that does not gets that of its
     * level.
     *
     * @param running the machine that a guest which runs sees; unknown for one that does not
     * @return empty when it can, or when nobody knows
     */
    public static Optional<String> obstacle(
            InventorySnapshot snapshot, VmConfig config, ResourcePoolId poolId, GuestHardware running, Host host) {
        HostFacts facts = host.facts();
        if (facts == null) {
            return Optional.empty();
        }
        if (!running.cpuModel().isEmpty()) {
            return CpuBaselines.missing(facts.guestMachines(), running.cpuModel())
                    .filter(missing -> !missing.isEmpty())
                    .map(missing -> "lacks CPU features it was powered on with: " + String.join(", ", missing));
        }
        return levelOf(snapshot, config, poolId)
                .map(level -> new Needed(level, CpuBaselines.shortfall(facts, level)))
                .filter(needed -> !needed.missing().isEmpty())
                .map(needed -> "lacks %s of CPU baseline %s"
                        .formatted(
                                String.join(", ", needed.missing()),
                                needed.level().name()));
    }

    private record Needed(CpuLevel level, List<String> missing) {}
}
