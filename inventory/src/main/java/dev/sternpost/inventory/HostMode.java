package dev.sternpost.inventory;

/** What a host is used for now. */
public enum HostMode {
    /** VMs run there and come to it. */
    NORMAL("in normal use"),
    /** Something is degraded: no VM comes by itself, load balancing takes away those that can leave. */
    QUARANTINE("quarantined"),
    /** Being emptied: nothing may be started there or moved there. */
    ENTERING_MAINTENANCE("entering maintenance mode"),
    /** Being emptied, and no further move is begun until somebody says so. */
    MAINTENANCE_PAUSED("entering maintenance mode, paused"),
    /** Nothing runs there, and nothing may be started there or moved there. */
    MAINTENANCE("in maintenance mode"),
    /** Being emptied to save power: nothing may be started there or moved there. */
    ENTERING_STANDBY("entering stand-by"),
    /** Its power is off, or about to be, on purpose; its agent's silence means nothing. */
    STANDBY("in stand-by"),
    /** Was told to wake; not heard of yet. */
    EXITING_STANDBY("waking from stand-by");

    private final String words;

    HostMode(String words) {
        this.words = words;
    }

    /** As the end of a sentence that begins with the host's name and "is". */
    public String words() {
        return words;
    }

    /** Whether nothing may be started or moved there, also when a person asks for it. */
    public boolean isClosed() {
        return switch (this) {
            case NORMAL, QUARANTINE -> false;
            case ENTERING_MAINTENANCE, MAINTENANCE_PAUSED, MAINTENANCE, ENTERING_STANDBY, STANDBY, EXITING_STANDBY ->
                true;
        };
    }

    /** Whether it is being emptied. */
    public boolean isEntering() {
        return isEnteringMaintenance() || this == ENTERING_STANDBY;
    }

    /** Whether it is being emptied for maintenance. */
    public boolean isEnteringMaintenance() {
        return this == ENTERING_MAINTENANCE || this == MAINTENANCE_PAUSED;
    }

    /** Whether its power may be off on purpose, so that nobody misses its agent. */
    public boolean isAsleep() {
        return this == STANDBY || this == EXITING_STANDBY;
    }
}
