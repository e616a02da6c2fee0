package dev.sternpost.cli.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.proto.task.v1.DowntimeSource;
import dev.sternpost.proto.task.v1.MigrationDecision;
import dev.sternpost.proto.task.v1.MigrationForecast;
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
    void the_pause_allowed_stands_beside_the_one_expected_and_the_one_there_was() {
        MigrationProgress.Builder migration = MigrationProgress.newBuilder()
                .setDowntimeLimitMs(80)
                .setForecast(MigrationForecast.newBuilder().setPauseLowMs(20).setPauseHighMs(60));
        assertThat(MigrationReport.promise(migration.build())).isEqualTo("pause: 80 ms allowed, 20-60 ms expected");
        migration.setDowntimeSource(DowntimeSource.DOWNTIME_SOURCE_GUEST_TICKER).setDowntimeMs(38.44);
        assertThat(MigrationReport.promise(migration.build()))
                .isEqualTo("pause: 80 ms allowed, 20-60 ms expected, 38.4 ms in fact");
        assertThat(MigrationReport.promise(migration.setDowntimeMs(90).build())).endsWith("90.0 ms in fact: not kept");
    }

    @Test
    void a_pause_that_nobody_measured_is_no_zero() {
        assertThat(report(1)).contains("the guest paused ? (not measured)");
    }

    @Test
    void what_was_expected_and_decided_stands_beside_what_came() {
        MigrationProgress migration = MigrationProgress.newBuilder()
                .setForecast(MigrationForecast.newBuilder()
                        .setSentence("expected 1.0-2.0 s, pause 20-60 ms")
                        .setTotalExpectedMs(1_200)
                        .setPauseExpectedMs(40)
                        .setBasis("its last migration"))
                .addRounds(PrecopyRound.newBuilder().setNumber(1).setRemainingBytes(2 << 20))
                .addRounds(PrecopyRound.newBuilder().setNumber(2).setRemainingBytes(1 << 20))
                .addDecisions(MigrationDecision.newBuilder()
                        .setElapsedMs(900)
                        .setRound(2)
                        .setKind("switchOver")
                        .setReason("1024 KiB are left"))
                .setTotalMs(1_000)
                .setGuestSlowdown(0.125)
                .setDowntimeMs(38.4)
                .setDowntimeSource(DowntimeSource.DOWNTIME_SOURCE_GUEST_TICKER)
                .build();
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        MigrationReport.print(new PrintStream(text, true, StandardCharsets.UTF_8), "", migration);
        assertThat(text.toString(StandardCharsets.UTF_8))
                .contains("expected 1.0-2.0 s, pause 20-60 ms; about")
                .contains("(known: its last migration)")
                .contains("########################")
                .contains("round 2: switch over: 1024 KiB are left")
                .contains("12.5 % of its time was taken from it")
                .contains("(20 % off); expected a pause of 40 ms, was 38.4 ms");
    }
}
