package dev.sternpost.inventory;

import java.util.Objects;
import java.util.UUID;

/**
 * A place for the directories of virtual machines. Which hosts see it is said by the hosts
 * ({@link InventorySnapshot#hostsWith}).
 *
 * @param parentId a folder of datastores
 * @param uuid kept in a file at its root, so that two hosts know they see the same one
 * @param capacityBytes size of the file system
 * @param freeBytes free, as last reported
 * @param accessible whether some host can use it
 */
public record Datastore(
        DatastoreId id,
        String name,
        FolderId parentId,
        long version,
        UUID uuid,
        long capacityBytes,
        long freeBytes,
        boolean accessible)
        implements ManagedObject {
    public Datastore {
        Checks.object(id, name, version);
        Objects.requireNonNull(parentId, "parentId");
        Objects.requireNonNull(uuid, "uuid");
        Checks.notNegative("capacityBytes", capacityBytes);
        Checks.notNegative("freeBytes", freeBytes);
    }

    /** Green when it can be used, yellow when it is nearly full, red when it cannot be used. */
    public OverallStatus status() {
        if (!accessible) {
            return OverallStatus.RED;
        }
        return freeBytes < capacityBytes / 20 ? OverallStatus.YELLOW : OverallStatus.GREEN;
    }

    public Datastore withName(String newName) {
        return new Datastore(id, newName, parentId, version, uuid, capacityBytes, freeBytes, accessible);
    }

    public Datastore withParentId(FolderId newParentId) {
        return new Datastore(id, name, newParentId, version, uuid, capacityBytes, freeBytes, accessible);
    }

    /** The same datastore as a host sees it now. */
    public Datastore observed(long newCapacityBytes, long newFreeBytes, boolean newAccessible) {
        return new Datastore(id, name, parentId, version, uuid, newCapacityBytes, newFreeBytes, newAccessible);
    }

    @Override
    public Datastore withVersion(long newVersion) {
        return new Datastore(id, name, parentId, newVersion, uuid, capacityBytes, freeBytes, accessible);
    }
}
