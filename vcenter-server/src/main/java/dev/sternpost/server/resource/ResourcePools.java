package dev.sternpost.server.resource;

import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.Containment;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.InventoryDelta;
import dev.sternpost.inventory.InventoryDelta.ObjectChange;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.ObjectName;
import dev.sternpost.inventory.PoolAllocation;
import dev.sternpost.inventory.ResourcePool;
import dev.sternpost.inventory.ResourcePoolId;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.AuditDraft;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.server.tree.RepeatedRequests;
import dev.sternpost.server.work.Caller;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes, changes and removes resource pools, and says which VMs draw from them. Objects are named by id, path or unique name;
 * every method throws {@link FaultException} with the codes of the contract and changes nothing then.
 */
public final class ResourcePools {
    /** Most VMs that are put into a pool at once. */
    static final int MOVED_MAX = 1_000;

    private final Inventory inventory;
    private final RepeatedRequests repeated = new RepeatedRequests();

    public ResourcePools(Inventory inventory) {
        this.inventory = inventory;
    }

    /**
     * What is wanted of a pool.
     *
     * @param name of a change: empty leaves it
     * @param parent of a change: empty leaves it
     */
    public record Wish(String name, String parent, PoolWish cpu, PoolWish memory) {}

    /** Makes a pool. An empty parent stands for the only cluster. */
    public ResourcePool create(Caller caller, Wish wish) {
        ObjectName.check(wish.name());
        var id = repeated.once(caller.userName(), "resource pool", caller.requestId(), () -> {
            ResourcePoolId poolId = ResourcePoolId.of(inventory.nextIdNumber());
            inventory.commit((InventorySnapshot snapshot) -> {
                ResourcePool parent = parent(snapshot, wish.parent());
                ResourcePool pool = new ResourcePool(
                        poolId,
                        wish.name(),
                        parent.id(),
                        0,
                        parent.ownerId(),
                        wish.cpu().on(PoolAllocation.NORMAL, "CPU"),
                        wish.memory().on(PoolAllocation.NORMAL, "memory"));
                requirePromises(snapshot, parent.id(), List.of(pool), List.of());
                return InventoryWrite.builder()
                        .put(pool)
                        .event(EventDraft.about(
                                        pool,
                                        EventType.RESOURCE_POOL_CREATED,
                                        "%s was created in %s.".formatted(pool.name(), snapshot.pathOf(parent.id())))
                                .byUser(caller.userName()))
                        .audit(new AuditDraft(caller.userName(), "Resource.CreatePool", poolId, ""))
                        .build();
            });
            return poolId;
        });
        return inventory.snapshot().get((ResourcePoolId) id);
    }

    /** Changes a pool. */
    public ResourcePool update(String userName, String reference, long etag, Wish wish) {
        ResourcePoolId id =
                inventory.snapshot().resolve(reference, ResourcePool.class).id();
        inventory.commit((InventorySnapshot snapshot) -> {
            ResourcePool before = snapshot.get(id);
            requireVersion(before, etag);
            requireNotRoot(before);
            ResourcePool after = before.withAllocations(
                    wish.cpu().on(before.cpu(), "CPU"), wish.memory().on(before.memory(), "memory"));
            if (!wish.name().isEmpty()) {
                ObjectName.check(wish.name());
                after = after.withName(wish.name());
            }
            if (!wish.parent().isEmpty()) {
                ResourcePool parent = parent(snapshot, wish.parent());
                requireSameOwner(before, parent);
                after = after.withParentId(parent.id());
            }
            if (after.equals(before)) {
                return InventoryWrite.NOTHING;
            }
            Containment.check(snapshot, after);
            requirePromises(snapshot, id, List.of(after), List.of());
            return InventoryWrite.builder()
                    .put(after)
                    .event(EventDraft.about(
                                    after, EventType.RESOURCE_POOL_RECONFIGURED, after.name() + " was reconfigured.")
                            .byUser(userName))
                    .audit(new AuditDraft(userName, "Resource.EditPool", id, ""))
                    .build();
        });
        return inventory.snapshot().get(id);
    }

    /** Removes a pool; what is in it goes to its parent. */
    public void delete(String userName, String reference, long etag) {
        inventory.commit((InventorySnapshot snapshot) -> {
            ResourcePool pool = snapshot.resolve(reference, ResourcePool.class);
            requireVersion(pool, etag);
            requireNotRoot(pool);
            ResourcePool parent = snapshot.get((ResourcePoolId) pool.parentId());
            List<ManagedObject> moved = new ArrayList<>();
            snapshot.vmsIn(pool.id()).forEach(vm -> moved.add(vm.withResourcePoolId(parent.id())));
            snapshot.children(pool.id()).forEach(child -> moved.add(((ResourcePool) child).withParentId(parent.id())));
            requirePromises(snapshot, parent.id(), moved, List.of(pool));
            return InventoryWrite.builder()
                    .putAll(moved)
                    .remove(pool)
                    .event(EventDraft.about(
                                    pool,
                                    EventType.RESOURCE_POOL_REMOVED,
                                    "%s was removed; what was in it belongs to %s now."
                                            .formatted(pool.name(), parent.name()))
                            .byUser(userName))
                    .audit(new AuditDraft(userName, "Resource.DeletePool", pool.id(), ""))
                    .build();
        });
    }

