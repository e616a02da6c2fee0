package dev.sternpost.agent.engine.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class VmKillerTest {
    private static final Duration BOUND = Duration.ofSeconds(20);

    @TempDir
    Path run;

    @Test
    void it_proves_that_it_can_stop_processes_and_leaves_nothing_behind() throws Exception {
        VmKiller killer = new VmKiller(run);
        assertThat(killer.prove()).startsWith("a test process ").contains(" ms after the order");
        ControlGroups groups = ControlGroups.find(run);
        assertThat(groups.of("fence-test"))
                .allSatisfy(group -> assertThat(group).doesNotExist());
        groups.close();
    }

    @Test
    void a_process_that_no_record_tells_of_is_found_by_its_command_line() throws IOException {
        // As one that was just made: its record still says nothing.
        String word = RunFiles.of(run, "vm-7").pidFile().toString();
        Process process = new ProcessBuilder("sh", "-c", "while :; do sleep 1; done", word).start();
        try {
            VmKiller killer = new VmKiller(run);
            Await.until(
                    "the process to be known",
                    BOUND,
                    () -> !killer.kill(List.of("vm-7", "vm-8")).isEmpty());
            Await.until(
                    "its end", BOUND, () -> killer.kill(List.of("vm-7", "vm-8")).isEmpty());
            assertThat(process.isAlive()).isFalse();
        } finally {
            process.destroyForcibly();
            ControlGroups.find(run).close();
        }
    }

    @Test
    void a_process_that_is_stopped_is_killed_too() throws Exception {
        ControlGroups groups = ControlGroups.find(run);
        List<Path> entrances = groups.create("vm-9");
        org.junit.jupiter.api.Assumptions.assumeFalse(
                entrances.isEmpty(), "this machine lets us make no control groups");
        Process process = new ProcessBuilder("sleep", "60").start();
        try {
            for (Path entrance : entrances) {
                Files.writeString(entrance, Long.toString(process.pid()));
            }
            new ProcessBuilder("kill", "-STOP", Long.toString(process.pid()))
                    .start()
                    .waitFor();
            VmKiller killer = new VmKiller(run);
            assertThat(killer.kill(List.of("vm-9"))).containsExactly("vm-9");
            Await.until("its end", BOUND, () -> killer.kill(List.of("vm-9")).isEmpty());
            assertThat(process.isAlive()).isFalse();
        } finally {
            process.destroyForcibly();
            groups.remove("vm-9");
            groups.close();
        }
    }
}
