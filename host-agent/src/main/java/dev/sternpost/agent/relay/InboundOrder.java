package dev.sternpost.agent.relay;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A migration this host is to receive.
 *
 * @param migrationId its id
 * @param ticket its secret
 * @param sourceHostId the only host that may connect
 * @param streamSocket unix socket on which the engine waits for the stream
 * @param listener hears the source's word to let the guest run
 * @param diskSocket unix socket on which the engine waits for its disks; null when they do not come along
 */
public record InboundOrder(
        String migrationId,
        String ticket,
        String sourceHostId,
        Path streamSocket,
        Listener listener,
        @Nullable Path diskSocket) {

    /** Without disks. */
    public InboundOrder(String migrationId, String ticket, String sourceHostId, Path streamSocket, Listener listener) {
        this(migrationId, ticket, sourceHostId, streamSocket, listener, null);
    }

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
