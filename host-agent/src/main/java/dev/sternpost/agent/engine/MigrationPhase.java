package dev.sternpost.agent.engine;

/** How far a live migration is, as its source sees it. */
public enum MigrationPhase {
    /** There was none yet. */
    NONE,
    /** Memory is being copied; the guest runs. */
    PRECOPY,
    /** The guest is stopped and waits for {@link MigrationSource#continueSwitchover}. */
    PRE_SWITCHOVER,
    /** The last pages and the devices are being sent; the guest is stopped. */
    DEVICE,
    /** The target has everything; the guest must not run here again. */
    COMPLETED,
    /** Failed; the guest runs here. */
    FAILED,
    /** Cancelled; the guest runs here. */
    CANCELLED;

    /** Whether nothing more happens by itself. */
    public boolean ended() {
        return switch (this) {
            case NONE, COMPLETED, FAILED, CANCELLED -> true;
            case PRECOPY, PRE_SWITCHOVER, DEVICE -> false;
        };
    }
}
