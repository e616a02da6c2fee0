package dev.sternpost.inventory;

import java.util.Objects;

/**
 * A group of hosts that share virtual machines, datastores and networks.
 *
 * @param parentId a folder of hosts
 * @param rootResourcePoolId the pool all its other pools lie in
 */
public record Cluster(ClusterId id, String name, FolderId parentId, long version, ResourcePoolId rootResourcePoolId)
        implements ManagedObject {
    public Cluster {
        Checks.object(id, name, version);
        Objects.requireNonNull(parentId, "parentId");
        Objects.requireNonNull(rootResourcePoolId, "rootResourcePoolId");
    }

    public Cluster withName(String newName) {
        return new Cluster(id, newName, parentId, version, rootResourcePoolId);
    }

    public Cluster withParentId(FolderId newParentId) {
        return new Cluster(id, name, newParentId, version, rootResourcePoolId);
    }

    @Override
    public Cluster withVersion(long newVersion) {
        return new Cluster(id, name, parentId, newVersion, rootResourcePoolId);
    }
}
