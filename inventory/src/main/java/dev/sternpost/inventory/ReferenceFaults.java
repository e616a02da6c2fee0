package dev.sternpost.inventory;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What to say to a caller whose reference leads to no object, to several, or to one of another kind. */
final class ReferenceFaults {
    /** Most candidates a NAME_AMBIGUOUS fault lists. */
    static final int CANDIDATES_MAX = 10;

    private ReferenceFaults() {}

    static FaultException notFound(Class<? extends ManagedObject> type, String reference) {
        String message = "There is no %s \"%s\". Give an id, an inventory path, a UUID or a name that is unique."
                .formatted(nounOf(type), reference);
        return new FaultException(FaultCode.OBJECT_NOT_FOUND, reference, message);
    }

    static FaultException wrongKind(Class<? extends ManagedObject> type, String reference, ManagedObject object) {
        String message = "\"%s\" is a %s, but a %s is wanted. Give the id or path of one."
                .formatted(reference, object.kind().noun(), nounOf(type));
        return new FaultException(FaultCode.OBJECT_NOT_FOUND, object.id().value(), message);
    }

    static FaultException ambiguous(InventorySnapshot snapshot, String name, List<? extends ManagedObject> candidates) {
        String paths = candidates.stream()
                .limit(CANDIDATES_MAX)
                .map(candidate -> "%s (%s)".formatted(snapshot.pathOf(candidate.id()), candidate.id()))
                .collect(Collectors.joining(", "));
        String more =
                candidates.size() > CANDIDATES_MAX ? " and " + (candidates.size() - CANDIDATES_MAX) + " more" : "";
        return new FaultException(
                FaultCode.NAME_AMBIGUOUS,
                "%d objects are named \"%s\": %s%s. Give the path or id of one."
                        .formatted(candidates.size(), name, paths, more));
    }

    private static String nounOf(Class<? extends ManagedObject> type) {
        for (ObjectKind kind : ObjectKind.values()) {
            if (typeOf(kind) == type) {
                return kind.noun();
            }
        }
        return type == ManagedObject.class ? "object" : type.getSimpleName().toLowerCase(Locale.ROOT);
    }

    static Class<? extends ManagedObject> typeOf(ObjectKind kind) {
        return switch (kind) {
            case FOLDER -> Folder.class;
            case DATACENTER -> Datacenter.class;
            case CLUSTER -> Cluster.class;
            case HOST -> Host.class;
            case RESOURCE_POOL -> ResourcePool.class;
            case VIRTUAL_MACHINE -> VirtualMachine.class;
            case DATASTORE -> Datastore.class;
            case NETWORK -> Network.class;
        };
    }
}
