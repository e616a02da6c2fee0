package dev.sternpost.cli.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.proto.task.v1.MigrationProgress;
import dev.sternpost.proto.task.v1.PrecopyRound;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MigrationReportTest {
    private static String report(int rounds) {
        MigrationProgress migration = MigrationProgress.newBuilder()
                .addAllRounds(IntStream.rangeClosed(1, rounds)
                        .mapToObj(number ->
                                PrecopyRound.newBuilder().setNumber(number).build())
                        .toList())
                .build();
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        MigrationReport.print(new PrintStream(text, true, StandardCharsets.UTF_8), "", migration);
        return text.toString(StandardCharsets.UTF_8);
    }

    @Test
    void a_few_rounds_are_all_shown() {
        assertThat(report(10)).contains("\n   10 ").doesNotContain("left out");
    }

    @Test
    void of_very_many_rounds_the_ends_are_shown() {
        assertThat(report(1_100))
                .contains("(1090 rounds in between are left out")
                .contains("1100 ")
                .hasLineCount(1 + 10 + 1 + 1);
    }

    @Test
    void a_pause_that_nobody_measured_is_no_zero() {
        assertThat(report(1)).contains("the guest paused ? (not measured)");
    }
}
