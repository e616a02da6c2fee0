package dev.sternpost.ha.timing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checks the protocol's model, {@code src/test/spin/lease.pml}, over all its states with the constants of the code, by spin. Without spin or a
 * C compiler the tests are skipped and say so; {@code -Dsternpost.spin=required} makes that a failure.
 */
class LeaseModelTest {
    private static final Path MODEL = Path.of("src/test/spin/lease.pml").toAbsolutePath();
    private static final long SECONDS_MAX = 900;
    private static final String SAFE = "errors: 0";
    private static final String BROKEN = "assertion violated";

    @TempDir
    Path folder;

    private static long up(long millis, long tick) {
        return (millis + tick - 1) / tick;
    }

    /** In ticks of the time of a write in flight; rounded up what must be waited for, and down what is waited. */
    private static List<String> constants(HaTiming timing, long lessTicks) {
        long tick = timing.inFlightMillis();
        return List.of(
                "-DFAIL=" + up(timing.failMillis(), tick),
                "-DWATCHDOG=" + up(timing.watchdogMillis(), tick),
                "-DINFLIGHT=1",
                "-DDEAD=" + ((timing.deadMillis() - timing.driftMillis()) / tick - lessTicks));
    }

    private String check(HaTiming timing, long lessTicks, String... more) throws Exception {
        for (String program : List.of("spin", "gcc")) {
            boolean there = run(List.of("sh", "-c", "command -v " + program)).contains(program);
            if (!there && "required".equals(System.getProperty("sternpost.spin"))) {
                throw new AssertionError(program + " is required and not installed");
            }
            Assumptions.assumeTrue(
                    there, program + " is not installed (deploy/packages-test.txt): the model is not checked");
        }
        List<String> spin = new ArrayList<>(List.of("spin"));
        spin.addAll(constants(timing, lessTicks));
        spin.addAll(List.of(more));
        spin.addAll(List.of("-a", MODEL.toString()));
        run(spin);
        run(List.of("gcc", "-O2", "-DSAFETY", "-DMEMLIM=2048", "-o", "pan", "pan.c"));
        return run(List.of("./pan", "-w22", "-m3000000", "-E"));
    }

    private String run(List<String> command) throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS))
                    .as("%s ends", command)
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(output);
    }

    @Test
    void no_virtual_machine_has_two_owners_in_any_state_there_is() throws Exception {
        String found = check(HaTiming.DEFAULT, 0);
        assertThat(found).contains(SAFE).doesNotContain("max search depth too small", "Search not completed");
    }

    @Test
    void one_tick_less_would_not_do() throws Exception {
        assertThat(check(HaTiming.DEFAULT, 1)).contains(BROKEN);
    }

    @Test
    void each_guard_is_needed() throws Exception {
        for (String guard : List.of("COMPARE", "SETTLING", "LEASE")) {
            assertThat(check(HaTiming.DEFAULT, 0, "-DWITHOUT_" + guard))
                    .as(guard)
                    .contains(BROKEN);
        }
    }
}
