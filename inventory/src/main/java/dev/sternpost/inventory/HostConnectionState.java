package dev.sternpost.inventory;

/** Whether the server and a host's agent talk. */
public enum HostConnectionState {
    /** The agent's stream is up. */
    CONNECTED,
    /** An administrator disconnected it, or it has not connected yet. */
    DISCONNECTED,
    /** The agent was there and has been silent for too long. */
    NOT_RESPONDING
}
