package dev.sternpost.ha.monitoring;

/** What is seen of a guest. Every moment is of the host's monotonic clock, in milliseconds. */
public sealed interface GuestInput {
    /** When it was seen. */
    long atMillis();

    /** Time goes by; some times within each failure interval. */
    record Tick(long atMillis) implements GuestInput {}

    /** The guest's agent gave a sign of life. */
    record Heartbeat(long atMillis) implements GuestInput {}

    /**
     * What its disks and network cards have done since they were made; also what a reset sets to zero.
     *
     * @param operations any sum that changes with each read, write and packet
     */
    record Activity(long operations, long atMillis) implements GuestInput {}

    /** The guest said that it panicked. */
    record Panicked(long atMillis) implements GuestInput {}

    /** The monitor of its process answered. */
    record EngineAnswered(long atMillis) implements GuestInput {}

    /** A reset that was asked for was made, or somebody else made one. */
    record WasReset(long atMillis) implements GuestInput {}

    /** It stands still, and not since it panicked: suspended, being handed over, its host's storage stalled. Nothing is counted meanwhile. */
    record StandsStill(boolean still, long atMillis) implements GuestInput {}
}
