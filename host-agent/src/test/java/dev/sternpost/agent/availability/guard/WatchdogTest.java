package dev.sternpost.agent.availability.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.ha.timing.HaTiming;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchdogTest {
    @TempDir
    Path directory;

    private Watchdog.Device device(Path file) throws IOException {
        return new Watchdog.Device(FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE), 9_000);
    }

    @Test
    void it_is_written_to_only_when_it_would_still_fire_in_time() throws IOException {
        Path file = directory.resolve("watchdog");
        try (Watchdog watchdog = device(file)) {
            watchdog.keep(8_999);
            assertThat(Files.size(file)).isZero();
            watchdog.keep(9_000);
            assertThat(Files.size(file)).isEqualTo(1);
        }
    }

    @Test
    void closing_it_lets_the_machine_live() throws IOException {
        Path file = directory.resolve("watchdog");
        device(file).close();
        assertThat(Files.readString(file)).endsWith("V");
    }

    @Test
    void one_whose_time_is_not_told_is_not_taken() {
        assertThatThrownBy(() -> Watchdog.open(directory.resolve("none").toString(), HaTiming.DEFAULT))
                .isInstanceOf(IOException.class);
    }
}
