package dev.sternpost.inventory.event;

/** How much an event matters. */
public enum EventSeverity {
    /** For the record. */
    INFO,
    /** May need attention. */
    WARNING,
    /** Needs attention. */
    ERROR
}
