package dev.sternpost.inventory;

/** The kinds of managed objects. */
public enum ObjectKind {
    FOLDER("folder"),
    DATACENTER("datacenter"),
    CLUSTER("cluster"),
    HOST("host"),
    RESOURCE_POOL("resource pool"),
    VIRTUAL_MACHINE("virtual machine"),
    DATASTORE("datastore"),
    NETWORK("network");

    private final String noun;

    ObjectKind(String noun) {
        this.noun = noun;
    }

    /** What a person calls such an object, in a sentence. */
    public String noun() {
        return noun;
    }
}
