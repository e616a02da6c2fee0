package dev.sternpost.server.tree;

import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.ClusterId;
import dev.sternpost.inventory.Datacenter;
import dev.sternpost.inventory.DatacenterId;
import dev.sternpost.inventory.Folder;
import dev.sternpost.inventory.FolderId;
import dev.sternpost.inventory.FolderType;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.ObjectName;
import dev.sternpost.inventory.ResourcePool;
import dev.sternpost.inventory.ResourcePoolId;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.AuditDraft;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryWrite;

/**
 * Makes, renames, moves and removes what the tree is made of. Objects are named by id, path, UUID or unique name; every method
 * throws {@link FaultException} with the codes of the contract and changes nothing then.
 */
public final class InventoryTree {
    private final Inventory inventory;
    private final RepeatedRequests repeated = new RepeatedRequests();

    public InventoryTree(Inventory inventory) {
        this.inventory = inventory;
    }

    /** Makes a datacenter with its four folders. An empty folder stands for the root folder. */
    public Datacenter createDatacenter(String userName, String folder, String name, String requestId) {
        ObjectName.check(name);
        var id = repeated.once(userName, "datacenter", requestId, () -> {
            long number = inventory.nextIdNumber();
            DatacenterId datacenterId = DatacenterId.of(number);
            Datacenter datacenter = new Datacenter(
                    datacenterId,
                    name,
                    FolderId.ROOT,
                    0,
                    newFolderId(FolderType.VIRTUAL_MACHINE),
                    newFolderId(FolderType.HOST),
                    newFolderId(FolderType.DATASTORE),
                    newFolderId(FolderType.NETWORK));
            inventory.commit((InventorySnapshot snapshot) -> {
                Folder parent = folder.isEmpty() ? snapshot.get(FolderId.ROOT) : snapshot.resolve(folder, Folder.class);
                requireHolds(parent, FolderType.DATACENTER, "a datacenter");
                return InventoryWrite.builder()
                        .put(datacenter.withParentId(parent.id()))
                        .put(Folder.create(datacenter.vmFolderId(), "vm", datacenterId))
                        .put(Folder.create(datacenter.hostFolderId(), "host", datacenterId))
                        .put(Folder.create(datacenter.datastoreFolderId(), "datastore", datacenterId))
                        .put(Folder.create(datacenter.networkFolderId(), "network", datacenterId))
                        .event(EventDraft.about(datacenter, EventType.DATACENTER_CREATED, name + " was created.")
                                .byUser(userName))
                        .audit(new AuditDraft(userName, "Datacenter.Create", datacenterId, ""))
                        .build();
            });
            return datacenterId;
        });
        return inventory.snapshot().get((DatacenterId) id);
    }

    /** Gives a datacenter another name. */
    public Datacenter renameDatacenter(String userName, String reference, String name, long etag) {
        ObjectName.check(name);
        DatacenterId id =
                inventory.snapshot().resolve(reference, Datacenter.class).id();
        inventory.commit((InventorySnapshot snapshot) -> {
            Datacenter datacenter = snapshot.get(id);
            requireVersion(datacenter, etag);
            return InventoryWrite.builder()
                    .put(datacenter.withName(name))
                    .event(EventDraft.about(
                                    datacenter,
                                    EventType.OBJECT_RENAMED,
                                    "%s was renamed to %s.".formatted(datacenter.name(), name))
                            .byUser(userName))
                    .audit(new AuditDraft(userName, "Datacenter.Rename", id, ""))
                    .build();
        });
        return inventory.snapshot().get(id);
    }

    /**
     * Removes a datacenter whose people have moved out. Datastores and networks stay behind when hosts leave, and no one can
     * remove them by hand, so they go with it.
     */
    public void deleteDatacenter(String userName, String reference, long etag) {
        inventory.commit((InventorySnapshot snapshot) -> {
            Datacenter datacenter = snapshot.resolve(reference, Datacenter.class);
            requireVersion(datacenter, etag);
            if (snapshot.hasChildren(datacenter.vmFolderId()) || snapshot.hasChildren(datacenter.hostFolderId())) {
                throw notEmpty(
                        datacenter, "Remove its virtual machines, templates, hosts, clusters and folders first.");
            }
            InventoryWrite.Builder write = InventoryWrite.builder();
            snapshot.children(datacenter.id()).forEach(folder -> removeTree(snapshot, folder, write));
            return write.remove(datacenter)
                    .event(EventDraft.about(
                                    datacenter, EventType.DATACENTER_REMOVED, datacenter.name() + " was removed.")
                            .byUser(userName))
                    .audit(new AuditDraft(userName, "Datacenter.Delete", datacenter.id(), ""))
                    .build();
        });
    }

