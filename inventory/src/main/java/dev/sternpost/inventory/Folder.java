package dev.sternpost.inventory;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A folder; its id says what it holds.
 *
 * @param parentId a folder of the same type, or a datacenter, or null for the root folder
 */
public record Folder(FolderId id, String name, @Nullable ManagedObjectId parentId, long version)
        implements ManagedObject {
    /** The root folder as every installation begins with it. */
    public static final Folder ROOT = new Folder(FolderId.ROOT, "Datacenters", null, 1);

    public Folder {
        Checks.object(id, name, version);
        if ((parentId == null) != id.equals(FolderId.ROOT)) {
            throw new IllegalArgumentException("the root folder, and no other, has no parent: " + id);
        }
    }

    /** A folder that is not committed yet. */
    public static Folder create(FolderId id, String name, ManagedObjectId parentId) {
        return new Folder(id, name, Objects.requireNonNull(parentId, "parentId"), 0);
    }

    /** What it holds. */
    public FolderType type() {
        return id.type();
    }

    public Folder withName(String newName) {
        return new Folder(id, newName, parentId, version);
    }

    public Folder withParentId(ManagedObjectId newParentId) {
        return new Folder(id, name, newParentId, version);
    }

    @Override
    public Folder withVersion(long newVersion) {
        return new Folder(id, name, parentId, newVersion);
    }
}
