package dev.sternpost.agent.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class HostCommandTest {

    private static final Duration BOUND = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    @Test
    void both_outputs_the_status_and_the_input_are_the_programs() {
        HostCommand.Output output =
                HostCommand.run(BOUND, "in", List.of("sh", "-c", "cat; echo out; echo err >&2; exit 7"));

        assertThat(output.exitCode()).isEqualTo(7);
        assertThat(output.standardOutput()).isEqualTo("inout\n");
        assertThat(output.standardError()).isEqualTo("err\n");
        assertThat(output.complaint()).isEqualTo("err");
    }

    @Test
    void words_are_words_and_no_shell_reads_them() {
        assertThat(HostCommand.require(BOUND, List.of("echo", "$HOME; `id`", "a  b", "*")))
                .isEqualTo("$HOME; `id` a  b *\n");
    }

    @Test
    void a_program_that_must_succeed_and_does_not_is_a_fault_with_its_last_words_inside() {
        assertThatThrownBy(() -> HostCommand.require(BOUND, List.of("sh", "-c", "echo some reason; exit 3")))
                .isInstanceOfSatisfying(FaultException.class, fault -> {
                    assertThat(fault.code()).isEqualTo(FaultCode.HOST_ERROR);
                    assertThat(fault.getMessage()).contains("status 3").doesNotContain("some reason");
                    assertThat(fault.fault().context()).contains("some reason");
                });
    }

    @Test
    void a_program_that_is_not_there_is_named() {
        assertThatThrownBy(() -> HostCommand.run(BOUND, "", List.of("no-such-program-here")))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("no-such-program-here")
                .hasMessageContaining("install");
    }

    @Test
    void a_program_that_does_not_end_is_killed() throws IOException {
        Path pid = directory.resolve("pid");

        assertThatThrownBy(() -> HostCommand.run(
                        Duration.ofMillis(200), "", List.of("sh", "-c", "echo $$ >" + pid + "; exec sleep 60")))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("was killed");

        long number = Long.parseLong(Files.readString(pid).strip());
        ProcessHandle.of(number).ifPresent(process -> process.onExit().join());
        assertThat(ProcessHandle.of(number).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void a_talkative_program_is_heard_out_but_not_all_of_it_is_kept() {
        HostCommand.Output output =
                HostCommand.run(BOUND, "", List.of("sh", "-c", "head -c 5000000 /dev/zero | tr '\\0' x; echo end >&2"));

        assertThat(output.standardOutput()).hasSize(1 << 20);
        assertThat(output.standardError()).isEqualTo("end\n");
        assertThat(new HostCommand.Output(1, "", "a".repeat(9000) + "end").complaint())
                .hasSize(2000)
                .endsWith("end");
    }

    @Test
    void input_that_nobody_reads_is_no_error() {
        HostCommand.Output output = HostCommand.run(BOUND, "x".repeat(1 << 20), List.of("sh", "-c", "exit 4"));

        assertThat(output.exitCode()).isEqualTo(4);
    }

    @Test
    void who_is_interrupted_while_waiting_stops_and_takes_the_program_along() throws Exception {
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        Path pid = directory.resolve("pid");
        Thread waiting = Thread.ofPlatform().daemon().start(() -> {
            try {
                HostCommand.run(
                        BOUND,
                        "",
                        List.of("sh", "-c", "echo $$ >" + pid + ".new; mv " + pid + ".new " + pid + "; exec sleep 60"));
            } catch (FaultException e) {
                end.complete(e);
            }
        });
        dev.sternpost.testkit.Await.until("the program runs", BOUND, () -> Files.exists(pid));
        waiting.interrupt();

        assertThat(end.get())
                .isInstanceOfSatisfying(
                        FaultException.class,
                        fault -> assertThat(fault.code()).isEqualTo(FaultCode.OPERATION_CANCELLED));
        long number = Long.parseLong(Files.readString(pid).strip());
        ProcessHandle.of(number).ifPresent(process -> process.onExit().join());
    }
}
