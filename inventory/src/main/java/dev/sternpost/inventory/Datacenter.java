package dev.sternpost.inventory;

import java.util.Objects;

/**
 * A datacenter and its four folders, which are there as long as it is.
 *
 * @param parentId the root folder or a folder of datacenters
 */
public record Datacenter(
        DatacenterId id,
        String name,
        FolderId parentId,
        long version,
        FolderId vmFolderId,
        FolderId hostFolderId,
        FolderId datastoreFolderId,
        FolderId networkFolderId)
        implements ManagedObject {
    public Datacenter {
        Checks.object(id, name, version);
        Objects.requireNonNull(parentId, "parentId");
        type(vmFolderId, FolderType.VIRTUAL_MACHINE);
        type(hostFolderId, FolderType.HOST);
        type(datastoreFolderId, FolderType.DATASTORE);
        type(networkFolderId, FolderType.NETWORK);
    }

    private static void type(FolderId id, FolderType type) {
        if (id.type() != type) {
            throw new IllegalArgumentException(id + " is no folder of type " + type);
        }
    }

    /** Whether this is one of its four folders. */
    public boolean ownsFolder(ManagedObjectId folder) {
        return folder.equals(vmFolderId)
                || folder.equals(hostFolderId)
                || folder.equals(datastoreFolderId)
                || folder.equals(networkFolderId);
    }

    public Datacenter withName(String newName) {
        return new Datacenter(
                id, newName, parentId, version, vmFolderId, hostFolderId, datastoreFolderId, networkFolderId);
    }

    public Datacenter withParentId(FolderId newParentId) {
        return new Datacenter(
                id, name, newParentId, version, vmFolderId, hostFolderId, datastoreFolderId, networkFolderId);
    }

    @Override
    public Datacenter withVersion(long newVersion) {
        return new Datacenter(
                id, name, parentId, newVersion, vmFolderId, hostFolderId, datastoreFolderId, networkFolderId);
    }
}
