package dev.sternpost.drs.power;

import dev.sternpost.drs.entitlement.EntitlementTree;
import dev.sternpost.drs.entitlement.Pool;
import dev.sternpost.drs.entitlement.ReservationBook;
import dev.sternpost.drs.entitlement.Resource;
import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.drs.snapshot.HostCondition;
import dev.sternpost.inventory.ResourcePoolId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** Whether the hosts that are on have what pools and VMs were promised, whether it is used or not. */
final class PromisesKept {
    private PromisesKept() {}

    static boolean on(DrsSnapshot snapshot) {
        EntitlementTree tree = EntitlementTree.of(snapshot.pools());
        return fits(
                        snapshot,
                        tree,
                        Resource.CPU,
                        DrsHost::cpuMhz,
                        vm -> vm.cpu().reservation())
                && fits(
                        snapshot,
                        tree,
                        Resource.MEMORY,
                        DrsHost::memoryBytes,
                        vm -> vm.memory().reservation());
    }

    private static boolean fits(
            DrsSnapshot snapshot,
            EntitlementTree tree,
            Resource resource,
            ToLongFunction<DrsHost> capacity,
            ToLongFunction<DrsVm> reserved) {
        Map<ResourcePoolId, Long> byVms = new HashMap<>();
        snapshot.vms().stream()
                .filter(DrsVm::poweredOn)
                .forEach(vm -> byVms.merge(vm.poolId(), reserved.applyAsLong(vm), Long::sum));
        long there = snapshot.hosts().stream()
                .filter(host -> host.condition() == HostCondition.NORMAL)
                .mapToLong(capacity)
                .sum();
        List<Pool> pools = tree.pools();
        return new ReservationBook(tree, resource, there, byVms)
                        .promisedIn(pools.getFirst().id())
                <= there;
    }
}
