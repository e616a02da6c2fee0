package dev.sternpost.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SizesTest {
    @Test
    void sizes_are_read_as_people_write_them() {
        assertThat(Sizes.parse("128M")).isEqualTo(128L << 20);
        assertThat(Sizes.parse("1.5 GiB")).isEqualTo(3L << 29);
        assertThat(Sizes.parse("2tb")).isEqualTo(2L << 40);
        assertThat(Sizes.parse("512")).isEqualTo(512);
        assertThatThrownBy(() -> Sizes.parse("-1M")).hasMessageContaining("like 128M");
        assertThatThrownBy(() -> Sizes.parse("99999999999T")).hasMessageContaining("too large");
    }

    @Test
    void sizes_are_written_short() {
        assertThat(Sizes.format(0)).isEqualTo("0 B");
        assertThat(Sizes.format(128L << 20)).isEqualTo("128 MiB");
        assertThat(Sizes.format(3L << 29)).isEqualTo("1.5 GiB");
        assertThat(Sizes.format(1023)).isEqualTo("1023 B");
    }

    @Test
    void durations_are_read_and_written() {
        assertThat(Times.parse("250ms")).isEqualTo(Duration.ofMillis(250));
        assertThat(Times.parse("90")).isEqualTo(Duration.ofSeconds(90));
        assertThat(Times.parse("2h")).isEqualTo(Duration.ofHours(2));
        assertThatThrownBy(() -> Times.parse("soon")).hasMessageContaining("like 30s");
        assertThat(Times.format(Duration.ofMillis(84))).isEqualTo("84 ms");
        assertThat(Times.format(Duration.ofMillis(1_449))).isEqualTo("1.4 s");
        assertThat(Times.format(Duration.ofSeconds(125))).isEqualTo("2 min 5 s");
    }

    @Test
    void a_name_with_control_characters_cannot_write_on_the_terminal() {
        assertThat(Table.cell("a\033[2Jb\nc")).isEqualTo("ab c");
        assertThat(PlainText.lines("a\033[6n\r\nb\tc\007")).isEqualTo("a\nb\tc");
        assertThat(Table.cell("")).isEqualTo("-");
    }

    @Test
    void a_slip_is_recognised_and_nonsense_is_not() {
        assertThat(Similar.to("migrte", List.of("migrate", "rename"))).contains("migrate");
        assertThat(Similar.to("zzzzz", List.of("migrate", "rename"))).isEmpty();
    }
}
