package dev.sternpost.inventory.store;

import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.ManagedObjectId;
import dev.sternpost.inventory.event.EventDraft;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What one commit is to change: all of it or nothing.
 *
 * @param changes to objects, each object at most once; a parent comes before its new children, and is removed after
 *     them
 * @param events what happened, in order
 * @param audits who did it
 */
public record InventoryWrite(List<Change> changes, List<EventDraft> events, List<AuditDraft> audits) {
    /** Most changes of one commit. */
    public static final int CHANGES_MAX = 100_000;

    /** Changes nothing. */
    public static final InventoryWrite NOTHING = new InventoryWrite(List.of(), List.of(), List.of());

    public InventoryWrite {
        changes = List.copyOf(changes);
        events = List.copyOf(events);
        audits = List.copyOf(audits);
        if (changes.size() > CHANGES_MAX) {
            throw new IllegalArgumentException("more than " + CHANGES_MAX + " changes in one commit");
        }
        Set<ManagedObjectId> ids = new HashSet<>();
        for (Change change : changes) {
            if (!ids.add(change.id())) {
                throw new IllegalArgumentException("a commit changes " + change.id() + " twice");
            }
        }
    }

    /** A change to one object. */
    public sealed interface Change {
        /** The object's id. */
        ManagedObjectId id();

        /** The version the object must still have. */
        long expectedVersion();
    }

    /**
     * Makes the object, when its version is 0, or replaces it: {@code object.version()} is the version it was made
     * from, and must still be the current one. The store gives it the next version.
     */
    public record Put(ManagedObject object) implements Change {
        @Override
        public ManagedObjectId id() {
            return object.id();
        }

        @Override
        public long expectedVersion() {
            return object.version();
        }
    }

    /** Removes the object, which must have no children and no users, and still have the expected version. */
    public record Remove(ManagedObjectId id, long expectedVersion) implements Change {}

    /** Whether a commit of it would change nothing at all. */
    public boolean isEmpty() {
        return changes.isEmpty() && events.isEmpty() && audits.isEmpty();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Puts a write together. */
    public static final class Builder {
        private final List<Change> changes = new ArrayList<>();
        private final List<EventDraft> events = new ArrayList<>();
        private final List<AuditDraft> audits = new ArrayList<>();

        private Builder() {}

        /** Makes or replaces an object; see {@link Put}. */
        public Builder put(ManagedObject object) {
            changes.add(new Put(object));
            return this;
        }

        /** Makes or replaces objects; see {@link Put}. */
        public Builder putAll(Collection<? extends ManagedObject> objects) {
            objects.forEach(this::put);
            return this;
        }

        Builder change(Change change) {
            changes.add(change);
            return this;
        }

        /** Removes an object as the caller has seen it; see {@link Remove}. */
        public Builder remove(ManagedObject object) {
            changes.add(new Remove(object.id(), object.version()));
            return this;
        }

        public Builder event(EventDraft event) {
            events.add(event);
            return this;
        }

        public Builder audit(AuditDraft audit) {
            audits.add(audit);
            return this;
        }

        public InventoryWrite build() {
            return new InventoryWrite(changes, events, audits);
        }
    }
}
