package dev.sternpost.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.AssertionFailedError;

class GoldenTest {
    @TempDir
    Path folder;

    @Test
    void equal_text_passes_whatever_its_line_endings() throws IOException {
        Path file = Files.writeString(folder.resolve("a.txt"), "one\ntwo\n");
        assertThatCode(() -> Golden.assertMatches(file, "one\r\ntwo", false)).doesNotThrowAnyException();
    }

    @Test
    void a_difference_is_shown_with_its_line() throws IOException {
        Path file = Files.writeString(folder.resolve("a.txt"), "one\ntwo\n");
        assertThatThrownBy(() -> Golden.assertMatches(file, "one\nthree\n", false))
                .isInstanceOf(AssertionFailedError.class)
                .hasMessageContainingAll("line 2", "two", "three", "golden.update");
    }

    @Test
    void text_that_stops_early_is_a_difference() throws IOException {
        Path file = Files.writeString(folder.resolve("a.txt"), "one\ntwo\n");
        assertThatThrownBy(() -> Golden.assertMatches(file, "one\n", false))
                .hasMessageContainingAll("line 2", "(end of text)");
    }

    @Test
    void a_missing_file_fails_until_it_is_made_on_purpose() throws IOException {
        Path file = folder.resolve("new/b.txt");
        assertThatThrownBy(() -> Golden.assertMatches(file, "text", false)).hasMessageContaining("golden.update");
        assertThat(file).doesNotExist();
        Golden.assertMatches(file, "text", true);
        assertThat(Files.readString(file)).isEqualTo("text\n");
    }
}
