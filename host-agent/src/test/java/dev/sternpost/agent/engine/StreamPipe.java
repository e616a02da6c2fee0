package dev.sternpost.agent.engine;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Carries a migration stream between two unix sockets, as the agents' relay does; can be slowed and cut. */
public final class StreamPipe implements AutoCloseable {

    private static final int CHUNK_BYTES = 256 << 10;

    private final ServerSocketChannel server;
    private final Path target;
    private final AtomicLong carriedBytes = new AtomicLong();
    private volatile @Nullable SocketChannel left;
    private volatile @Nullable SocketChannel right;
    private volatile boolean cut;
    private volatile boolean swallowing;
    private volatile long bytesPerSecondMax = Long.MAX_VALUE;

    /** Listens on the source's side; connects to the target's socket when the source does. */
    public StreamPipe(Path source, Path target) throws IOException {
        this.target = target;
        this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(source));
        Thread.ofVirtual().start(this::run);
    }

    private void run() {
        try (SocketChannel from = server.accept();
                SocketChannel to = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            left = from;
            right = to;
            to.connect(UnixDomainSocketAddress.of(target));
            Thread back = Thread.ofVirtual().start(() -> copy(to, from, false));
            copy(from, to, true);
            back.join();
        } catch (IOException e) {
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void copy(SocketChannel from, SocketChannel to, boolean forward) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK_BYTES);
        try {
            while (!cut && from.read(buffer) >= 0) {
                buffer.flip();
                if (forward) {
                    carriedBytes.addAndGet(buffer.remaining());
                    slowDown(buffer.remaining());
                }
                while (buffer.hasRemaining() && !swallowing) {
                    to.write(buffer);
                }
                buffer.clear();
            }
            to.shutdownOutput();
        } catch (IOException e) {
            cut();
        }
    }

    private void slowDown(int bytes) {
        long nanos = (long) (bytes * 1e9 / bytesPerSecondMax);
        if (nanos > 100_000) {
            java.util.concurrent.locks.LockSupport.parkNanos(nanos);
        }
    }

    public void limit(long bytesPerSecond) {
        bytesPerSecondMax = bytesPerSecond;
    }

    /** Whatever comes from now on is lost, though the connections stand. */
    public void swallow() {
        swallowing = true;
    }

    public long carriedBytes() {
        return carriedBytes.get();
    }

    /** Ends both connections at once. */
    public void cut() {
        cut = true;
        close(left);
        close(right);
    }

    private static void close(@Nullable SocketChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            return;
        }
    }

    @Override
    public void close() throws IOException {
        cut();
        server.close();
    }
}
