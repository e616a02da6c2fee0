package dev.sternpost.drs.recommendation;

/** Why something is advised. */
public enum Cause {
    /** A host is to be emptied. */
    MAINTENANCE,
    /** A host has given out more than it has. */
    CAPACITY,
    /** A rule that must be kept is broken. */
    RULE,
    /** A rule that should be kept is broken. */
    SHOULD_RULE,
    /** A host is degraded. */
    QUARANTINE,
    /** VMs get more, or more room, elsewhere. */
    BALANCE
}
