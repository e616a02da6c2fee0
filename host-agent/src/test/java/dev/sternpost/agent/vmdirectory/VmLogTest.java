package dev.sternpost.agent.vmdirectory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VmLogTest {

    @TempDir
    Path directory;

    @Test
    void each_line_says_when_where_and_what_and_nothing_makes_two_of_one() throws IOException {
        VmLog log = new VmLog(directory, "app");
        log.append("host-1", "powered on");
        log.append("host-2", "renamed to a\nb\0c");

        assertThat(Files.readAllLines(directory.resolve("app.log")))
                .satisfiesExactly(
                        line -> assertThat(line).matches("20\\d\\d-\\d\\d-\\d\\dT[0-9:.]+Z host-1 powered on"),
                        line -> assertThat(line).endsWith(" host-2 renamed to a b c"));
    }

    @Test
    void a_log_grows_to_a_bound_and_then_begins_anew() throws IOException {
        Files.writeString(directory.resolve("app-1.log"), "oldest");
        Files.writeString(directory.resolve("app.log"), "x".repeat((1 << 20) + 1));

        new VmLog(directory, "app").append("host-1", "fresh " + "y".repeat(5000));

        assertThat(Files.size(directory.resolve("app-1.log"))).isEqualTo((1 << 20) + 1);
        assertThat(Files.readString(directory.resolve("app.log")))
                .contains("fresh")
                .hasSizeLessThan(2100);
    }

    @Test
    void a_log_that_is_a_link_is_not_written_through() throws IOException {
        Path victim = Files.writeString(directory.resolve("victim"), "data");
        Files.createSymbolicLink(directory.resolve("app.log"), victim);

        new VmLog(directory, "app").append("host-1", "powered on");

        assertThat(victim).hasContent("data");
    }

    @Test
    void a_line_that_cannot_be_written_is_dropped_in_silence() {
        new VmLog(directory.resolve("gone"), "app").append("host-1", "powered on");

        assertThat(directory).isEmptyDirectory();
    }
}
