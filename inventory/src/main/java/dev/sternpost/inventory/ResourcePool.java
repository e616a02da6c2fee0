package dev.sternpost.inventory;

import java.util.Objects;

/**
 * A share of the capacity of a cluster or standalone host.
 *
 * @param parentId the owner, or another pool of the same owner
 * @param ownerId the cluster or standalone host whose capacity it shares
 */
public record ResourcePool(
        ResourcePoolId id, String name, ManagedObjectId parentId, long version, ManagedObjectId ownerId)
        implements ManagedObject {
    /** What the root pool of a cluster or host is called. */
    public static final String ROOT_NAME = "Resources";

    public ResourcePool {
        Checks.object(id, name, version);
        Objects.requireNonNull(parentId, "parentId");
        if (!(ownerId instanceof ClusterId || ownerId instanceof HostId)) {
            throw new IllegalArgumentException("a resource pool belongs to a cluster or host, not to " + ownerId);
        }
    }

    public ResourcePool withName(String newName) {
        return new ResourcePool(id, newName, parentId, version, ownerId);
    }

    public ResourcePool withParentId(ManagedObjectId newParentId) {
        return new ResourcePool(id, name, newParentId, version, ownerId);
    }

    @Override
    public ResourcePool withVersion(long newVersion) {
        return new ResourcePool(id, name, parentId, newVersion, ownerId);
    }
}
