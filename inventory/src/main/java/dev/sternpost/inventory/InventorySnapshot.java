package dev.sternpost.inventory;

import dev.sternpost.inventory.Indexes.ChildKey;
import dev.sternpost.inventory.InventoryDelta.ObjectChange;
import dev.sternpost.inventory.InventoryDelta.Put;
import dev.sternpost.inventory.InventoryDelta.Removed;
import dev.sternpost.inventory.fault.FaultException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The whole inventory at one moment. Immutable; the next one is made by {@link #apply} and shares with this one all
 * that did not change, so that a change costs O(log n) and old snapshots cost next to nothing.
 */
public final class InventorySnapshot {
    /** Deepest tree: a bound for every walk towards the root. */
    public static final int DEPTH_MAX = 64;

    private final long revision;
    private final Indexes indexes;

    private InventorySnapshot(long revision, Indexes indexes) {
        this.revision = revision;
        this.indexes = indexes;
    }

    /** No object at all, not even the root folder, at revision 0. */
    public static InventorySnapshot empty() {
        return new InventorySnapshot(0, Indexes.EMPTY);
    }

    /** The snapshot that holds these objects, as a store loads it. */
    public static InventorySnapshot of(long revision, Collection<? extends ManagedObject> objects) {
        return new InventorySnapshot(revision, Indexes.of(objects));
    }

    /**
     * This snapshot moved on by one commit.
     *
     * @throws IllegalStateException when the delta is not the one that follows
     */
    public InventorySnapshot apply(InventoryDelta delta) {
        if (delta.revision() != revision + 1) {
            throw new IllegalStateException("delta " + delta.revision() + " does not follow revision " + revision);
        }
        Indexes next = indexes;
        for (ObjectChange change : delta.changes()) {
            next = switch (change) {
                case Put put -> next.with(put.object());
                case Removed removed -> next.without(next.require(removed.id()));
            };
        }
        return new InventorySnapshot(delta.revision(), next);
    }

    /** The same objects as of another revision, for who has put together what several changes led to. */
    public InventorySnapshot asRevision(long otherRevision) {
        return otherRevision == revision ? this : new InventorySnapshot(otherRevision, indexes);
    }

    /** Rises by one with each commit. */
    public long revision() {
        return revision;
    }

    /** Number of objects. */
    public int size() {
        return indexes.objects().size();
    }

    // ---- one object ----

    public Optional<ManagedObject> find(ManagedObjectId id) {
        return Optional.ofNullable(indexes.objects().get(id));
    }

    /** @throws FaultException OBJECT_NOT_FOUND */
    public ManagedObject get(ManagedObjectId id) {
        return find(id).orElseThrow(() -> ReferenceFaults.notFound(ManagedObject.class, id.value()));
    }

    /** @throws FaultException OBJECT_NOT_FOUND */
    public VirtualMachine get(VirtualMachineId id) {
        return get(id, VirtualMachine.class);
    }

    /** @throws FaultException OBJECT_NOT_FOUND */
    public Host get(HostId id) {
        return get(id, Host.class);
    }

    /** @throws FaultException OBJECT_NOT_FOUND */
    public Cluster get(ClusterId id) {
        return get(id, Cluster.class);
    }

    /** @throws FaultException OBJECT_NOT_FOUND */
    public Folder get(FolderId id) {
        return get(id, Folder.class);
    }

    /** @throws FaultException OBJECT_NOT_FOUND */
    public Datacenter get(DatacenterId id) {
        return get(id, Datacenter.class);
    }

    /** @throws FaultException OBJECT_NOT_FOUND */
    public ResourcePool get(ResourcePoolId id) {
        return get(id, ResourcePool.class);
    }

    /** @throws FaultException OBJECT_NOT_FOUND */
    public Datastore get(DatastoreId id) {
        return get(id, Datastore.class);
    }

    /** @throws FaultException OBJECT_NOT_FOUND */
    public Network get(NetworkId id) {
        return get(id, Network.class);
    }

    private <T extends ManagedObject> T get(ManagedObjectId id, Class<T> type) {
        return find(id, type).orElseThrow(() -> ReferenceFaults.notFound(type, id.value()));
    }

    public Optional<VirtualMachine> find(VirtualMachineId id) {
        return find(id, VirtualMachine.class);
    }

    public Optional<Host> find(HostId id) {
        return find(id, Host.class);
    }

    private <T extends ManagedObject> Optional<T> find(ManagedObjectId id, Class<T> type) {
        return find(id).filter(type::isInstance).map(type::cast);
    }

    public Optional<ManagedObject> findByUuid(UUID uuid) {
        return Optional.ofNullable(indexes.uuids().get(uuid));
    }

    /** The virtual machines and templates with a card that has this address. */
    public List<VirtualMachine> findByMac(String macAddress) {
        return only(
                VirtualMachine.class,
                indexes.macs().range(key -> key.macAddress().compareTo(macAddress), Integer.MAX_VALUE));
    }

    /** The child of an object with a name. */
    public Optional<ManagedObject> findChild(ManagedObjectId parentId, String name) {
        return Optional.ofNullable(indexes.children().get(new ChildKey(parentId, name)));
    }

    /** The object at an inventory path, such as "/DC0/vm/web/app-1"; "/" is the root folder. */
    public Optional<ManagedObject> findByPath(String path) {
        if (!path.startsWith("/")) {
            return Optional.empty();
        }
        Optional<ManagedObject> at = find((ManagedObjectId) FolderId.ROOT);
        String[] names = path.substring(1).split("/", DEPTH_MAX + 1);
        for (int i = 0; i < names.length && at.isPresent(); i++) {
            boolean trailingSlash = i == names.length - 1 && names[i].isEmpty();
            if (!trailingSlash) {
                String name = names[i];
                at = at.flatMap(parent -> findChild(parent.id(), name));
            }
        }
        return at;
    }

    /**
     * What a caller means by a reference: an id, an inventory path, a UUID, or a name that only one object has. An id
     * wins over a name.
     *
     * @throws FaultException OBJECT_NOT_FOUND, or NAME_AMBIGUOUS listing the paths of the candidates
     */
    public ManagedObject resolve(String reference) {
        return resolve(reference, ManagedObject.class);
    }

    /**
     * The same for callers that want one kind of object; a name need only be unique within that kind.
     *
     * @throws FaultException OBJECT_NOT_FOUND, also when the reference is to an object of another kind, or
     *     NAME_AMBIGUOUS listing the paths of the candidates
     */
    public <T extends ManagedObject> T resolve(String reference, Class<T> type) {
        Optional<ManagedObject> exact = reference.startsWith("/")
                ? findByPath(reference)
                : ManagedObjectId.tryParse(reference).flatMap(this::find).or(() -> findByUuid(reference));
        if (exact.isPresent() && (type.isInstance(exact.get()) || reference.startsWith("/"))) {
            return exact.filter(type::isInstance)
                    .map(type::cast)
                    .orElseThrow(() -> ReferenceFaults.wrongKind(type, reference, exact.get()));
        }
        List<T> candidates = findByName(reference, type);
        return switch (candidates.size()) {
            case 1 -> candidates.getFirst();
            case 0 ->
                throw exact.map(object -> ReferenceFaults.wrongKind(type, reference, object))
                        .orElseGet(() -> ReferenceFaults.notFound(type, reference));
            default -> throw ReferenceFaults.ambiguous(this, reference, candidates);
        };
    }

    private Optional<ManagedObject> findByUuid(String text) {
        return ObjectName.isUuid(text) ? findByUuid(UUID.fromString(text)) : Optional.empty();
    }

    /** All objects of a type with a name, in the order of ids. */
    public <T extends ManagedObject> List<T> findByName(String name, Class<T> type) {
        return only(type, indexes.names().range(key -> key.name().compareTo(name), Integer.MAX_VALUE));
    }

    // ---- the tree ----

    /** Direct children, by name. */
    public List<ManagedObject> children(ManagedObjectId id) {
        return indexes.children().range(key -> key.parentId().compareTo(id), Integer.MAX_VALUE);
    }

    /** Whether anything lies directly in an object. */
    public boolean hasChildren(ManagedObjectId id) {
        return indexes.hasChildren(id);
    }

    /** All objects below one, not itself; parents before their children. */
    public List<ManagedObject> descendants(ManagedObjectId id) {
        List<ManagedObject> found = new ArrayList<>(children(id));
        for (int i = 0; i < found.size(); i++) {
            found.addAll(children(found.get(i).id()));
        }
        return found;
    }

    /** The parent, its parent and so on up to the root folder. */
    public List<ManagedObject> ancestors(ManagedObjectId id) {
        List<ManagedObject> found = new ArrayList<>();
        @Nullable ManagedObjectId parentId = get(id).parentId();
        while (parentId != null) {
            if (found.size() >= DEPTH_MAX) {
                throw new IllegalStateException("the tree is deeper than " + DEPTH_MAX + " at " + id);
            }
            ManagedObject parent = indexes.require(parentId);
            found.add(parent);
            parentId = parent.parentId();
        }
        return found;
    }

    /** Whether an object lies below another one at any depth. */
    public boolean isBelow(ManagedObjectId id, ManagedObjectId ancestorId) {
        return ancestors(id).stream().anyMatch(ancestor -> ancestor.id().equals(ancestorId));
    }

    /** The inventory path of an object; "/" for the root folder. */
    public String pathOf(ManagedObjectId id) {
        if (id.equals(FolderId.ROOT)) {
            return "/";
        }
        StringBuilder path = new StringBuilder("/").append(get(id).name());
        for (ManagedObject ancestor : ancestors(id)) {
            if (!ancestor.id().equals(FolderId.ROOT)) {
                path.insert(0, ancestor.name()).insert(0, '/');
            }
        }
        return path.toString();
    }

    /** The datacenter an object is or lies in; empty for the root folder and folders of datacenters. */
    public Optional<Datacenter> datacenterOf(ManagedObjectId id) {
        return enclosing(id, Datacenter.class);
    }

    /** The cluster an object is or lies in; empty for standalone hosts and what lies elsewhere. */
    public Optional<Cluster> clusterOf(ManagedObjectId id) {
        return enclosing(id, Cluster.class);
    }

    private <T extends ManagedObject> Optional<T> enclosing(ManagedObjectId id, Class<T> type) {
        ManagedObject object = get(id);
        return type.isInstance(object)
                ? Optional.of(type.cast(object))
                : only(type, ancestors(id)).stream().findFirst();
    }

    // ---- all of a kind ----

    /** All objects in the order of ids. */
    public List<ManagedObject> objects() {
        return indexes.objects().values();
    }

    /** The objects after one in the order of ids, at most {@code limit}; null begins at the first. For paging. */
    public List<ManagedObject> objectsAfter(@Nullable ManagedObjectId id, int limit) {
        return indexes.objects().range(key -> id == null || key.compareTo(id) > 0 ? 0 : -1, limit);
    }

    /** All objects of a type in the order of ids. */
    public <T extends ManagedObject> List<T> objects(Class<T> type) {
        for (ObjectKind kind : ObjectKind.values()) {
            if (ReferenceFaults.typeOf(kind) == type) {
                return only(type, indexes.objects().range(key -> key.kind().compareTo(kind), Integer.MAX_VALUE));
            }
        }
        return only(type, objects());
    }

    /** The virtual machines and templates registered on a host. */
    public List<VirtualMachine> vmsOn(HostId id) {
        return users(id, VirtualMachine.class);
    }

    /** The virtual machines and templates whose directory lies on a datastore. */
    public List<VirtualMachine> vmsOn(DatastoreId id) {
        return users(id, VirtualMachine.class);
    }

    /** The virtual machines and templates that draw from a pool, those of pools inside it not included. */
    public List<VirtualMachine> vmsIn(ResourcePoolId id) {
        return users(id, VirtualMachine.class);
    }

    /** The virtual machines and templates connected to a network. */
    public List<VirtualMachine> vmsOn(NetworkId id) {
        return users(id, VirtualMachine.class);
    }

    /** The hosts of a cluster, by name. */
    public List<Host> hostsOf(ClusterId id) {
        return only(Host.class, children(id));
    }

    /** The hosts that see a datastore. */
    public List<Host> hostsWith(DatastoreId id) {
        return users(id, Host.class);
    }

    /** The hosts that offer a network. */
    public List<Host> hostsWith(NetworkId id) {
        return users(id, Host.class);
    }

    /** The objects that refer to one, children not included; in the order of ids. */
    public List<ManagedObject> users(ManagedObjectId id) {
        return indexes.uses().range(key -> key.usedId().compareTo(id), Integer.MAX_VALUE);
    }

    /** What an object refers to, its parent not included. */
    public List<ManagedObjectId> usedBy(ManagedObject object) {
        return Indexes.uses(object);
    }

    /** Another object that has the same UUID. */
    public Optional<ManagedObject> findSameUuid(ManagedObject object) {
        return Optional.ofNullable(Indexes.uuid(object))
                .flatMap(this::findByUuid)
                .filter(holder -> !holder.id().equals(object.id()));
    }

    private <T extends ManagedObject> List<T> users(ManagedObjectId id, Class<T> type) {
        return only(type, users(id));
    }

    private static <T extends ManagedObject> List<T> only(Class<T> type, List<ManagedObject> objects) {
        return objects.stream().filter(type::isInstance).map(type::cast).toList();
    }
}
