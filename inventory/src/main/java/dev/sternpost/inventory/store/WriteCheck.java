package dev.sternpost.inventory.store;

import dev.sternpost.inventory.Containment;
import dev.sternpost.inventory.InventoryDelta;
import dev.sternpost.inventory.InventoryDelta.ObjectChange;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.ManagedObjectId;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.InventoryWrite.Change;
import dev.sternpost.inventory.store.InventoryWrite.Put;
import dev.sternpost.inventory.store.InventoryWrite.Remove;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a write must keep true of the tree: everything lies where it may, names are unique in their parent, and nothing
 * refers to what is not there. Stores enforce versions, names, UUIDs and parents once more by themselves.
 */
public final class WriteCheck {
    private WriteCheck() {}

    /**
     * Checks a write against the snapshot it would change.
     *
     * @return the snapshot as it will be, at the next revision
     * @throws FaultException as {@link InventoryStore#commit}, and MOVE_INVALID
     */
    public static InventorySnapshot check(InventorySnapshot snapshot, InventoryWrite write) {
        InventorySnapshot after = snapshot;
        for (Change change : write.changes()) {
            version(snapshot, change);
            after = switch (change) {
                case Put put -> put(after, put.object().withVersion(put.expectedVersion() + 1));
                case Remove remove -> remove(after, remove.id());
            };
        }
        for (Change change : write.changes()) {
            references(snapshot, after, change);
        }
        return after.asRevision(snapshot.revision() + 1);
    }

    private static void version(InventorySnapshot snapshot, Change change) {
        long version = snapshot.find(change.id()).map(ManagedObject::version).orElse(0L);
        if (version != change.expectedVersion()) {
            throw new FaultException(
                    FaultCode.VERSION_CONFLICT,
                    change.id().value(),
                    version == 0
                            ? change.id() + " was removed by someone else. Look at the inventory again."
                            : "%s was changed by someone else: it has version %d, not %d. Read it again and repeat."
                                    .formatted(change.id(), version, change.expectedVersion()));
        }
    }

    private static InventorySnapshot put(InventorySnapshot before, ManagedObject object) {
        Containment.check(before, object);
        ManagedObjectId parentId = object.parentId();
        if (parentId != null) {
            before.findChild(parentId, object.name())
                    .filter(holder -> !holder.id().equals(object.id()))
                    .ifPresent(holder -> {
                        throw nameTaken(before, object, holder);
                    });
        }
        before.findSameUuid(object).ifPresent(holder -> {
            throw uuidTaken(before, holder);
        });
        return step(before, new InventoryDelta.Put(object));
    }

    private static InventorySnapshot remove(InventorySnapshot before, ManagedObjectId id) {
        if (before.hasChildren(id)) {
            throw notEmpty(before, id, "has objects in it", before.children(id));
        }
        return step(before, new InventoryDelta.Removed(id));
    }

    private static InventorySnapshot step(InventorySnapshot before, ObjectChange change) {
        return before.apply(new InventoryDelta(before.revision() + 1, List.of(change)));
    }

    private static void references(InventorySnapshot before, InventorySnapshot after, Change change) {
        switch (change) {
            case Put put -> after.usedBy(put.object()).forEach(after::get);
            case Remove remove -> {
                List<ManagedObject> users = after.users(remove.id());
                if (!users.isEmpty()) {
                    throw notEmpty(before, remove.id(), "is in use", users);
                }
            }
        }
    }

    private static FaultException nameTaken(InventorySnapshot snapshot, ManagedObject object, ManagedObject holder) {
        return new FaultException(
                FaultCode.NAME_TAKEN,
                holder.id().value(),
                "The name \"%s\" is taken by %s (%s). Choose another name or another place."
                        .formatted(object.name(), holder.id(), snapshot.pathOf(holder.id())));
    }

    private static FaultException uuidTaken(InventorySnapshot snapshot, ManagedObject holder) {
        return new FaultException(
                FaultCode.VM_ALREADY_REGISTERED,
                holder.id().value(),
                "It is already in the inventory as %s (%s). Unregister that one first."
                        .formatted(holder.id(), snapshot.pathOf(holder.id())));
    }

    private static FaultException notEmpty(
            InventorySnapshot snapshot, ManagedObjectId id, String why, List<ManagedObject> others) {
        Stream<String> names = others.stream().limit(3).map(other -> "%s (%s)".formatted(other.name(), other.id()));
        return new FaultException(
                FaultCode.OBJECT_NOT_EMPTY,
                id.value(),
                "The %s \"%s\" %s: %s%s. Move or remove them first."
                        .formatted(
                                id.kind().noun(),
                                snapshot.get(id).name(),
                                why,
                                String.join(", ", names.toList()),
                                others.size() > 3 ? " and " + (others.size() - 3) + " more" : ""));
    }
}
