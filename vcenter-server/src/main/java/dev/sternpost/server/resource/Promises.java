package dev.sternpost.server.resource;

import dev.sternpost.drs.entitlement.Admission;
import dev.sternpost.drs.entitlement.Allocation;
import dev.sternpost.drs.entitlement.EntitlementTree;
import dev.sternpost.drs.entitlement.Pool;
import dev.sternpost.drs.entitlement.ReservationBook;
import dev.sternpost.drs.entitlement.Resource;
import dev.sternpost.inventory.ClusterId;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostFacts;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObjectId;
import dev.sternpost.inventory.PoolAllocation;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.ResourceAllocation;
import dev.sternpost.inventory.ResourcePool;
import dev.sternpost.inventory.ResourcePoolId;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.VmConfig;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.server.work.Newcomer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is promised in the resource pools of one cluster or standalone host, as a snapshot has it. */
public final class Promises {
    private final EntitlementTree tree;
    private final ReservationBook cpu;
    private final ReservationBook memory;

    private final long cpuMhz;
    private final long memoryBytes;

    private Promises(
            EntitlementTree tree,
            long cpuMhz,
            long memoryBytes,
            Map<ResourcePoolId, Long> cpuByVms,
            Map<ResourcePoolId, Long> memoryByVms) {
        this.tree = tree;
        this.cpuMhz = cpuMhz;
        this.memoryBytes = memoryBytes;
        this.cpu = new ReservationBook(tree, Resource.CPU, cpuMhz, cpuByVms);
        this.memory = new ReservationBook(tree, Resource.MEMORY, memoryBytes, memoryByVms);
    }

    /** Those of the owner of a pool. */
    public static Promises around(InventorySnapshot snapshot, ResourcePoolId poolId) {
        return around(snapshot, poolId, List.of());
    }

    /**
     * Those of the owner of a pool.
     *
     * @param coming VMs that are about to run, wherever they draw from
     */
    public static Promises around(InventorySnapshot snapshot, ResourcePoolId poolId, Collection<Newcomer> coming) {
        ManagedObjectId owner = snapshot.get(poolId).ownerId();
        List<ResourcePool> pools = poolsOf(snapshot, owner);
        EntitlementTree tree =
                EntitlementTree.of(pools.stream().map(Promises::planned).toList());
        Map<ResourcePoolId, Long> cpuByVms = new HashMap<>();
        Map<ResourcePoolId, Long> memoryByVms = new HashMap<>();
        Set<VirtualMachineId> counted = new HashSet<>();
        for (ResourcePool pool : pools) {
            for (VirtualMachine vm : snapshot.vmsIn(pool.id())) {
                if (vm.powerState() == PowerState.POWERED_ON) {
                    counted.add(vm.id());
                    cpuByVms.merge(pool.id(), vm.config().cpuAllocation().reservation(), Long::sum);
                    memoryByVms.merge(pool.id(), vm.config().memoryAllocation().reservation(), Long::sum);
                }
            }
        }
        for (Newcomer vm : coming) {
            if (pools.stream().anyMatch(pool -> pool.id().equals(vm.poolId())) && counted.add(vm.id())) {
                cpuByVms.merge(vm.poolId(), vm.config().cpuAllocation().reservation(), Long::sum);
                memoryByVms.merge(vm.poolId(), vm.config().memoryAllocation().reservation(), Long::sum);
            }
        }
        long cpuMhz = 0;
        long memoryBytes = 0;
        for (Host host : hostsOf(snapshot, owner)) {
            HostFacts facts = host.facts();
            if (host.isConnected() && !host.inMaintenance() && facts != null) {
                cpuMhz += (long) facts.cpuCount() * facts.cpuMhz();
                memoryBytes += facts.memoryBytes();
            }
        }
        return new Promises(tree, cpuMhz, memoryBytes, cpuByVms, memoryByVms);
    }

    /** Whether a VM has nothing reserved, for which there is always room; most have not. */
    public static boolean needsNone(VmConfig config) {
        return config.cpuAllocation().reservation() <= 0
                && config.memoryAllocation().reservation() <= 0;
    }

    /** All pools of an owner, parents first. */
    public static List<ResourcePool> poolsOf(InventorySnapshot snapshot, ManagedObjectId ownerId) {
        List<ResourcePool> pools = new ArrayList<>();
        snapshot.children(ownerId).stream()
                .filter(ResourcePool.class::isInstance)
                .map(ResourcePool.class::cast)
                .forEach(pools::add);
        for (int i = 0; i < pools.size(); i++) {
            snapshot.children(pools.get(i).id()).forEach(child -> pools.add((ResourcePool) child));
        }
        return pools;
    }

