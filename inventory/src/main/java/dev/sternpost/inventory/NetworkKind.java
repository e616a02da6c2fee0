package dev.sternpost.inventory;

/** How the virtual machines of a network are connected. */
public enum NetworkKind {
    /** One L2 segment across hosts, by a bridge on each. */
    BRIDGED,
    /** User-mode networking inside each host: outgoing only, virtual machines cannot reach each other. */
    USER_MODE
}
