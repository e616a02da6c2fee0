package dev.sternpost.inventory;

import java.util.Objects;

/**
 * A network that virtual machines can be connected to. Which hosts offer it is said by the hosts
 * ({@link InventorySnapshot#hostsWith}).
 *
 * @param parentId a folder of networks
 * @param networkKind how its virtual machines are connected
 */
public record Network(NetworkId id, String name, FolderId parentId, long version, NetworkKind networkKind)
        implements ManagedObject {
    public Network {
        Checks.object(id, name, version);
        Objects.requireNonNull(parentId, "parentId");
        Objects.requireNonNull(networkKind, "networkKind");
    }

    public Network withName(String newName) {
        return new Network(id, newName, parentId, version, networkKind);
    }

    public Network withParentId(FolderId newParentId) {
        return new Network(id, name, newParentId, version, networkKind);
    }

    public Network withNetworkKind(NetworkKind newNetworkKind) {
        return new Network(id, name, parentId, version, newNetworkKind);
    }

    @Override
    public Network withVersion(long newVersion) {
        return new Network(id, name, parentId, newVersion, networkKind);
    }
}
