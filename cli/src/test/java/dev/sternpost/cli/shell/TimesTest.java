package dev.sternpost.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class TimesTest {
    private static final Timestamp NEW_YEAR = Timestamp.newBuilder()
            .setSeconds(1_767_225_600)
            .setNanos(999_000_000)
            .build();

    @Test
    void a_moment_is_shown_in_the_readers_zone_and_says_which() {
        assertThat(Times.format(NEW_YEAR, ZoneId.of("Europe/Berlin"))).isEqualTo("2026-01-01T01:00:00+01:00");
        assertThat(Times.format(NEW_YEAR, ZoneId.of("America/St_Johns"))).isEqualTo("2025-12-31T20:30:00-03:30");
        assertThat(Times.format(NEW_YEAR, ZoneOffset.UTC)).isEqualTo("2026-01-01T00:00:00Z");
    }

    @Test
    void a_moment_that_is_not_set_is_a_dash() {
        assertThat(Times.format(Timestamp.getDefaultInstance(), ZoneOffset.UTC)).isEqualTo("-");
    }
}
