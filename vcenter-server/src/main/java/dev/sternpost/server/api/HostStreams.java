package dev.sternpost.server.api;

import dev.sternpost.inventory.HostId;
import java.time.Instant;
import java.util.Optional;

/** What the API needs of the links to the agents. */
public interface HostStreams {
    /**
     * The last heartbeat of a host: known from one to the next, and too short-lived for the inventory.
     *
     * @param time when it came, by the server's clock
     * @param memoryFreeBytes memory not in use on the host
     */
    record Beat(Instant time, long memoryFreeBytes) {}

    /** Empty when the host has not been heard of since the server started. */
    Optional<Beat> last(HostId host);

    /** Ends the stream of a host that was removed, or whose certificate was withdrawn. */
    void cut(HostId host);
}
