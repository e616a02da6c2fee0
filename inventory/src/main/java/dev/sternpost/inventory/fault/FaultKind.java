package dev.sternpost.inventory.fault;

/** Whose move it is after a fault. */
public enum FaultKind {
    /** The request is wrong; change it. */
    CALLER,
    /** The caller may not do this. */
    PERMISSION,
    /** The object is in a state that forbids this now. */
    CONFLICT,
    /** There is not enough of a resource. */
    CAPACITY,
    /** A host, datastore or service cannot be reached. */
    UNREACHABLE,
    /** Sternpost itself failed. */
    INTERNAL
}
