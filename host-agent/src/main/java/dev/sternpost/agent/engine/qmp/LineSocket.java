package dev.sternpost.agent.engine.qmp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A connection to a unix socket that carries lines. One thread reads, any thread writes. */
public final class LineSocket implements AutoCloseable {

    /** Longest line; a longer one ends the connection. */
    public static final int LINE_BYTES_MAX = 16 << 20;

    private static final int BUFFER_BYTES = 64 << 10;

    private final SocketChannel channel;
    private final ReentrantLock writing = new ReentrantLock();
    private final ByteBuffer incoming = ByteBuffer.allocate(BUFFER_BYTES).flip();

    private LineSocket(SocketChannel channel) {
        this.channel = channel;
    }

    /** Connects, or fails at once when nobody listens. */
    public static LineSocket connect(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            return new LineSocket(channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** The next line without its end; null when the other side has closed. */
    public byte @Nullable [] readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            int length = lineLength();
            take(length >= 0 ? length : incoming.remaining(), line);
            if (line.size() > LINE_BYTES_MAX) {
                throw new IOException("a line of more than 16 MiB");
            }
            if (length >= 0) {
                incoming.get();
                return stripReturn(line.toByteArray());
            }
            incoming.clear();
            int count = channel.read(incoming);
            incoming.flip();
            if (count < 0) {
                return null;
            }
        }
    }

    private int lineLength() {
        for (int i = incoming.position(); i < incoming.limit(); i++) {
            if (incoming.get(i) == '\n') {
                return i - incoming.position();
            }
        }
        return -1;
    }

    private void take(int count, ByteArrayOutputStream line) {
        line.write(incoming.array(), incoming.position(), count);
        incoming.position(incoming.position() + count);
    }

    private static byte[] stripReturn(byte[] line) {
        return line.length > 0 && line[line.length - 1] == '\r' ? Arrays.copyOf(line, line.length - 1) : line;
    }

    /** Writes bytes as they are. */
    public void write(byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        writing.lock();
        try {
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } finally {
            writing.unlock();
        }
    }

    /** Ends the connection; a reader sees its end. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // Nothing was waiting to be written, so nothing is lost.
            return;
        }
    }
}