    /** Lets VMs draw from a pool from now on: all of them or none. */
    public ResourcePool moveInto(String userName, String reference, List<String> vmReferences) {
        if (vmReferences.isEmpty() || vmReferences.size() > MOVED_MAX) {
            throw new FaultException(
                    FaultCode.REQUEST_INVALID, "Name 1 to %d virtual machines in \"vms\".".formatted(MOVED_MAX));
        }
        ResourcePoolId id =
                inventory.snapshot().resolve(reference, ResourcePool.class).id();
        inventory.commit((InventorySnapshot snapshot) -> {
            ResourcePool pool = snapshot.get(id);
            InventoryWrite.Builder write = InventoryWrite.builder();
            List<VirtualMachine> moved = vmReferences.stream()
                    .map(vm -> snapshot.resolve(vm, VirtualMachine.class))
                    .distinct()
                    .filter(vm -> !vm.resourcePoolId().equals(id))
                    .map(vm -> vm.withResourcePoolId(id))
                    .toList();
            for (VirtualMachine vm : moved) {
                requireReaches(snapshot, vm, pool);
                write.put(vm)
                        .event(EventDraft.about(
                                        vm,
                                        EventType.VM_RESOURCE_POOL_CHANGED,
                                        "%s draws from resource pool %s now.".formatted(vm.name(), pool.name()))
                                .byUser(userName))
                        .audit(new AuditDraft(userName, "Resource.AssignVMToPool", vm.id(), ""));
            }
            requirePromises(snapshot, id, moved, List.of());
            return write.build();
        });
        return inventory.snapshot().get(id);
    }

    /**
     * A VM draws only from pools of the cluster or host it runs on.
     *
     * @throws FaultException MOVE_INVALID
     */
    public static void requireReaches(InventorySnapshot snapshot, VirtualMachine vm, ResourcePool pool) {
        if (!snapshot.get(vm.resourcePoolId()).ownerId().equals(pool.ownerId())) {
            throw new FaultException(
                    FaultCode.MOVE_INVALID,
                    vm.id().value(),
                    "%s runs elsewhere than where resource pool %s has its share, %s. Choose a pool of its own cluster."
                            .formatted(vm.name(), pool.name(), snapshot.pathOf(pool.ownerId())));
        }
    }

    /**
     * Whether all promises can still be kept after VMs or pools are changed.
     *
     * @param anyPool of the owner whose promises are looked at; neither new nor removed
     * @throws FaultException INSUFFICIENT_RESOURCES
     */
    public static void requirePromises(
            InventorySnapshot snapshot,
            ResourcePoolId anyPool,
            List<? extends ManagedObject> put,
            List<? extends ManagedObject> removed) {
        List<ObjectChange> changes = new ArrayList<>();
        put.forEach(object -> changes.add(new InventoryDelta.Put(object)));
        removed.forEach(object -> changes.add(new InventoryDelta.Removed(object.id())));
        InventorySnapshot after = snapshot.apply(new InventoryDelta(snapshot.revision() + 1, changes));
        Promises.requireNoWorse(snapshot, after, anyPool);
    }

    private static ResourcePool parent(InventorySnapshot snapshot, String reference) {
        ManagedObject object = reference.isEmpty() ? onlyCluster(snapshot) : snapshot.resolve(reference);
        return switch (object) {
            case ResourcePool pool -> pool;
            case Cluster cluster -> snapshot.get(cluster.rootResourcePoolId());
            case Host host ->
                snapshot.clusterOf(host.id())
                        .map(cluster -> snapshot.get(cluster.rootResourcePoolId()))
                        .or(() -> Promises.poolsOf(snapshot, host.id()).stream().findFirst())
                        .orElseThrow(() -> notAPlace(host));
            case ManagedObject other -> throw notAPlace(other);
        };
    }

    private static Cluster onlyCluster(InventorySnapshot snapshot) {
        List<Cluster> clusters = snapshot.objects(Cluster.class);
        if (clusters.size() != 1) {
            throw new FaultException(
                    FaultCode.REQUEST_INVALID,
                    "There are %d clusters. Say in which, or in which resource pool, in \"parent\"."
                            .formatted(clusters.size()));
        }
        return clusters.getFirst();
    }

    private static FaultException notAPlace(ManagedObject object) {
        return new FaultException(
                FaultCode.REQUEST_INVALID,
                object.id().value(),
                "%s is a %s that has no resource pools. Name a resource pool or a cluster."
                        .formatted(object.name(), object.kind().noun()));
    }

    private static void requireSameOwner(ResourcePool pool, ResourcePool parent) {
        if (!parent.ownerId().equals(pool.ownerId())) {
            throw new FaultException(
                    FaultCode.MOVE_INVALID,
                    pool.id().value(),
                    "%s shares the capacity of another cluster than %s. Choose a pool of the same one."
                            .formatted(pool.name(), parent.name()));
        }
    }

    private static void requireNotRoot(ResourcePool pool) {
        if (pool.isRoot()) {
            throw new FaultException(
                    FaultCode.REQUEST_INVALID,
                    pool.id().value(),
                    "%s stands for all of its cluster or host, and stays as it is. Make a pool in it."
                            .formatted(pool.name()));
        }
    }

    private static void requireVersion(ManagedObject object, long etag) {
        if (etag != 0 && object.version() != etag) {
            throw new FaultException(
                    FaultCode.VERSION_CONFLICT,
                    object.id().value(),
                    "%s has version %d by now, not %d; read it again and repeat."
                            .formatted(object.name(), object.version(), etag));
        }
    }
}
