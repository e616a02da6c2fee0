package dev.sternpost.inventory;

import java.util.Objects;

/**
 * A share of the capacity of a cluster or standalone host.
 *
 * @param parentId the owner, or another pool of the same owner
 * @param ownerId the cluster or standalone host whose capacity it shares
 * @param cpu what it gets of CPU; does not count for a root pool, which has all
 * @param memory what it gets of memory; does not count for a root pool
 */
public record ResourcePool(
        ResourcePoolId id,
        String name,
        ManagedObjectId parentId,
        long version,
        ManagedObjectId ownerId,
        PoolAllocation cpu,
        PoolAllocation memory)
        implements ManagedObject {
    /** What the root pool of a cluster or host is called. */
    public static final String ROOT_NAME = "Resources";

    public ResourcePool {
        Checks.object(id, name, version);
        Objects.requireNonNull(parentId, "parentId");
        if (!(ownerId instanceof ClusterId || ownerId instanceof HostId)) {
            throw new IllegalArgumentException("a resource pool belongs to a cluster or host, not to " + ownerId);
        }
        Objects.requireNonNull(cpu, "cpu");
        Objects.requireNonNull(memory, "memory");
    }

    /** The root pool of a cluster or host, not committed yet. */
    public static ResourcePool root(ResourcePoolId id, ManagedObjectId ownerId) {
        return new ResourcePool(id, ROOT_NAME, ownerId, 0, ownerId, PoolAllocation.NORMAL, PoolAllocation.NORMAL);
    }

    /** Whether it lies directly in its owner, and so stands for all of it. */
    public boolean isRoot() {
        return parentId.equals(ownerId);
    }

    public ResourcePool withName(String newName) {
        return new ResourcePool(id, newName, parentId, version, ownerId, cpu, memory);
    }

    public ResourcePool withParentId(ManagedObjectId newParentId) {
        return new ResourcePool(id, name, newParentId, version, ownerId, cpu, memory);
    }

    public ResourcePool withAllocations(PoolAllocation newCpu, PoolAllocation newMemory) {
        return new ResourcePool(id, name, parentId, version, ownerId, newCpu, newMemory);
    }

    @Override
    public ResourcePool withVersion(long newVersion) {
        return new ResourcePool(id, name, parentId, newVersion, ownerId, cpu, memory);
    }
}
