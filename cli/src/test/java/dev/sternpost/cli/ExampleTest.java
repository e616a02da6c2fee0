package dev.sternpost.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Runs the example programs as their README says. */
class ExampleTest extends CommandTest {
    private static final Path EXAMPLES = Path.of("..", "examples");

    private Outcome run(List<String> command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
            return new Outcome(process.exitValue(), output, "");
        } finally {
            process.destroyForcibly();
        }
    }

    private List<String> java(String vm) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                EXAMPLES.resolve("java/ListAndPowerOn.java").toString(),
                vm);
    }

    @Test
    void the_java_example_powers_a_virtual_machine_on() throws Exception {
        give("vm", "create", "web-1", "-t", "linux-guest");

        Outcome outcome = run(java("web-1"));

        assertThat(outcome.exit()).as(outcome.out()).isZero();
        assertThat(outcome.out()).contains("linux-guest").contains("web-1: powered on by task-");
        assertThat(give("vm", "ls", "--on").out()).contains("web-1");
    }

    @Test
    void the_java_example_tells_a_fault_and_ends_with_1() throws Exception {
        environment.put("STERNPOST_USER", "nobody");

        Outcome outcome = run(java("web-1"));

        assertThat(outcome.exit()).as(outcome.out()).isEqualTo(1);
        assertThat(outcome.out()).contains("LOGIN_REFUSED");
    }

    @Test
    void the_python_example_says_how_it_is_used() throws Exception {
        Outcome outcome = run(List.of(
                "python3", EXAMPLES.resolve("python/list_and_power_on.py").toString()));

        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(outcome.out()).contains("usage:");
    }
}
