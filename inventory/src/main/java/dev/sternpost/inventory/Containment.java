package dev.sternpost.inventory;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.util.Locale;

/** Which object may lie in which. */
public final class Containment {
    private Containment() {}

    /** Whether an object of a kind may lie directly in another object; a folder only in one of its own type. */
    public static boolean holds(ManagedObject parent, ManagedObject child) {
        return switch (parent) {
            case Folder folder ->
                child instanceof Folder inner
                        ? inner.type() == folder.type()
                        : folder.type().holds(child.kind());
            case Datacenter datacenter -> datacenter.ownsFolder(child.id());
            case Cluster c -> child instanceof Host || child instanceof ResourcePool;
            case Host h -> child instanceof ResourcePool;
            case ResourcePool p -> child instanceof ResourcePool;
            case VirtualMachine vm -> false;
            case Datastore d -> false;
            case Network n -> false;
        };
    }

    /**
     * Checks that an object may be made in a parent, or moved there when the snapshot already has it elsewhere.
     *
     * @throws FaultException OBJECT_NOT_FOUND when there is no such parent, MOVE_INVALID when the object may not lie in
     *     it, would leave its datacenter, would lie inside itself, or would be too deep
     */
    public static void check(InventorySnapshot snapshot, ManagedObject child) {
        if (child.parentId() == null) {
            return;
        }
        ManagedObject parent = snapshot.get(child.parentId());
        if (!holds(parent, child)) {
            throw refused(child, "\"%s\" is a %s that cannot hold it".formatted(parent.name(), describe(parent)));
        }
        if (snapshot.ancestors(parent.id()).size() + 2 > InventorySnapshot.DEPTH_MAX) {
            throw refused(child, "the tree would be deeper than " + InventorySnapshot.DEPTH_MAX);
        }
        ManagedObject before = snapshot.find(child.id()).orElse(child);
        if (!parent.id().equals(before.parentId())) {
            checkMove(snapshot, before, parent);
        }
    }

    private static void checkMove(InventorySnapshot snapshot, ManagedObject child, ManagedObject newParent) {
        if (newParent.id().equals(child.id()) || snapshot.isBelow(newParent.id(), child.id())) {
            throw refused(child, "it would lie inside itself");
        }
        if (child.parentId() instanceof DatacenterId) {
            throw refused(child, "it belongs to its datacenter");
        }
        // Datacenters and their folders lie above datacenters and may go anywhere among themselves.
        if (!snapshot.datacenterOf(newParent.id()).equals(snapshot.datacenterOf(child.id()))
                && !(child instanceof Datacenter)) {
            throw refused(child, "it would leave its datacenter");
        }
    }

    private static FaultException refused(ManagedObject child, String reason) {
        return new FaultException(
                FaultCode.MOVE_INVALID,
                child.id().value(),
                "The %s \"%s\" cannot be put there: %s.".formatted(child.kind().noun(), child.name(), reason));
    }

    private static String describe(ManagedObject object) {
        return object instanceof Folder folder
                ? "folder of type "
                        + folder.type().name().toLowerCase(Locale.ROOT).replace('_', ' ')
                : object.kind().noun();
    }
}
