package dev.sternpost.drs.snapshot;

import dev.sternpost.inventory.HostMode;

/** What may be done with a host. */
public enum HostCondition {
    /** VMs come and go. */
    NORMAL("is in use"),
    /** Something is degraded: no VM comes, those that can leave do. */
    QUARANTINED("is quarantined"),
    /** Kept free for what a failed host ran: no VM comes, those that can leave do. */
    SPARE("is kept free for a failover"),
    /** Being emptied, or empty and being worked on. */
    MAINTENANCE("is in maintenance mode"),
    /** Sleeping to save power. */
    STANDBY("is in stand-by"),
    /** Its agent is silent: what runs there is left alone. */
    UNREACHABLE("is not connected");

    private final String words;

    HostCondition(String words) {
        this.words = words;
    }

    /** Of a connected host in this mode, or of any that is asleep. */
    public static HostCondition of(HostMode mode) {
        return switch (mode) {
            case NORMAL -> NORMAL;
            case QUARANTINE -> QUARANTINED;
            case ENTERING_MAINTENANCE, MAINTENANCE_PAUSED, MAINTENANCE, ENTERING_STANDBY -> MAINTENANCE;
            case STANDBY, EXITING_STANDBY -> STANDBY;
        };
    }

    /** As the end of a sentence about the host. */
    public String words() {
        return words;
    }

    /** Whether its capacity counts as the cluster's. */
    public boolean counts() {
        return this == NORMAL || this == QUARANTINED;
    }
}
