package dev.sternpost.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimMainTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private int run(String... args) {
        out.reset();
        PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
        return SimMain.run(List.of(args), print, print);
    }

    private String told() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void the_summary_comes_last_and_the_same_seeds_have_the_same_hash() {
        assertThat(run("run", "--seeds", "2", "--first-seed", "5", "--trace-hash"))
                .isZero();
        String first = told();
        assertThat(first.lines().toList())
                .element(0)
                .asString()
                .startsWith("seeds 5-6, ")
                .endsWith(" simulated host-hours, 0 violations, 0 differing");
        assertThat(first.lines().toList()).last().asString().startsWith("trace hash ");
        run("run", "--seeds", "2", "--first-seed", "5", "--trace-hash");
        assertThat(told()).isEqualTo(first);
    }

    @Test
    void figures_say_that_nothing_was_mistaken_and_that_each_death_was_noticed() {
        assertThat(run("figures", "--seeds", "2")).isZero();
        assertThat(told())
                .startsWith("false failovers: 0 in ")
                .contains("deaths: 2, not noticed 0; known to be dead after p50 1")
                .doesNotContain("NaN");
    }

    @Test
    void a_long_sweep_tells_now_and_then_how_far_it_is() {
        assertThat(run("figures", "--seeds", "2", "--first-seed", "3", "--tell-every", "1"))
                .isZero();
        assertThat(told().lines().filter(line -> line.startsWith("deaths: "))).hasSize(2);
        assertThat(told()).startsWith("seeds 3-3").contains("deaths: 1,", "deaths: 2,", " simulated host-hours in ");
    }

    @Test
    void one_story_is_shown_line_by_line() {
        assertThat(run("show", "--seed", "5")).isZero();
        assertThat(told()).startsWith("seed 5, WITHIN_BOUNDS\nhost 1 ").contains("is coordinator, term 1");
    }

    @Test
    void anything_else_is_answered_with_the_usage() {
        assertThat(run("run")).isEqualTo(2);
        assertThat(run("run", "--seeds", "many")).isEqualTo(2);
        assertThat(told()).contains("usage: sim run --seeds N");
    }
}
