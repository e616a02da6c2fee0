package dev.sternpost.fleet.host;

/** How a virtual machine stands on a host, in the words of the agent protocol. */
enum VmState {
    OFF("poweredOff"),
    ON("poweredOn"),
    SUSPENDED("suspended"),
    /** The shadow of a live migration that arrives. */
    INCOMING("incoming"),
    /** Stopped for good, and the guest runs where it went. */
    HANDED_OVER("handedOver");

    private final String word;

    VmState(String word) {
        this.word = word;
    }

    String word() {
        return word;
    }
}
