package dev.sternpost.agent.relay;

import java.time.Duration;

/**
 * Bounds of a relay.
 *
 * @param handshake a new connection must have shown certificate and ticket by then
 * @param stall a write that makes no progress for so long ends its connection
 * @param silence a control connection without a message for so long is lost
 * @param probe how often the source sends a probe, which is also the sign of life
 */
public record RelayLimits(Duration handshake, Duration stall, Duration silence, Duration probe) {

    /** What a host uses. */
    public static final RelayLimits DEFAULT = new RelayLimits(
            Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(8), Duration.ofMillis(500));
}
