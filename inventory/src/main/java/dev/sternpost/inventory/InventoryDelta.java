package dev.sternpost.inventory;

import java.util.List;

/**
 * What one commit changed.
 *
 * @param revision of the inventory after it; each commit raises it by exactly one
 * @param changes each object at most once, in the order they were written; empty for a commit of events alone
 */
public record InventoryDelta(long revision, List<ObjectChange> changes) {
    public InventoryDelta {
        Checks.notNegative("revision", revision);
        changes = List.copyOf(changes);
    }

    /** What became of one object. */
    public sealed interface ObjectChange {
        /** The object's id. */
        ManagedObjectId id();
    }

    /** The object was made or changed, and is now this. */
    public record Put(ManagedObject object) implements ObjectChange {
        @Override
        public ManagedObjectId id() {
            return object.id();
        }
    }

    /** The object was removed. */
    public record Removed(ManagedObjectId id) implements ObjectChange {}
}
