package dev.sternpost.agent.relay;

import java.nio.file.Path;

/**
 * A migration this host is to receive.
 *
 * @param migrationId its id
 * @param ticket its secret
 * @param sourceHostId the only host that may connect
 * @param streamSocket unix socket on which the engine waits for the stream
 * @param listener hears the source's word to let the guest run
 */
public record InboundOrder(
        String migrationId, String ticket, String sourceHostId, Path streamSocket, Listener listener) {

    /** Hears the source's word. */
    @FunctionalInterface
    public interface Listener {
        /** Lets the guest run, or says why not. */
        GoAnswer released(Go go);
    }

    @Override
    public String toString() {
        return "InboundOrder[" + migrationId + " from " + sourceHostId + "]";
    }
}
