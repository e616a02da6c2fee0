package dev.sternpost.drs.layout;

/** Why a VM cannot go to a host, or cannot go at all. */
public enum Obstacle {
    /** The host takes no VMs now. */
    HOST_CONDITION("hosts that take no VMs now"),
    /** The host lacks a datastore. */
    DATASTORE("datastores that not every host sees"),
    /** The host lacks a network. */
    NETWORK("networks that not every host offers"),
    /** The VM has more virtual CPUs than the host has CPUs. */
    CPU_COUNT("hosts with too few CPUs"),
    /** A rule that must be kept forbids the host. */
    VM_HOST_RULE("must rules of VMs and hosts"),
    /** A rule that should be kept forbids the host. */
    SHOULD_RULE("should rules of VMs and hosts"),
    /** A VM that this one is kept apart from is there. */
    APART("keep-apart rules"),
    /** VMs that this one is kept together with are elsewhere. */
    TOGETHER("keep-together rules"),
    /** Not enough memory is left. */
    MEMORY("memory that is given out"),
    /** Not enough CPU is left that is not reserved. */
    CPU_RESERVATION("CPU that is reserved"),
    /** The VM came from there a short while ago. */
    RETURN("VMs that left the better host a short while ago"),
    /** The VM came to where it is a short while ago. */
    RESIDENCE("VMs that moved a short while ago"),
    /** The VM cannot be moved while it runs. */
    PINNED("VMs that cannot be moved while they run"),
    /** Somebody took the VM out of automation. */
    AUTOMATION("VMs that are left out of automation"),
    /** The VM's host cannot be talked to. */
    SOURCE("VMs on hosts that are not connected");

    private final String words;

    Obstacle(String words) {
        this.words = words;
    }

    /** What stands in the way, as the subject of a sentence. */
    public String words() {
        return words;
    }

    int bit() {
        return 1 << ordinal();
    }
}
