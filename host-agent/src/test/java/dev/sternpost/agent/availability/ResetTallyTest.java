package dev.sternpost.agent.availability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.ha.monitoring.GuestMonitoring;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResetTallyTest {
    @TempDir
    Path home;

    private long now = 1_000_000;

    private ResetTally open() {
        return new ResetTally(home, () -> now);
    }

    @Test
    void what_was_counted_is_known_to_the_next_agent() {
        open().put("vm-1", List.of(10L, 20L));
        assertThat(open().of("vm-1")).containsExactly(10L, 20L);
        assertThat(open().of("vm-2")).isEmpty();
    }

    @Test
    void what_was_counted_before_the_machine_was_switched_on_anew_does_not_count() throws IOException {
        open().put("vm-1", List.of(10L));
        Path file = home.resolve("guest-resets");
        Files.writeString(file, Files.readString(file).replaceFirst("boot=.*", "boot=another"));
        assertThat(open().of("vm-1")).isEmpty();
    }

    @Test
    void what_is_too_old_to_count_is_forgotten() {
        ResetTally tally = open();
        tally.put("vm-1", List.of(now));
        now += GuestMonitoring.LOW.windowMillis() + 1;
        tally.put("vm-2", List.of(now));
        assertThat(open().of("vm-1")).isEmpty();
        assertThat(open().of("vm-2")).containsExactly(now);
    }

    @Test
    void a_damaged_file_counts_as_none() throws IOException {
        open().put("vm-1", List.of(10L));
        Path file = home.resolve("guest-resets");
        Files.writeString(file, Files.readString(file).substring(5));
        assertThat(open().of("vm-1")).isEmpty();
    }
}
