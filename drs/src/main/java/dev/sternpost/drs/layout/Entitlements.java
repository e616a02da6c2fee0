package dev.sternpost.drs.layout;

import dev.sternpost.drs.entitlement.Allocation;
import dev.sternpost.drs.entitlement.EntitlementTree;
import dev.sternpost.drs.entitlement.Resource;
import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.DrsVm;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What each VM should get of the whole cluster, whichever host it is on: that is the load it puts on its host. A VM held down by
 * the limit of its pool therefore counts with what it may have, not with what it would like.
 *
 * @param cpu by index in the snapshot's VMs, in MHz; 0 for those that take no part
 * @param memory the same in bytes
 */
record Entitlements(double[] cpu, double[] memory) {

    static Entitlements of(DrsSnapshot snapshot, boolean[] takesPart) {
        EntitlementTree tree = EntitlementTree.of(snapshot.pools());
        List<DrsVm> vms = snapshot.vms();
        int[] leaves = new int[vms.size()];
        int count = 0;
        for (int i = 0; i < leaves.length; i++) {
            if (takesPart[i]) {
                leaves[count++] = i;
            }
        }
        int[] pools = new int[count];
        for (int i = 0; i < count; i++) {
            pools[i] = tree.indexOf(vms.get(leaves[i]).poolId());
        }
        return new Entitlements(
                solve(
                        tree,
                        Resource.CPU,
                        snapshot,
                        leaves,
                        pools,
                        DrsHost::cpuUsableMhz,
                        vm -> vm.demand().cpuMhz()),
                solve(
                        tree,
                        Resource.MEMORY,
                        snapshot,
                        leaves,
                        pools,
                        DrsHost::memoryUsableBytes,
                        vm -> vm.demand().memoryBytes()));
    }

    private static double[] solve(
            EntitlementTree tree,
            Resource resource,
            DrsSnapshot snapshot,
            int[] leaves,
            int[] pools,
            ToDoubleFunction<DrsHost> capacityOf,
            ToDoubleFunction<DrsVm> demandOf) {
        double capacity = snapshot.hosts().stream()
                .filter(host -> host.condition().counts())
                .mapToDouble(capacityOf)
                .sum();
        Allocation[] allocations = new Allocation[pools.length];
        double[] demands = new double[pools.length];
        for (int i = 0; i < pools.length; i++) {
            DrsVm vm = snapshot.vms().get(leaves[i]);
            allocations[i] = resource == Resource.CPU ? vm.cpu() : vm.memory();
            demands[i] = demandOf.applyAsDouble(vm);
        }
        double[] solved = tree.entitlements(resource, capacity, pools, allocations, demands);
        double[] byVm = new double[snapshot.vms().size()];
        for (int i = 0; i < pools.length; i++) {
            byVm[leaves[i]] = solved[i];
        }
        return byVm;
    }
}
