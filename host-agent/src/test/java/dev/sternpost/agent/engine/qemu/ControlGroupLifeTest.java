package dev.sternpost.agent.engine.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The control groups of this machine, where it lets us make them. */
@Timeout(30)
class ControlGroupLifeTest {

    @TempDir
    Path directory;

    private ControlGroups groups;

    @BeforeEach
    void find() {
        groups = ControlGroups.find(directory.resolve("run"));
        assumeTrue(groups.limiting(), "no control groups can be made here");
    }

    @AfterEach
    void close() {
        groups.remove("vm-1");
        groups.remove("vm-2");
        groups.close();
    }

    @Test
    void a_machine_gets_a_group_that_a_process_enters_by_writing_its_pid() throws Exception {
        List<Path> entrances = groups.create("vm-1");
        assertThat(entrances).isNotEmpty();
        Process child = new ProcessBuilder("sleep", "60").start();
        try {
            for (Path entrance : entrances) {
                Files.writeString(entrance, Long.toString(child.pid()));
                assertThat(Files.readString(entrance).strip()).isEqualTo(Long.toString(child.pid()));
            }
        } finally {
            child.destroyForcibly();
            assertThat(child.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }

        groups.remove("vm-1");

        assertThat(entrances)
                .allSatisfy(entrance -> assertThat(entrance.getParent()).doesNotExist());
    }

    @Test
    void making_and_removing_may_be_repeated_and_concern_one_machine() {
        List<Path> one = groups.create("vm-1");
        List<Path> two = groups.create("vm-2");
        assertThat(groups.create("vm-1")).isEqualTo(one);
        assertThat(one).doesNotContainAnyElementsOf(two);

        groups.remove("vm-1");
        groups.remove("vm-1");

        assertThat(two).allSatisfy(entrance -> assertThat(entrance).exists());
    }

    @Test
    void engines_of_other_run_directories_keep_apart() throws IOException {
        ControlGroups other = ControlGroups.find(directory.resolve("run2"));
        List<Path> mine = groups.create("vm-1");
        List<Path> others = other.create("vm-1");

        other.remove("vm-1");
        other.close();

        assertThat(mine).doesNotContainAnyElementsOf(others);
        assertThat(mine).allSatisfy(entrance -> assertThat(entrance).exists());
        assertThat(others)
                .allSatisfy(entrance ->
                        assertThat(entrance.resolve("../..").normalize()).doesNotExist());
    }

    @Test
    void closing_leaves_the_groups_of_machines_that_run_on() {
        List<Path> entrances = groups.create("vm-1");

        groups.close();
        assertThat(entrances).allSatisfy(entrance -> assertThat(entrance).exists());
        groups.remove("vm-1");
        groups.close();

        assertThat(entrances)
                .allSatisfy(entrance ->
                        assertThat(entrance.resolve("../..").normalize()).doesNotExist());
    }
}
