package dev.sternpost.agent.engine.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.agent.engine.LaunchMode;
import dev.sternpost.agent.engine.ProcessIdentity;
import dev.sternpost.agent.engine.VmLaunch;
import dev.sternpost.agent.vmdirectory.DiskShape;
import dev.sternpost.agent.vmdirectory.Firmware;
import dev.sternpost.agent.vmdirectory.NicShape;
import dev.sternpost.agent.vmdirectory.Provisioning;
import dev.sternpost.agent.vmdirectory.VmShape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an engine finds of an earlier one. */
class RunRecordTest {

    private static final ProcessIdentity PROCESS = new ProcessIdentity(4711, 1L << 40, "boot");
    private static final VmShape SHAPE = new VmShape(
            "vm-17",
            "Büro \"3\"",
            new UUID(1, 2),
            4,
            1L << 40,
            Firmware.UEFI,
            List.of(new DiskShape("disk0", 1L << 45, Provisioning.THICK_LAZY, "a b.qcow2", 0)),
            List.of(new NicShape("nic0", "lan", "52:54:00:00:00:17")),
            "line\nline");

    @TempDir
    Path run;

    @Test
    void a_launch_is_found_again_exactly_as_it_was() throws IOException {
        RunFiles files = RunFiles.of(run, "vm-17");
        for (LaunchMode mode : List.of(
                new LaunchMode.Cold(),
                new LaunchMode.ResumeFromSuspend(Path.of("/ds/app/app.vmss")),
                new LaunchMode.Incoming("mig-3"))) {
            VmLaunch launch = new VmLaunch(SHAPE, Path.of("/ds/app"), "app", 1L << 50, mode);
            RunRecord.of(launch, PROCESS, 1_700_000_000_000L, true).write(files);

            RunRecord found = RunRecord.read(files).orElseThrow();

            assertThat(found.launch()).isEqualTo(launch);
            assertThat(found.process()).isEqualTo(PROCESS);
            assertThat(found.startedEpochMillis()).isEqualTo(1_700_000_000_000L);
            assertThat(found.activated()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "{}",
                "[]",
                "rubbish",
                "{\"shape\": null, \"directory\": \"/ds\", \"vmxName\": \"a\", \"generation\": 1, \"mode\": \"cold\","
                        + " \"modeDetail\": \"\", \"pid\": 1, \"startTicks\": 1, \"bootId\": \"b\","
                        + " \"startedEpochMillis\": 1, \"activated\": true}",
            })
    void a_record_that_cannot_be_understood_is_no_record(String content) throws IOException {
        RunFiles files = RunFiles.of(run, "vm-17");
        Files.writeString(files.record(), content);

        assertThat(RunRecord.read(files)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"mode\":\"cold\"", "\"directory\":\"/ds/app\"", "\"generation\":7", "\"vm-17\""})
    void a_record_with_one_impossible_value_is_no_record(String part) throws IOException {
        RunFiles files = RunFiles.of(run, "vm-17");
        RunRecord.of(new VmLaunch(SHAPE, Path.of("/ds/app"), "app", 7, new LaunchMode.Cold()), PROCESS, 1, true)
                .write(files);
        String whole = Files.readString(files.record());
        assertThat(whole).contains(part);

        Files.writeString(
                files.record(),
                whole.replace(
                        part,
                        part.replace("cold", "tepid")
                                .replace("/ds", "ds")
                                .replace(":7", ":-7")
                                .replace("vm-17", "17")));

        assertThat(RunRecord.read(files)).isEmpty();
    }

    @Test
    void the_records_and_directories_of_machines_are_told_from_everything_else() throws IOException {
        Files.createDirectory(run.resolve("vm-2"));
        Files.writeString(run.resolve("vm-2.json"), "{}");
        Files.writeString(run.resolve("vm-10.json"), "{}");
        Files.createDirectory(run.resolve("vm-x"));
        Files.writeString(run.resolve("vm-3.json.tmp"), "");
        Files.writeString(run.resolve("other"), "");

        assertThat(RunDirectories.vmIds(run)).containsExactly("vm-10", "vm-2");
        assertThat(RunDirectories.vmIds(run.resolve("gone"))).isEmpty();
    }

    @Test
    void deleting_takes_directory_and_record_and_follows_no_link() throws IOException {
        Path precious = Files.createDirectory(run.resolve("precious"));
        Files.write(precious.resolve("data"), "keep".getBytes(StandardCharsets.US_ASCII));
        RunFiles files = RunFiles.of(run, "vm-2");
        Files.createDirectory(files.directory());
        Files.writeString(files.output(), "said");
        Files.createSymbolicLink(files.screenshot(), precious.resolve("data"));
        Files.writeString(files.record(), "{}");
        RunFiles linked = RunFiles.of(run, "vm-3");
        Files.createSymbolicLink(linked.directory(), precious);

        RunDirectories.delete(files);
        RunDirectories.delete(files);
        RunDirectories.delete(linked);

        assertThat(files.directory()).doesNotExist();
        assertThat(files.record()).doesNotExist();
        assertThat(precious.resolve("data")).hasContent("keep");
    }
}
