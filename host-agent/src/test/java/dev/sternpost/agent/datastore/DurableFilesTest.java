package dev.sternpost.agent.datastore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class DurableFilesTest {

    @TempDir
    Path directory;

    @Test
    void a_reader_sees_the_old_content_or_the_new_one_and_nothing_between() throws IOException {
        Path file = directory.resolve("file");
        byte[] a = "a".repeat(10_000).getBytes(StandardCharsets.US_ASCII);
        byte[] b = "b".repeat(20_000).getBytes(StandardCharsets.US_ASCII);
        DurableFiles.write(file, a);
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Integer> reads = CompletableFuture.supplyAsync(() -> {
            int count = 0;
            for (; !done.get() || count == 0; count++) {
                try {
                    assertThat(Files.readAllBytes(file)).isIn(a, b);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }
            return count;
        });

        for (int i = 0; i < 100; i++) {
            DurableFiles.write(file, i % 2 == 0 ? b : a);
        }
        done.set(true);

        assertThat(reads.join()).isPositive();
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void a_write_that_fails_leaves_the_old_content_and_nothing_else() throws IOException {
        Path busy = Files.createDirectory(directory.resolve("busy"));
        Files.writeString(busy.resolve("inside"), "x");

        assertThatThrownBy(() -> DurableFiles.write(busy, new byte[10])).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> DurableFiles.write(directory.resolve("gone/file"), new byte[10]))
                .isInstanceOf(IOException.class);

        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(busy);
        }
    }

    @Test
    void a_link_is_replaced_and_not_written_through() throws IOException {
        Path victim = Files.writeString(directory.resolve("victim"), "data");
        Path link = Files.createSymbolicLink(directory.resolve("link"), victim);

        DurableFiles.write(link, "new".getBytes(StandardCharsets.US_ASCII));

        assertThat(victim).hasContent("data");
        assertThat(Files.isSymbolicLink(link)).isFalse();
        assertThat(link).hasContent("new");
    }
}
