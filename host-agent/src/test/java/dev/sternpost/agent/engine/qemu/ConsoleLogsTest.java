package dev.sternpost.agent.engine.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConsoleLogsTest {

    private static final int BYTES_MAX = 16 << 20;
    private static final int KEPT_BYTES = 4 << 20;

    @TempDir
    Path directory;

    @Test
    void a_long_log_is_cut_under_the_writers_hands_and_its_end_is_kept() throws IOException {
        Path log = directory.resolve("app-serial.log");
        Files.writeString(directory.resolve("app-serial-1.log"), "from before");
        try (FileChannel writer =
                FileChannel.open(log, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            writer.write(ByteBuffer.allocate(BYTES_MAX));
            writer.write(ByteBuffer.wrap("the end".getBytes(StandardCharsets.US_ASCII)));

            ConsoleLogs.cut(log);
            writer.write(ByteBuffer.wrap("after".getBytes(StandardCharsets.US_ASCII)));
        }

        assertThat(log).hasContent("after");
        assertThat(Files.readAllBytes(directory.resolve("app-serial-1.log")))
                .hasSize(KEPT_BYTES)
                .endsWith("the end".getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void a_log_of_a_bearable_length_is_left() throws IOException {
        Path log = directory.resolve("app-serial.log");
        Files.write(log, new byte[BYTES_MAX]);

        ConsoleLogs.cut(log);
        ConsoleLogs.cut(directory.resolve("gone"));

        assertThat(log).hasSize(BYTES_MAX);
        assertThat(directory.resolve("app-serial-1.log")).doesNotExist();
    }

    @Test
    void no_link_is_cut_or_written_through() throws IOException {
        Path victim = directory.resolve("victim");
        Files.write(victim, new byte[BYTES_MAX + 1]);
        Path link = Files.createSymbolicLink(directory.resolve("link-serial.log"), victim);

        ConsoleLogs.cut(link);
        assertThat(victim).hasSize(BYTES_MAX + 1);

        Path small = Files.writeString(directory.resolve("small"), "data");
        Files.createSymbolicLink(directory.resolve("app-serial-1.log"), small);
        Path log = directory.resolve("app-serial.log");
        Files.write(log, new byte[BYTES_MAX + 1]);
        ConsoleLogs.cut(log);

        assertThat(small).hasContent("data");
        assertThat(log).isEmptyFile();
    }
}