    private static List<Host> hostsOf(InventorySnapshot snapshot, ManagedObjectId ownerId) {
        return ownerId instanceof ClusterId cluster
                ? snapshot.hostsOf(cluster)
                : List.of(snapshot.get((HostId) ownerId));
    }

    /** A pool in the words of the planner. */
    public static Pool planned(ResourcePool pool) {
        if (pool.isRoot()) {
            return Pool.root(pool.id(), pool.name());
        }
        PoolAllocation cpu = pool.cpu();
        PoolAllocation memory = pool.memory();
        return new Pool(
                pool.id(),
                pool.name(),
                (ResourcePoolId) pool.parentId(),
                planned(cpu.amounts(), cpu.amounts().cpuSharesOfPool()),
                cpu.expandable(),
                planned(memory.amounts(), memory.amounts().memorySharesOfPool()),
                memory.expandable());
    }

    /** What a VM gets of CPU, in the words of the planner. */
    public static Allocation plannedCpu(VmConfig config) {
        return planned(config.cpuAllocation(), config.cpuAllocation().cpuSharesOf(config));
    }

    /** What a VM gets of memory, in the words of the planner. */
    public static Allocation plannedMemory(VmConfig config) {
        return planned(config.memoryAllocation(), config.memoryAllocation().memorySharesOf(config));
    }

    private static Allocation planned(ResourceAllocation amounts, long shares) {
        return new Allocation(amounts.reservation(), amounts.limit(), shares);
    }

    /** CPU promised in a pool, in MHz. */
    public long cpuMhzIn(ResourcePoolId pool) {
        return cpu.promisedIn(pool);
    }

    /** Memory promised in a pool, in bytes. */
    public long memoryBytesIn(ResourcePoolId pool) {
        return memory.promisedIn(pool);
    }

    /**
     * Whether so much more may be promised in a pool.
     *
     * @throws FaultException INSUFFICIENT_RESOURCES, with the pool that stands in the way and how much is missing
     */
    public void require(ResourcePoolId pool, long cpuMhz, long memoryBytes) {
        require(cpu.admit(pool, Math.max(0, cpuMhz)));
        require(memory.admit(pool, Math.max(0, memoryBytes)));
    }

    private static void require(Admission admission) {
        switch (admission) {
            case Admission.Admitted ignored -> {}
            case Admission.Refused refused ->
                throw new FaultException(
                        FaultCode.INSUFFICIENT_RESOURCES, refused.poolId().value(), refused.explanation());
        }
    }

    /**
     * Refuses a change after which a pool would have to keep more than it can, unless it was no better before: who lost a
     * host may still lower what is promised.
     *
     * @throws FaultException INSUFFICIENT_RESOURCES
     */
    static void requireNoWorse(InventorySnapshot before, InventorySnapshot after, ResourcePoolId anyPool) {
        Promises then = around(before, anyPool);
        Promises now = around(after, anyPool);
        for (Pool pool : now.tree.pools()) {
            for (Resource resource : Resource.values()) {
                long excess = now.excess(pool, resource);
                if (excess > 0 && excess > then.excess(pool, resource)) {
                    throw now.lacking(pool, resource, excess);
                }
            }
        }
    }

    private long excess(Pool wanted, Resource resource) {
        return tree.pools().stream()
                .filter(pool -> pool.id().equals(wanted.id()))
                .mapToLong(pool -> {
                    long promised = book(resource).promisedIn(pool.id());
                    return Math.max(0, promised - most(pool, resource));
                })
                .findFirst()
                .orElse(0);
    }

    private long most(Pool pool, Resource resource) {
        if (pool.parentId() == null) {
            return capacity(resource);
        }
        Allocation own = pool.allocation(resource);
        return pool.expandable(resource) ? own.limit() : own.reservation();
    }

    private FaultException lacking(Pool pool, Resource resource, long excess) {
        String most = resource.amount(most(pool, resource));
        String why = pool.parentId() == null
                ? "the hosts have %s in all".formatted(most)
                : pool.expandable(resource)
                        ? "its limit is %s".formatted(most)
                        : "its reservation is %s and is not expandable".formatted(most);
        return new FaultException(
                FaultCode.INSUFFICIENT_RESOURCES,
                pool.id().value(),
                "Resource pool %s would lack %s: %s, and %s would be promised in it. Promise less, or give the pool more."
                        .formatted(
                                pool.name(),
                                resource.amount(excess),
                                why,
                                resource.amount(book(resource).promisedIn(pool.id()))));
    }

    private ReservationBook book(Resource resource) {
        return switch (resource) {
            case CPU -> cpu;
            case MEMORY -> memory;
        };
    }

    private long capacity(Resource resource) {
        return switch (resource) {
            case CPU -> cpuMhz;
            case MEMORY -> memoryBytes;
        };
    }
}
