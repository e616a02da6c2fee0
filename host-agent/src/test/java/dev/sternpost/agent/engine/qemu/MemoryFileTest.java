package dev.sternpost.agent.engine.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.testkit.Generator;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class MemoryFileTest {

    @TempDir
    Path directory;

    private Path sockets;
    private Path socket;
    private Path file;

    @BeforeEach
    void name() throws IOException {
        sockets = Files.createTempDirectory(Path.of("/tmp"), "spm");
        socket = sockets.resolve("mem");
        file = directory.resolve("app.vmss");
    }

    @AfterEach
    void delete() throws IOException {
        Files.deleteIfExists(socket);
        Files.delete(sockets);
    }

    @Test
    void memory_goes_to_a_file_and_comes_back_the_same() throws Exception {
        byte[] memory = new Generator(1).bytes(3_000_000);
        try (MemoryFile.Writer writer = new MemoryFile.Writer(socket, file)) {
            send(memory);
            assertThat(writer.written().get(10, TimeUnit.SECONDS)).isEqualTo(3_000_000);
            assertThat(file).as("before the sender says that this is all").doesNotExist();
            writer.commit();
        }
        assertThat(file).hasBinaryContent(memory);
        Files.delete(socket);

        Path again = directory.resolve("again");
        try (MemoryFile.Writer back = new MemoryFile.Writer(socket, again)) {
            MemoryFile.send(file, socket);
            back.written().get(10, TimeUnit.SECONDS);
            back.commit();
        }
        assertThat(again).hasBinaryContent(memory);
    }

    @Test
    void memory_that_was_not_confirmed_leaves_no_file() throws Exception {
        try (MemoryFile.Writer writer = new MemoryFile.Writer(socket, file)) {
            send(new byte[100]);
            writer.written().get(10, TimeUnit.SECONDS);
        }

        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void who_closes_before_anybody_came_ends_the_wait() throws IOException {
        CompletableFuture<Long> written;
        try (MemoryFile.Writer writer = new MemoryFile.Writer(socket, file)) {
            written = writer.written();
        }

        assertThatThrownBy(() -> written.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(IOException.class);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void sending_what_is_not_there_or_to_nobody_fails() throws IOException {
        assertThatThrownBy(() -> MemoryFile.send(file, socket)).isInstanceOf(IOException.class);
        Files.write(file, new byte[10]);
        assertThatThrownBy(() -> MemoryFile.send(file, socket)).isInstanceOf(IOException.class);
    }

    private void send(byte[] bytes) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            for (ByteBuffer buffer = ByteBuffer.wrap(bytes); buffer.hasRemaining(); ) {
                channel.write(buffer);
            }
        }
    }
}
