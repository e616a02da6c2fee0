package dev.sternpost.inventory;

import org.jspecify.annotations.Nullable;

/** Something in the inventory tree. */
public sealed interface ManagedObject
        permits Folder, Datacenter, Cluster, Host, ResourcePool, VirtualMachine, Datastore, Network {
    /** Never given out again. */
    ManagedObjectId id();

    /** Unique inside the parent. */
    String name();

    /** Null for the root folder only. */
    @Nullable
    ManagedObjectId parentId();

    /** Rises by one with each committed change; 0 for an object that has not been committed yet. */
    long version();

    /** The same object with another version; for stores. */
    ManagedObject withVersion(long newVersion);

    /** What it is. */
    default ObjectKind kind() {
        return id().kind();
    }
}