    private static void removeTree(InventorySnapshot snapshot, ManagedObject top, InventoryWrite.Builder write) {
        snapshot.children(top.id()).forEach(child -> removeTree(snapshot, child, write));
        write.remove(top);
    }

    /** Makes a folder inside a folder, of the same type. */
    public Folder createFolder(String userName, String parent, String name, String requestId) {
        ObjectName.check(name);
        var id = repeated.once(userName, "folder", requestId, () -> {
            FolderType type = inventory.snapshot().resolve(parent, Folder.class).type();
            FolderId folderId = newFolderId(type);
            inventory.commit((InventorySnapshot snapshot) -> {
                Folder parentFolder = snapshot.resolve(parent, Folder.class);
                Folder folder = Folder.create(folderId, name, parentFolder.id());
                return InventoryWrite.builder()
                        .put(folder)
                        .event(EventDraft.about(
                                        folder,
                                        EventType.FOLDER_CREATED,
                                        "%s was created in %s.".formatted(name, snapshot.pathOf(parentFolder.id())))
                                .byUser(userName))
                        .audit(new AuditDraft(userName, "Folder.Create", folderId, ""))
                        .build();
            });
            return folderId;
        });
        return inventory.snapshot().get((FolderId) id);
    }

    /** Makes an empty cluster and its root resource pool. */
    public Cluster createCluster(String userName, String folder, String name, String requestId) {
        ObjectName.check(name);
        var id = repeated.once(userName, "cluster", requestId, () -> {
            ClusterId clusterId = ClusterId.of(inventory.nextIdNumber());
            ResourcePoolId poolId = ResourcePoolId.of(inventory.nextIdNumber());
            inventory.commit((InventorySnapshot snapshot) -> {
                Folder parent = snapshot.resolve(folder, Folder.class);
                requireHolds(parent, FolderType.HOST, "a cluster");
                Cluster cluster = Cluster.create(clusterId, name, parent.id(), poolId);
                return InventoryWrite.builder()
                        .put(cluster)
                        .put(ResourcePool.root(poolId, clusterId))
                        .event(EventDraft.about(cluster, EventType.CLUSTER_CREATED, name + " was created.")
                                .byUser(userName))
                        .audit(new AuditDraft(userName, "Host.Inventory.CreateCluster", clusterId, ""))
                        .build();
            });
            return clusterId;
        });
        return inventory.snapshot().get((ClusterId) id);
    }

    /** Removes an empty cluster. */
    public void deleteCluster(String userName, String reference, long etag) {
        inventory.commit((InventorySnapshot snapshot) -> {
            Cluster cluster = snapshot.resolve(reference, Cluster.class);
            requireVersion(cluster, etag);
            ResourcePool pool = snapshot.get(cluster.rootResourcePoolId());
            boolean onlyPool = snapshot.children(cluster.id()).stream()
                    .allMatch(child -> child.id().equals(pool.id()));
            if (!onlyPool
                    || snapshot.hasChildren(pool.id())
                    || !snapshot.vmsIn(pool.id()).isEmpty()) {
                throw notEmpty(cluster, "Remove its hosts first.");
            }
            return InventoryWrite.builder()
                    .remove(pool)
                    .remove(cluster)
                    .event(EventDraft.about(cluster, EventType.CLUSTER_REMOVED, cluster.name() + " was removed.")
                            .byUser(userName))
                    .audit(new AuditDraft(userName, "Host.Inventory.DeleteCluster", cluster.id(), ""))
                    .build();
        });
    }

    /** Gives a folder another name. */
    public Folder renameFolder(String userName, String reference, String name, long etag) {
        ObjectName.check(name);
        FolderId id = inventory.snapshot().resolve(reference, Folder.class).id();
        inventory.commit((InventorySnapshot snapshot) -> {
            Folder folder = snapshot.get(id);
            requireVersion(folder, etag);
            requireOwn(snapshot, folder, "renamed");
            return InventoryWrite.builder()
                    .put(folder.withName(name))
                    .event(EventDraft.about(
                                    folder,
                                    EventType.OBJECT_RENAMED,
                                    "%s was renamed to %s.".formatted(folder.name(), name))
                            .byUser(userName))
                    .audit(new AuditDraft(userName, "Folder.Rename", id, ""))
                    .build();
        });
        return inventory.snapshot().get(id);
    }

