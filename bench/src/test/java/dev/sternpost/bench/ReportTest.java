package dev.sternpost.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
    @Test
    void a_missed_bar_is_told_and_decides_the_status() {
        Report report = new Report("B0", "a \"test\"", 7);
        report.add(Result.lower("time", "ms", 60, 120.0, 100, 50));
        assertThat(report.barsMet()).isTrue();
        assertThat(report.table()).contains("goal missed").doesNotContain("bar MISSED");
        report.add(Result.higher("rate", "1/s", 900, null, 1000, 2000));
        assertThat(report.barsMet()).isFalse();
        assertThat(report.table()).contains("bar MISSED");
        assertThat(report.json())
                .contains("\"id\":\"B0\"", "\"what\":\"a \\\"test\\\"\"", "\"seed\":7")
                .contains("{\"metric\":\"time\",\"unit\":\"ms\",\"ours\":60.0,\"comparator\":120.0,\"ratio\":0.5,"
                        + "\"bar\":100.0,\"goal\":50.0,\"barMet\":true,\"goalMet\":false}")
                .contains("\"comparator\":null,\"ratio\":null");
    }

    @Test
    void quantiles_are_those_of_the_times_noted() {
        Timings timings = new Timings();
        for (int i = 200; i > 0; i--) {
            timings.add(i);
        }
        assertThat(timings.median()).isEqualTo(100);
        assertThat(timings.quantile(0.99)).isEqualTo(198);
        assertThat(timings.count()).isEqualTo(200);
    }

    @Test
    void an_unknown_benchmark_is_a_wrong_call() {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream err = new PrintStream(said, true, StandardCharsets.UTF_8);
        assertThat(Bench.run(List.of("B99"), err, err)).isEqualTo(2);
        assertThat(said.toString(StandardCharsets.UTF_8))
                .startsWith("usage: bench ")
                .contains("B7|B8", "B1");
    }
}
