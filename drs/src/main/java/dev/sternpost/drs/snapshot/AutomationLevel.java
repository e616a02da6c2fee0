package dev.sternpost.drs.snapshot;

/** What is done without asking. */
public enum AutomationLevel {
    /** Nothing is planned for the VM; for a cluster, nothing at all. */
    DISABLED,
    /** Everything is only recommended. */
    MANUAL,
    /** The host at power-on is chosen; moves are only recommended. */
    PARTIALLY_AUTOMATED,
    /** Moves are made. */
    FULLY_AUTOMATED
}
