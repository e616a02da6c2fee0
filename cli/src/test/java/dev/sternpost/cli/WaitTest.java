package dev.sternpost.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WaitTest extends CommandTest {
    @Test
    void a_waiting_command_lives_through_a_restart_of_the_server() throws Exception {
        server.datacenter().tasks().hold(true);
        CompletableFuture<Outcome> command =
                CompletableFuture.supplyAsync(() -> give("vm", "create", "web-1", "-t", "linux-guest"));
        Await.until("the task", BOUND, () -> !server.datacenter().tasks().all().isEmpty());
        String task = server.datacenter().tasks().all().getFirst().getId();
        server.stop();
        server.datacenter().tasks().finish(task);
        server.start();

        Outcome outcome = command.get(BOUND.toSeconds(), TimeUnit.SECONDS);

        assertThat(outcome.exit()).as(outcome.err()).isZero();
        assertThat(outcome.out()).contains("/DC0/vm/web-1 is made");
    }

    @Test
    void a_task_can_be_waited_for_by_another_command() {
        server.datacenter().tasks().hold(true);
        String task = give("vm", "create", "web-1", "-t", "linux-guest", "--no-wait")
                .out()
                .replaceAll("(?s) .*", "");
        server.datacenter().tasks().finish(task);

        Outcome outcome = give("task", "wait", task);

        assertThat(outcome.exit()).isZero();
        assertThat(outcome.out()).contains(task + ": create web-1 succeeded");
    }

    @Test
    void cancelling_undoes_and_the_one_who_waits_hears_of_it() throws Exception {
        server.datacenter().tasks().hold(true);
        CompletableFuture<Outcome> waiting =
                CompletableFuture.supplyAsync(() -> give("vm", "create", "web-1", "-t", "linux-guest"));
        Await.until("the task", BOUND, () -> !server.datacenter().tasks().all().isEmpty());
        String task = server.datacenter().tasks().all().getFirst().getId();

        assertThat(give("task", "cancel", task).exit()).isZero();

        Outcome outcome = waiting.get(BOUND.toSeconds(), TimeUnit.SECONDS);
        assertThat(outcome.exit()).isEqualTo(6);
        assertThat(outcome.err()).contains("was cancelled");
    }

    @Test
    void a_terminal_gets_a_bar_that_is_drawn_over_itself() throws Exception {
        server.datacenter().tasks().hold(true);
        CompletableFuture<Outcome> waiting =
                CompletableFuture.supplyAsync(() -> give("", true, "vm", "create", "web-1", "-t", "linux-guest"));
        Await.until("the task", BOUND, () -> !server.datacenter().tasks().all().isEmpty());
        String task = server.datacenter().tasks().all().getFirst().getId();
        server.datacenter().tasks().advance(task);
        server.datacenter().tasks().finish(task);

        Outcome outcome = waiting.get(BOUND.toSeconds(), TimeUnit.SECONDS);

        assertThat(outcome.exit()).isZero();
        assertThat(outcome.err()).doesNotContain("decide-placement: done");
        assertThat(outcome.out()).doesNotContain("\033");
    }

    @Test
    void an_interrupted_command_says_that_the_task_goes_on() throws Exception {
        server.datacenter().tasks().hold(true);
        Path errors = directory.resolve("errors.txt");
        Process process = process(errors, "vm", "create", "web-1", "-t", "linux-guest");
        try {
            Await.until("the command to wait", BOUND, () -> read(errors).contains("create web-1, queued"));
            String task = server.datacenter().tasks().all().getFirst().getId();

            new ProcessBuilder("kill", "-INT", String.valueOf(process.pid()))
                    .start()
                    .waitFor();

            assertThat(process.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(130);
            assertThat(read(errors))
                    .contains(task + " goes on without this command")
                    .contains("sternpost task wait " + task)
                    .contains("sternpost task cancel " + task)
                    .doesNotContain("\tat ");
        } finally {
            process.destroyForcibly();
        }
    }

    /** A process of its own, which does not ignore interrupts even where the tests run in the background. */
    private Process process(Path errors, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "env",
                "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.sternpost.cli.Main"));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectError(errors.toFile())
                .redirectOutput(directory.resolve("out.txt").toFile());
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            return "";
        }
    }

    @Test
    void watching_events_prints_what_happens() throws Exception {
        CompletableFuture<Outcome> watching =
                CompletableFuture.supplyAsync(() -> give("event", "watch", "--since", "1", "--for", "3s"));
        give("folder", "create", "/DC0/vm/a");
        give("folder", "create", "/DC0/vm/b");

        Outcome outcome = watching.get(BOUND.toSeconds(), TimeUnit.SECONDS);

        assertThat(outcome.exit()).isZero();
        assertThat(outcome.out()).contains("2  2026-01-01T00:00:02Z  FolderCreatedEvent  b");
    }
}
