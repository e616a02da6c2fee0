package dev.sternpost.server.availability;

/** What a host does for high availability. */
public enum HaMode {
    /** Nothing. */
    OFF,
    /** Leases and heartbeats go on; nothing is started again. */
    DISARMED,
    /** Everything. */
    ARMED
}
