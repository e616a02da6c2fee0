package dev.sternpost.agent.relay;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A network between two relays that can be cut without a word: connections stay open, nothing arrives any more. */
final class DeafProxy implements AutoCloseable {

    private final ServerSocketChannel server;
    private final InetSocketAddress target;
    private final List<SocketChannel> sockets = new CopyOnWriteArrayList<>();
    private volatile boolean deaf;

    DeafProxy(InetSocketAddress target) throws IOException {
        this.target = target;
        this.server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Thread.ofVirtual().start(this::accept);
    }

    InetSocketAddress address() throws IOException {
        return (InetSocketAddress) server.getLocalAddress();
    }

    void fallSilent() {
        deaf = true;
    }

    /** Breaks every connection as a crash of a machine in between would. */
    void breakAll() {
        sockets.forEach(Deadlines::closeQuietly);
    }

    @Override
    public void close() throws IOException {
        server.close();
        breakAll();
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel in = server.accept();
                SocketChannel out = SocketChannel.open(target);
                sockets.add(in);
                sockets.add(out);
                Thread.ofVirtual().start(() -> copy(in, out));
                Thread.ofVirtual().start(() -> copy(out, in));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void copy(SocketChannel from, SocketChannel to) {
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        try {
            while (from.read(buffer.clear()) >= 0) {
                buffer.flip();
                while (!deaf && buffer.hasRemaining()) {
                    to.write(buffer);
                }
            }
            if (!deaf) {
                to.shutdownOutput();
            }
        } catch (IOException e) {
            if (!deaf) {
                Deadlines.closeQuietly(to);
            }
        }
    }
}
