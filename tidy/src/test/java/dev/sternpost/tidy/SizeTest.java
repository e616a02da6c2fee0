package dev.sternpost.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class SizeTest {
    private static final int LINES_WANTED = 400;
    private static final int LINES_MAX = 800;

    /** Files that are longer than wanted. Lower it when you split one; never raise it. */
    private static final int LONG_FILES_MAX = 10;

    private final List<Path> sources = Repository.files().stream()
            .filter(f -> f.toString().matches(".*\\.(java|proto|ts|tsx|sh|py|c)"))
            .toList();

    @Test
    void no_source_file_is_longer_than_one_can_keep_in_mind() {
        assertThat(sources.stream().filter(f -> lines(f) > LINES_MAX).map(SizeTest::withLines))
                .as("files over " + LINES_MAX + " lines")
                .isEmpty();
    }

    @Test
    void files_longer_than_wanted_do_not_become_more() {
        assertThat(sources.stream().filter(f -> lines(f) > LINES_WANTED).map(SizeTest::withLines))
                .as("files over " + LINES_WANTED + " lines; split one along its features, or one of the others")
                .hasSizeLessThanOrEqualTo(LONG_FILES_MAX);
    }

    private static String withLines(Path file) {
        return file + " (" + lines(file) + ")";
    }

    private static long lines(Path file) {
        return Repository.read(file).lines().count();
    }
}
