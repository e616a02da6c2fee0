package dev.sternpost.agent.engine.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.agent.engine.ProcessIdentity;
import dev.sternpost.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes of this machine. */
@Timeout(30)
class ProcessesTest {

    private static final Duration BOUND = Duration.ofSeconds(10);
    private static final Duration MOMENT = Duration.ofMillis(20);

    private final List<Process> children = new ArrayList<>();

    @TempDir
    Path directory;

    @AfterEach
    void killChildren() {
        children.forEach(Process::destroyForcibly);
    }

    @Test
    void a_living_process_is_found_with_its_start_and_its_boot() throws IOException {
        long pid = start("sleep", "60").pid();

        ProcessIdentity found = Processes.find(pid).orElseThrow();

        assertThat(found.pid()).isEqualTo(pid);
        assertThat(found.bootId()).hasSize(36);
        assertThat(Processes.alive(found)).isTrue();
        assertThat(Processes.find(0)).isEmpty();
        assertThat(Processes.find(-1)).isEmpty();
    }

    @Test
    void a_process_that_got_the_pid_of_another_is_not_that_other() throws IOException {
        ProcessIdentity found = Processes.find(start("sleep", "60").pid()).orElseThrow();

        assertThat(Processes.alive(new ProcessIdentity(found.pid(), found.startTicks() - 1, found.bootId())))
                .isFalse();
        assertThat(Processes.alive(new ProcessIdentity(found.pid(), found.startTicks(), "another boot")))
                .isFalse();
        Processes.kill(new ProcessIdentity(found.pid(), found.startTicks() - 1, found.bootId()));
        assertThat(Processes.awaitEnd(found, MOMENT)).as("killed by mistake").isFalse();
    }

    @Test
    void the_end_of_a_process_is_awaited_no_longer_than_wished() throws IOException {
        ProcessIdentity process = Processes.find(start("sleep", "60").pid()).orElseThrow();

        assertThat(Processes.awaitEnd(process, MOMENT)).isFalse();
        Processes.kill(process);
        assertThat(Processes.awaitEnd(process, BOUND)).isTrue();
        assertThat(Processes.find(process.pid())).isEmpty();
    }

    @Test
    void a_zombie_is_dead() throws IOException {
        // The shell's child ends, and what the shell became never asks for it.
        long parent = start("sh", "-c", "sleep 0 & exec sleep 60").pid();
        Path children = Path.of("/proc/" + parent + "/task/" + parent + "/children");

        long zombie = Await.untilPresent("the zombie", BOUND, () -> zombieIn(children));

        assertThat(Processes.find(zombie)).isEmpty();
    }

    private static Optional<Long> zombieIn(Path children) {
        try {
            String pid = Files.readString(children).strip();
            return pid.isEmpty()
                            || !Files.readString(Path.of("/proc/" + pid + "/stat"))
                                    .contains(") Z ")
                    ? Optional.empty()
                    : Optional.of(Long.parseLong(pid));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Test
    void a_program_with_a_confusing_name_is_read_right() throws IOException {
        Path program = directory.resolve("a) Z (b c");
        Files.copy(Path.of("/bin/sleep"), program);
        assertThat(program.toFile().setExecutable(true)).isTrue();

        assertThat(Processes.find(start(program.toString(), "60").pid())).isPresent();
    }

    @Test
    void an_interrupted_thread_does_not_take_the_living_for_dead() throws IOException {
        String word = directory.resolve("qemu.pid").toString();
        Process child = start("sh", "-c", "sleep 60; exit", word);
        Await.until("the program runs", BOUND, () -> Processes.findByWord(word).isPresent());
        ProcessIdentity process = Processes.find(child.pid()).orElseThrow();
        Thread.currentThread().interrupt();
        try {
            assertThat(Processes.alive(process)).isTrue();
            assertThat(Processes.awaitEnd(process, MOMENT)).isFalse();
            assertThat(Processes.find(child.pid())).contains(process);
            assertThat(Processes.findByWord(word)).contains(process);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void a_process_is_found_by_a_whole_word_of_its_command_line() throws IOException {
        String word = directory.resolve("qemu.pid").toString();
        Process child = start("sh", "-c", "sleep 60; exit", word);

        Await.until("the program runs", BOUND, () -> Processes.findByWord(word).isPresent());
        assertThat(Processes.findByWord(word).orElseThrow().pid()).isEqualTo(child.pid());
        assertThat(Processes.findByWord(word.substring(0, word.length() - 1))).isEmpty();
        assertThat(Processes.findByWord(word + "2")).isEmpty();
    }

    private Process start(String... command) throws IOException {
        Process child = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        children.add(child);
        return child;
    }
}
