package dev.sternpost.bench;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** Carries the stream from one QEMU to the other, as two relays would, without their encryption. */
final class Pipe implements AutoCloseable {
    private static final int CHUNK_BYTES = 256 << 10;

    private final ServerSocketChannel server;
    private final Path target;

    Pipe(Path source, Path target) throws IOException {
        this.target = target;
        this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(source));
        Thread.ofPlatform().name("pipe").daemon().start(this::run);
    }

    private void run() {
        try (SocketChannel from = server.accept();
                SocketChannel to = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            to.connect(UnixDomainSocketAddress.of(target));
            Thread back = Thread.ofPlatform().name("pipe-back").daemon().start(() -> copy(to, from));
            copy(from, to);
            back.join();
        } catch (IOException e) {
            return; // an end has gone; both engines see it themselves
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void copy(SocketChannel from, SocketChannel to) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK_BYTES);
        try {
            while (from.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
                buffer.clear();
            }
            to.shutdownOutput();
        } catch (IOException e) {
            return; // as above
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            return; // nothing listens any more, which is what was wanted
        }
    }
}