    /** Removes an empty folder. */
    public void deleteFolder(String userName, String reference, long etag) {
        inventory.commit((InventorySnapshot snapshot) -> {
            Folder folder = snapshot.resolve(reference, Folder.class);
            requireVersion(folder, etag);
            requireOwn(snapshot, folder, "removed");
            if (snapshot.hasChildren(folder.id())) {
                throw notEmpty(folder, "Move or delete what it holds first.");
            }
            return InventoryWrite.builder()
                    .remove(folder)
                    .event(EventDraft.about(folder, EventType.FOLDER_REMOVED, folder.name() + " was removed.")
                            .byUser(userName))
                    .audit(new AuditDraft(userName, "Folder.Delete", folder.id(), ""))
                    .build();
        });
    }

    /** Moves a VM or a folder into a folder of the same type and datacenter. */
    public ManagedObject moveIntoFolder(String userName, String folderReference, String reference) {
        var id = inventory.snapshot().resolve(reference).id();
        inventory.commit((InventorySnapshot snapshot) -> {
            Folder target = snapshot.resolve(folderReference, Folder.class);
            ManagedObject object = snapshot.get(id);
            ManagedObject moved = switch (object) {
                case VirtualMachine vm -> vm.withParentId(target.id());
                case Folder folder -> {
                    requireOwn(snapshot, folder, "moved");
                    yield folder.withParentId(target.id());
                }
                default ->
                    throw new FaultException(Fault.of(
                                    FaultCode.MOVE_INVALID,
                                    "Only virtual machines and folders can be moved; %s is neither."
                                            .formatted(object.name()))
                            .about(object.id().value()));
            };
            if (!snapshot.datacenterOf(target.id()).equals(snapshot.datacenterOf(object.id()))) {
                throw new FaultException(Fault.of(
                                FaultCode.MOVE_INVALID,
                                "%s lies in another datacenter than %s; choose a folder of the same one."
                                        .formatted(snapshot.pathOf(target.id()), object.name()))
                        .about(object.id().value()));
            }
            return InventoryWrite.builder()
                    .put(moved)
                    .event(EventDraft.about(
                                    object,
                                    object instanceof VirtualMachine ? EventType.VM_MOVED : EventType.OBJECT_MOVED,
                                    "%s was moved to %s.".formatted(object.name(), snapshot.pathOf(target.id())))
                            .byUser(userName))
                    .audit(new AuditDraft(userName, "Folder.Move", object.id(), ""))
                    .build();
        });
        return inventory.snapshot().get(id);
    }

    private FolderId newFolderId(FolderType type) {
        return FolderId.of(type, inventory.nextIdNumber());
    }

    private static void requireHolds(Folder folder, FolderType type, String what) {
        if (folder.type() != type) {
            throw new FaultException(Fault.of(
                            FaultCode.REQUEST_INVALID,
                            "%s cannot lie in folder %s; name a folder of the right type."
                                    .formatted(what, folder.name()))
                    .about(folder.id().value()));
        }
    }

    private static void requireVersion(ManagedObject object, long etag) {
        if (etag != 0 && object.version() != etag) {
            throw new FaultException(Fault.of(
                            FaultCode.VERSION_CONFLICT,
                            "%s has version %d by now, not %d; read it again and repeat."
                                    .formatted(object.name(), object.version(), etag))
                    .about(object.id().value()));
        }
    }

    /** The root folder and a datacenter's own four are there as long as their owner is. */
    private static void requireOwn(InventorySnapshot snapshot, Folder folder, String action) {
        boolean fixed = folder.id().equals(FolderId.ROOT)
                || snapshot.datacenterOf(folder.id())
                        .map(datacenter -> datacenter.ownsFolder(folder.id()))
                        .orElse(false);
        if (fixed) {
            throw new FaultException(Fault.of(
                            FaultCode.REQUEST_INVALID,
                            "%s belongs to its datacenter and cannot be %s.".formatted(folder.name(), action))
                    .about(folder.id().value()));
        }
    }

    private static FaultException notEmpty(ManagedObject object, String remedy) {
        return new FaultException(Fault.of(FaultCode.OBJECT_NOT_EMPTY, object.name() + " is not empty. " + remedy)
                .about(object.id().value()));
    }
}
