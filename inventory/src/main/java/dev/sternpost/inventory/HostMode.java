package dev.sternpost.inventory;

/** What a host may be used for. Names are stored: never rename one. */
public enum HostMode {
    /** VMs come and go. */
    NORMAL("in use"),
    /** Something is degraded: no VM comes, those that can leave do. */
    QUARANTINE("quarantined"),
    /** Being emptied: no VM comes or is started. */
    ENTERING_MAINTENANCE("entering maintenance mode"),
    /** The same, but no VM is moved away for now. */
    EVACUATION_PAUSED("entering maintenance mode, which is paused"),
    /** Empty of running VMs, and to stay so. */
    MAINTENANCE("in maintenance mode");

    private final String words;

    HostMode(String words) {
        this.words = words;
    }

    /** As the end of a sentence about the host. */
    public String words() {
        return words;
    }
}
