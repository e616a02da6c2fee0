package dev.sternpost.agent.relay;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The source's ends of the connections that carry disks. All are there before the engine is told to connect, since an engine that waits for a
 * connection may hold up its guest.
 */
final class DiskLines {

    private static final Logger log = LoggerFactory.getLogger(DiskLines.class);

    private final RelayLimits limits;
    private final Deadlines deadlines;
    private final List<TlsChannel> channels = new ArrayList<>();
    private final List<StreamPump> pumps = new ArrayList<>();
    private @Nullable ServerSocketChannel listener;
    private boolean closed;

    DiskLines(RelayLimits limits, Deadlines deadlines) {
        this.limits = limits;
        this.deadlines = deadlines;
    }

    synchronized void add(TlsChannel channel) throws IOException {
        if (closed) {
            channel.close();
            throw new IOException("the migration ended meanwhile");
        }
        channels.add(channel);
    }

    /** Takes as many connections of the engine as were added. */
    synchronized void listen(ServerSocketChannel server) throws IOException {
        if (closed) {
            server.close();
            throw new IOException("the migration ended meanwhile");
        }
        listener = server;
        List<TlsChannel> waiting = List.copyOf(channels);
        Thread.ofVirtual().name("relay-disks").start(() -> accept(server, waiting));
    }

    private void accept(ServerSocketChannel server, List<TlsChannel> waiting) {
        try (server) {
            for (TlsChannel peer : waiting) {
                join(server.accept(), peer);
            }
        } catch (IOException e) {
            log.debug("no more disks are connected: {}", e.toString());
        }
    }

    private synchronized void join(SocketChannel engine, TlsChannel peer) {
        StreamPump pump = new StreamPump(engine, peer, 0, limits, deadlines);
        pumps.add(pump);
        if (closed) {
            pump.cut("cut before it began");
        }
    }

    synchronized void cut(String reason) {
        closed = true;
        if (listener != null) {
            Deadlines.closeQuietly(listener);
        }
        pumps.forEach(pump -> pump.cut(reason));
        channels.forEach(Deadlines::closeQuietly);
    }
}
