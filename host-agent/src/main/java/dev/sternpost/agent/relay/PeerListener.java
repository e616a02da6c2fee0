package dev.sternpost.agent.relay;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears other hosts. A message is four bytes of length and its text; it is answered with one byte, by which the sender knows that the line is not dead. One connection for each host: a newer one ends the older, which its other
 * end has given up without our noticing.
 */
final class PeerListener {

    private static final Logger log = LoggerFactory.getLogger(PeerListener.class);

    static final byte HEARD = 1;

    /** Longest message. */
    static final int BYTES_MAX = 256 * 1024;

    private final Map<String, SocketChannel> lines = new ConcurrentHashMap<>();
    private volatile Predicate<String> known = host -> false;
    private volatile BiConsumer<String, String> listener = (host, text) -> {};

    void listen(Predicate<String> newKnown, BiConsumer<String, String> newListener) {
        listener = newListener;
        known = newKnown;
    }

    boolean takes(String hostId) {
        return !hostId.isEmpty() && known.test(hostId);
    }

    void run(String hostId, SocketChannel socket, TlsChannel channel) throws IOException {
        socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        @Nullable SocketChannel before = lines.put(hostId, socket);
        if (before != null) {
            Deadlines.closeQuietly(before);
        }
        ByteBuffer scratch = ByteBuffer.allocateDirect(channel.recordBytesMax()).limit(0);
        try {
            while (takes(hostId)) {
                ByteBuffer length = ByteBuffer.allocate(Integer.BYTES);
                channel.readFully(length, scratch);
                int bytes = length.getInt(0);
                if (bytes < 0 || bytes > BYTES_MAX) {
                    throw new IOException("a message of " + bytes + " bytes");
                }
                ByteBuffer text = ByteBuffer.allocate(bytes);
                channel.readFully(text, scratch);
                listener.accept(hostId, new String(text.array(), StandardCharsets.UTF_8));
                channel.write(ByteBuffer.allocateDirect(1).put(HEARD).flip());
            }
        } catch (EOFException e) {
            log.debug("{} hung up", hostId);
        } finally {
            lines.remove(hostId, socket);
        }
    }

    void close() {
        known = host -> false;
        lines.values().forEach(Deadlines::closeQuietly);
    }
}
