package dev.sternpost.agent.engine.qemu;

import dev.sternpost.agent.datastore.DurableFiles;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Memory of a virtual machine on its way to a file and back. QEMU speaks to a unix socket and the agent to the file, so
 * that QEMU needs no right to make files.
 */
final class MemoryFile {

    private static final int BUFFER_BYTES = 1 << 20;

    private MemoryFile() {}

    /** Listens on a socket; what comes is in the future's file, whole and durable, when the future completes. */
    static final class Writer implements AutoCloseable {
        private final ServerSocketChannel server;
        private final Path partial;
        private final Path file;
        private final CompletableFuture<Long> written;

        Writer(Path socket, Path file) throws IOException {
            this.file = file;
            this.partial = DurableFiles.temporaryBeside(file);
            this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(socket));
            this.written = CompletableFuture.supplyAsync(
                    this::receive,
                    task -> Thread.ofVirtual().name("memory-writer").start(task));
        }

        private long receive() {
            try (SocketChannel from = server.accept();
                    FileChannel to = FileChannel.open(
                            partial,
                            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                            // It is the guest's memory: nobody else may read it.
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
                long bytes = copy(from, to);
                to.force(true);
                return bytes;
            } catch (IOException e) {
                throw new CompletionException(e);
            }
        }

        /** Bytes in the file once the sender has closed. */
        CompletableFuture<Long> written() {
            return written;
        }

        /** Gives the file its name. Called when the sender says that it sent everything. */
        void commit() throws IOException {
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
            Path directory = file.getParent();
            if (directory != null) {
                DurableFiles.syncDirectory(directory);
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
            Files.deleteIfExists(partial);
        }
    }

    /** Sends a file to a socket on which somebody listens. */
    static void send(Path file, Path socket) throws IOException {
        try (FileChannel from = FileChannel.open(file, StandardOpenOption.READ);
                SocketChannel to = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            to.connect(UnixDomainSocketAddress.of(socket));
            copy(from, to);
        }
    }

    private static long copy(ReadableByteChannel from, WritableByteChannel to) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        long bytes = 0;
        while (from.read(buffer) >= 0) {
            buffer.flip();
            while (buffer.hasRemaining()) {
                bytes += to.write(buffer);
            }
            buffer.clear();
        }
        return bytes;
    }
}
