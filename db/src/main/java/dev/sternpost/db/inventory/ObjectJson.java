package dev.sternpost.db.inventory;

import dev.sternpost.db.json.Json;
import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.Datacenter;
import dev.sternpost.inventory.Datastore;
import dev.sternpost.inventory.Folder;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.InventoryDelta;
import dev.sternpost.inventory.InventoryDelta.ObjectChange;
import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.ManagedObjectId;
import dev.sternpost.inventory.Network;
import dev.sternpost.inventory.ObjectKind;
import dev.sternpost.inventory.ResourcePool;
import dev.sternpost.inventory.VirtualMachine;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Managed objects and changes as the {@code jsonb} columns hold them. */
final class ObjectJson {
    private ObjectJson() {}

    /** One change of {@code change_log.changes}: {@code object} of a kind was put, or {@code removed} was removed. */
    private record ChangeJson(
            @Nullable ObjectKind kind,
            @Nullable JsonNode object,
            @Nullable ManagedObjectId removed) {}

    static String write(ManagedObject object) {
        return Json.write(object);
    }

    static ManagedObject read(ObjectKind kind, String body) {
        return Json.read(body, typeOf(kind));
    }

    /** For where the kind is not in a column of its own: the id in the body tells it. */
    static ManagedObject read(String body) {
        JsonNode tree = Json.read(body, JsonNode.class);
        return Json.read(
                tree, typeOf(ManagedObjectId.parse(tree.path("id").asString()).kind()));
    }

    static String writeChanges(List<ObjectChange> changes) {
        return Json.write(changes.stream().map(ObjectJson::toJson).toList());
    }

    /** The same for objects that were put and have been written before, in the same order. */
    static String writePuts(List<? extends ManagedObject> objects, List<String> bodies) {
        StringBuilder json = new StringBuilder("[");
        for (int i = 0; i < bodies.size(); i++) {
            json.append(i == 0 ? "" : ",")
                    .append("{\"kind\":\"")
                    .append(objects.get(i).kind().name())
                    .append("\",\"object\":")
                    .append(bodies.get(i))
                    .append('}');
        }
        return json.append(']').toString();
    }

    private static ChangeJson toJson(ObjectChange change) {
        return switch (change) {
            case InventoryDelta.Put put -> new ChangeJson(put.object().kind(), Json.tree(put.object()), null);
            case InventoryDelta.Removed removed -> new ChangeJson(null, null, removed.id());
        };
    }

    static List<ObjectChange> readChanges(String changes) {
        return List.of(Json.read(changes, ChangeJson[].class)).stream()
                .map(ObjectJson::fromJson)
                .toList();
    }

    private static ObjectChange fromJson(ChangeJson json) {
        if (json.kind() != null && json.object() != null) {
            return new InventoryDelta.Put(Json.read(json.object(), typeOf(json.kind())));
        }
        if (json.removed() == null) {
            throw new IllegalStateException("a change in the change log is neither a put nor a removal");
        }
        return new InventoryDelta.Removed(json.removed());
    }

    private static Class<? extends ManagedObject> typeOf(ObjectKind kind) {
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
