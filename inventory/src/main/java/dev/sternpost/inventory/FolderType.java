package dev.sternpost.inventory;

/** What a folder may hold, besides folders of its own type. */
public enum FolderType {
    /** Datacenters. The root folder is one of these. */
    DATACENTER('d'),
    /** Virtual machines and templates. */
    VIRTUAL_MACHINE('v'),
    /** Clusters and standalone hosts. */
    HOST('h'),
    /** Datastores. */
    DATASTORE('s'),
    /** Networks. */
    NETWORK('n');

    private final char letter;

    FolderType(char letter) {
        this.letter = letter;
    }

    /** The letter in the ids of such folders. */
    public char letter() {
        return letter;
    }

    /** Whether an object of this kind may lie in such a folder. */
    public boolean holds(ObjectKind kind) {
        return switch (kind) {
            case DATACENTER -> this == DATACENTER;
            case VIRTUAL_MACHINE -> this == VIRTUAL_MACHINE;
            case CLUSTER, HOST -> this == HOST;
            case DATASTORE -> this == DATASTORE;
            case NETWORK -> this == NETWORK;
            case FOLDER -> true;
            case RESOURCE_POOL -> false;
        };
    }
}
