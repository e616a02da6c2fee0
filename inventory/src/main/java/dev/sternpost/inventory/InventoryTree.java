package dev.sternpost.inventory;

import java.util.List;
import java.util.function.LongSupplier;

/** Makes the objects that only make sense together. All are uncommitted; put them in the order given. */
public final class InventoryTree {
    private InventoryTree() {}

    /**
     * A datacenter and its four folders.
     *
     * @param idNumbers gives a fresh number for each id
     * @return the datacenter first
     */
    public static List<ManagedObject> datacenter(FolderId parentId, String name, LongSupplier idNumbers) {
        DatacenterId id = DatacenterId.of(idNumbers.getAsLong());
        Folder vm = folder(FolderType.VIRTUAL_MACHINE, "vm", id, idNumbers);
        Folder host = folder(FolderType.HOST, "host", id, idNumbers);
        Folder datastore = folder(FolderType.DATASTORE, "datastore", id, idNumbers);
        Folder network = folder(FolderType.NETWORK, "network", id, idNumbers);
        Datacenter datacenter = new Datacenter(id, name, parentId, 0, vm.id(), host.id(), datastore.id(), network.id());
        return List.of(datacenter, vm, host, datastore, network);
    }

    /**
     * A cluster and its root resource pool.
     *
     * @param idNumbers gives a fresh number for each id
     * @return the cluster first
     */
    public static List<ManagedObject> cluster(FolderId parentId, String name, LongSupplier idNumbers) {
        ClusterId id = ClusterId.of(idNumbers.getAsLong());
        ResourcePoolId poolId = ResourcePoolId.of(idNumbers.getAsLong());
        return List.of(Cluster.create(id, name, parentId, poolId), ResourcePool.root(poolId, id));
    }

    private static Folder folder(FolderType type, String name, DatacenterId parentId, LongSupplier idNumbers) {
        return Folder.create(FolderId.of(type, idNumbers.getAsLong()), name, parentId);
    }
}
