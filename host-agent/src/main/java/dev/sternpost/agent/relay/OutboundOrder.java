package dev.sternpost.agent.relay;

import java.net.InetSocketAddress;
import java.nio.file.Path;

/**
 * A migration this host is to send.
 *
 * @param migrationId its id
 * @param ticket its secret
 * @param targetHostId the host that must be at the other end
 * @param targetAddress its relay
 * @param streamSocket unix socket to make, to which the engine will connect
 * @param bytesPerSecondMax limit; 0 for none
 */
public record OutboundOrder(
        String migrationId,
        String ticket,
        String targetHostId,
        InetSocketAddress targetAddress,
        Path streamSocket,
        long bytesPerSecondMax) {

    @Override
    public String toString() {
        return "OutboundOrder[" + migrationId + " to " + targetHostId + " at " + targetAddress + "]";
    }
}
