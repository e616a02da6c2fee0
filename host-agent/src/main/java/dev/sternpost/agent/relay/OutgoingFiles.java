package dev.sternpost.agent.relay;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;

/**
 * Files that this host is to send.
 *
 * @param moveId id of the move
 * @param ticket its secret
 * @param targetHostId the host that must be at the other end
 * @param targetAddress its relay
 * @param files what to send, in this order
 * @param bytesPerSecondMax limit; 0 for none
 */
public record OutgoingFiles(
        String moveId,
        String ticket,
        String targetHostId,
        InetSocketAddress targetAddress,
        List<Item> files,
        long bytesPerSecondMax) {

    public OutgoingFiles {
        files = List.copyOf(files);
    }

    /**
     * A file.
     *
     * @param name what it is called there
     * @param whole whether room is taken there also for what is all zeros
     */
    public record Item(Path file, String name, boolean whole) {}

    /** Hears how far it is, and may want it to end. */
    public interface Watch {
        /** So many bytes of the files are dealt with. */
        void done(long bytes);

        boolean cancelled();
    }

    @Override
    public String toString() {
        return "OutgoingFiles[" + moveId + " to " + targetHostId + " at " + targetAddress + "]";
    }
}
