package dev.sternpost.server.allocation;

import dev.sternpost.drs.entitlement.Allocation;
import dev.sternpost.drs.entitlement.EntitlementTree;
import dev.sternpost.drs.entitlement.Resource;
import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * What the running VMs of a cluster are entitled to on their hosts. First the cluster as a whole is shared out, so that limits
 * of pools hold wherever their VMs are; then each host that cannot give all of that shares out what it has. Only who gets
 * less than it demands is held to what it gets: the others may use what nobody else does, and weights decide between them.
 */
final class HostEntitlements {
    /** What the estimate of demand is trusted to: who gets nearly all is not held back. */
    private static final double NEARLY_ALL = 0.98;

    /** Steps of a CPU in which limits are set, so that an estimate that trembles changes nothing. */
    private static final int STEPS_PER_CPU = 500;

    private static final long USUAL_SHARES_PER_CPU = 1_000;

    private final DrsSnapshot snapshot;
    private final EntitlementTree tree;
    private final List<DrsVm> running;

    private HostEntitlements(DrsSnapshot snapshot) {
        this.snapshot = snapshot;
        this.tree = EntitlementTree.of(snapshot.pools());
        this.running = snapshot.vms().stream().filter(DrsVm::poweredOn).toList();
    }

    /** By host and VM; a VM that is not named has no limit and the usual weight. */
    static Map<HostId, Map<VirtualMachineId, Entitlement>> of(DrsSnapshot snapshot) {
        return new HostEntitlements(snapshot).all();
    }

    private Map<HostId, Map<VirtualMachineId, Entitlement>> all() {
        Map<VirtualMachineId, Double> cpu =
                shared(Resource.CPU, capacity(DrsHost::cpuMhz), running, HostEntitlements::cpu);
        Map<VirtualMachineId, Double> memory =
                shared(Resource.MEMORY, capacity(DrsHost::memoryBytes), running, HostEntitlements::memory);
        Map<HostId, List<DrsVm>> byHost = running.stream().collect(Collectors.groupingBy(DrsVm::hostId));
        Map<HostId, Map<VirtualMachineId, Entitlement>> all = new HashMap<>();
        for (DrsHost host : snapshot.hosts()) {
            List<DrsVm> here = byHost.getOrDefault(host.id(), List.of());
            all.put(host.id(), onHost(host, here, cpu, memory));
        }
        return all;
    }

    /** What VMs run on counts, whatever the host's condition: their demand does too. */
    private double capacity(ToDoubleFunction<DrsHost> of) {
        Set<HostId> used = running.stream().map(DrsVm::hostId).collect(Collectors.toSet());
        return snapshot.hosts().stream()
                .filter(host -> host.condition().counts() || used.contains(host.id()))
                .mapToDouble(of)
                .sum();
    }

    private static double cpu(DrsVm vm) {
        return vm.demand().cpuMhz();
    }

    private static double memory(DrsVm vm) {
        return vm.demand().memoryBytes();
    }

    private Map<VirtualMachineId, Double> shared(
            Resource resource, double capacity, List<DrsVm> vms, ToDoubleFunction<DrsVm> demand) {
        int[] pools = vms.stream().mapToInt(vm -> tree.indexOf(vm.poolId())).toArray();
        Allocation[] allocations = vms.stream()
                .map(vm -> resource == Resource.CPU ? vm.cpu() : vm.memory())
                .toArray(Allocation[]::new);
        double[] demands = vms.stream().mapToDouble(demand).toArray();
        double[] given = tree.entitlements(resource, capacity, pools, allocations, demands);
        Map<VirtualMachineId, Double> byVm = new HashMap<>();
        for (int i = 0; i < given.length; i++) {
            byVm.put(vms.get(i).id(), given[i]);
        }
        return byVm;
    }

    private Map<VirtualMachineId, Entitlement> onHost(
            DrsHost host, List<DrsVm> here, Map<VirtualMachineId, Double> cpu, Map<VirtualMachineId, Double> memory) {
        double wanted =
                here.stream().mapToDouble(vm -> cpu.getOrDefault(vm.id(), 0.0)).sum();
        Map<VirtualMachineId, Double> given = wanted <= host.cpuMhz()
                ? cpu
                : shared(Resource.CPU, host.cpuMhz(), here, vm -> cpu.getOrDefault(vm.id(), 0.0));
        double[] weights = weights(here);
        Map<VirtualMachineId, Entitlement> entitlements = new HashMap<>();
        for (int i = 0; i < weights.length; i++) {
            DrsVm vm = here.get(i);
            Entitlement entitlement = new Entitlement(
                    cpuLimit(host, vm, given.getOrDefault(vm.id(), 0.0)),
                    Math.max(1, Math.round(weights[i])),
                    memory.getOrDefault(vm.id(), 0.0) < memory(vm) * NEARLY_ALL
                            ? Math.round(memory.getOrDefault(vm.id(), 0.0))
                            : vm.memory().limit());
            if (!entitlement.equals(usual(vm))) {
                entitlements.put(vm.id(), entitlement);
            }
        }
        return entitlements;
    }

    private static Entitlement usual(DrsVm vm) {
        return new Entitlement(Entitlement.UNLIMITED, USUAL_SHARES_PER_CPU * vm.cpuCount(), Entitlement.UNLIMITED);
    }

    private static long cpuLimit(DrsHost host, DrsVm vm, double given) {
        if (given >= cpu(vm) * NEARLY_ALL || given >= vm.cpu().limit()) {
            return vm.cpu().limit();
        }
        long step = Math.max(1, host.cpuMhz() / host.cpuCount() / STEPS_PER_CPU);
        return Math.max(step, Math.round(given / step) * step);
    }

    /**
     * What the VMs of a host weigh against each other: each pool's shares count among its siblings that have VMs here, and are
     * passed down to them. In sum as much as usual, and even shares give the usual weights.
     */
    private double[] weights(List<DrsVm> here) {
        int poolCount = tree.pools().size();
        double[] sharesIn = new double[poolCount];
        for (DrsVm vm : here) {
            sharesIn[tree.indexOf(vm.poolId())] += vm.cpu().shares();
        }
        for (int pool = poolCount - 1; pool > 0; pool--) {
            if (sharesIn[pool] > 0) {
                sharesIn[tree.parentOf(pool)] += tree.pools().get(pool).cpu().shares();
            }
        }
        double[] part = new double[poolCount];
        part[0] = 1;
        for (int pool = 1; pool < poolCount; pool++) {
            int parent = tree.parentOf(pool);
            part[pool] = sharesIn[pool] > 0
                    ? part[parent] * tree.pools().get(pool).cpu().shares() / sharesIn[parent]
                    : 0;
        }
        double whole = here.stream()
                .mapToDouble(vm -> USUAL_SHARES_PER_CPU * (double) vm.cpuCount())
                .sum();
        return here.stream()
                .mapToDouble(vm -> {
                    int pool = tree.indexOf(vm.poolId());
                    return whole * part[pool] * vm.cpu().shares() / sharesIn[pool];
                })
                .toArray();
    }
}
