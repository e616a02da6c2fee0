package dev.sternpost.agent.relay;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Files that this host is to receive.
 *
 * @param moveId id of the move
 * @param ticket its secret
 * @param sourceHostId the only host that may connect
 * @param sink where they go
 */
public record IncomingFiles(String moveId, String ticket, String sourceHostId, Sink sink) {

    /** Where files go. May throw {@code FaultException}s, which are told to the source. */
    public interface Sink {
        /** The path for a file of this name, which may be there already; refuses what has no business there. */
        Path path(String name, long bytes) throws IOException;

        /** It has all its bytes. */
        void arrived(Path file) throws IOException;
    }

    @Override
    public String toString() {
        return "IncomingFiles[" + moveId + " from " + sourceHostId + "]";
    }
}
