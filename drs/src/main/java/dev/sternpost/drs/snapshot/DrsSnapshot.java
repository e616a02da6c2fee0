package dev.sternpost.drs.snapshot;

import dev.sternpost.drs.entitlement.EntitlementTree;
import dev.sternpost.drs.entitlement.Pool;
import dev.sternpost.drs.rule.Rule;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.ResourcePoolId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * One cluster at one moment.
 *
 * @param timeSeconds the moment, from any fixed beginning
 * @param hosts in the order of ids
 * @param vms in the order of ids
 * @param pools in the order of ids; one tree
 * @param rules in the order of names
 */
public record DrsSnapshot(long timeSeconds, List<DrsHost> hosts, List<DrsVm> vms, List<Pool> pools, List<Rule> rules) {

    /**
     * Sorts what is given.
     *
     * @throws IllegalArgumentException when something is named twice or names what is not there
     */
    public DrsSnapshot {
        hosts = ordered(hosts, DrsHost::id, Comparator.naturalOrder());
        vms = ordered(vms, DrsVm::id, Comparator.naturalOrder());
        pools = ordered(pools, Pool::id, Comparator.naturalOrder());
        rules = ordered(rules, Rule::name, Comparator.naturalOrder());
        EntitlementTree.of(pools);
        Set<HostId> hostIds = new HashSet<>();
        hosts.forEach(host -> hostIds.add(host.id()));
        Set<ResourcePoolId> poolIds = new HashSet<>();
        pools.forEach(pool -> poolIds.add(pool.id()));
        for (DrsVm vm : vms) {
            if (vm.hostId() != null && !hostIds.contains(vm.hostId()) || !poolIds.contains(vm.poolId())) {
                throw new IllegalArgumentException("%s is on %s and in %s, which are not both of this cluster"
                        .formatted(vm.id(), vm.hostId(), vm.poolId()));
            }
        }
    }

    private static <T, K> List<T> ordered(List<T> given, Function<T, K> key, Comparator<K> order) {
        List<T> sorted = given.stream().sorted(Comparator.comparing(key, order)).toList();
        for (int i = 1; i < sorted.size(); i++) {
            if (key.apply(sorted.get(i)).equals(key.apply(sorted.get(i - 1)))) {
                throw new IllegalArgumentException("named twice: " + key.apply(sorted.get(i)));
            }
        }
        return sorted;
    }

    /**
     * A host by its id.
     *
     * @throws IllegalArgumentException when it is not of this cluster
     */
    public DrsHost host(HostId id) {
        return hosts.get(present(find(hosts, DrsHost::id, id), id));
    }

    /**
     * A VM by its id.
     *
     * @throws IllegalArgumentException when it is not of this cluster
     */
    public DrsVm vm(VirtualMachineId id) {
        return vms.get(present(indexOf(id), id));
    }

    /** Where a VM stands in {@link #vms()}; -1 when it is not of this cluster. */
    public int indexOf(VirtualMachineId id) {
        return find(vms, DrsVm::id, id);
    }

    private static int present(int index, Object wanted) {
        if (index < 0) {
            throw new IllegalArgumentException(wanted + " is not of this cluster");
        }
        return index;
    }

    private static <T, K extends Comparable<? super K>> int find(List<T> sorted, Function<T, K> key, K wanted) {
        int low = 0;
        int high = sorted.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = key.apply(sorted.get(middle)).compareTo(wanted);
            if (order == 0) {
                return middle;
            }
            low = order < 0 ? middle + 1 : low;
            high = order < 0 ? high : middle - 1;
        }
        return -1;
    }

    /** Where each running VM runs. */
    public Map<VirtualMachineId, HostId> placement() {
        Map<VirtualMachineId, HostId> placement = new HashMap<>();
        for (DrsVm vm : vms) {
            if (vm.poweredOn() && vm.hostId() != null) {
                placement.put(vm.id(), vm.hostId());
            }
        }
        return placement;
    }

    public DrsSnapshot withHosts(List<DrsHost> newHosts) {
        return new DrsSnapshot(timeSeconds, newHosts, vms, pools, rules);
    }

    public DrsSnapshot withVms(List<DrsVm> newVms) {
        return new DrsSnapshot(timeSeconds, hosts, newVms, pools, rules);
    }
}
