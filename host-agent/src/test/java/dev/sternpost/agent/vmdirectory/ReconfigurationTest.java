package dev.sternpost.agent.vmdirectory;

import static dev.sternpost.agent.vmdirectory.VmDirectoriesTest.assertFault;
import static dev.sternpost.agent.vmdirectory.VmDirectoriesTest.disk;
import static dev.sternpost.agent.vmdirectory.VmDirectoriesTest.shape;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.inventory.fault.FaultCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ReconfigurationTest {

    private static final long MIB = 1 << 20;

    private final VmDirectories directories = new VmDirectories("host-1", FileOwner.self());

    @TempDir
    Path datastore;

    private Path app;
    private VmShape before;

    @BeforeEach
    void make() {
        app = datastore.resolve("app");
        before = directories
                .create(app, shape(disk("disk0", MIB, Provisioning.THIN), disk("disk1", MIB, Provisioning.THIN)))
                .shape();
    }

    @Test
    void disks_are_told_apart_by_label_and_each_has_its_fate() {
        DiskImagesTest.write(app.resolve("app-disk1.qcow2"), 0, "kept");

        StoredVm after = directories.reconfigure(
                app, "app", shape(disk("disk1", 4 * MIB, Provisioning.THIN), disk("disk2", MIB, Provisioning.THIN)));

        assertThat(after.shape().disks()).extracting(DiskShape::label).containsExactly("disk1", "disk2");
        assertThat(app.resolve("app-disk0.qcow2")).doesNotExist();
        assertThat(app.resolve("app-disk2.qcow2")).exists();
        assertThat(DiskImagesTest.virtualBytes(app.resolve("app-disk1.qcow2"))).isEqualTo(4 * MIB);
        assertThat(DiskImagesTest.read(app.resolve("app-disk1.qcow2"), 0, 4)).isEqualTo("kept");
        assertThat(directories.read(app, "").shape()).isEqualTo(after.shape());
    }

    @Test
    void a_disk_never_shrinks_and_the_refusal_changes_nothing() {
        assertFault(
                () -> directories.reconfigure(
                        app,
                        "app",
                        shape(disk("disk9", MIB, Provisioning.THIN), disk("disk0", MIB / 2, Provisioning.THIN))),
                FaultCode.CONFIG_INVALID);

        assertThat(directories.read(app, "").shape()).isEqualTo(before);
        assertThat(app.resolve("app-disk9.qcow2")).doesNotExist();
    }

    @Test
    void how_a_disk_was_set_aside_stays_true_whatever_is_wished() {
        StoredVm after = directories.reconfigure(
                app, "app", shape(disk("disk0", MIB, Provisioning.THICK_EAGER), disk("disk1", MIB, Provisioning.THIN)));

        assertThat(after.shape().disks().getFirst().provisioning()).isEqualTo(Provisioning.THIN);
        assertThat(after.shape().disks().getFirst().allocatedBytes()).isLessThan(MIB);
    }

    @Test
    void a_new_disk_takes_no_file_name_that_is_in_use() throws IOException {
        Files.writeString(app.resolve("app-disk2.qcow2"), "somebody's");

        StoredVm after = directories.reconfigure(
                app,
                "app",
                shape(
                        disk("disk0", MIB, Provisioning.THIN),
                        disk("disk1", MIB, Provisioning.THIN),
                        disk("disk2", MIB, Provisioning.THIN)));

        assertThat(after.shape().disks().getLast().fileName()).isEqualTo("app-disk2-1.qcow2");
        assertThat(app.resolve("app-disk2.qcow2")).hasContent("somebody's");
    }

    @Test
    void a_change_that_fails_takes_its_new_disks_with_it() throws IOException {
        Files.delete(app.resolve("app-disk1.qcow2")); // Cannot be grown.

        assertFault(
                () -> directories.reconfigure(
                        app,
                        "app",
                        shape(disk("disk2", MIB, Provisioning.THIN), disk("disk1", 2 * MIB, Provisioning.THIN))),
                FaultCode.FILE_NOT_FOUND);

        assertThat(app.resolve("app-disk2.qcow2")).doesNotExist();
        assertThat(app.resolve("app-disk0.qcow2")).exists();
        assertThat(directories.read(app, "").shape().disks())
                .extracting(DiskShape::label)
                .containsExactly("disk0", "disk1");
    }

    @Test
    void everything_but_the_disks_is_as_wished_and_foreign_lines_stay() throws IOException {
        Path vmx = app.resolve("app.vmx");
        Files.writeString(vmx, Files.readString(vmx) + "tools.syncTime = \"TRUE\"\n");
        VmShape wish = new VmShape(
                "vm-1",
                "renamed",
                before.uuid(),
                4,
                128 * MIB,
                Firmware.UEFI,
                before.disks(),
                java.util.List.of(),
                "a note");

        VmShape after = directories.reconfigure(app, "app", wish).shape();

        assertThat(after.name()).isEqualTo("renamed");
        assertThat(after.cpuCount()).isEqualTo(4);
        assertThat(after.memoryBytes()).isEqualTo(128 * MIB);
        assertThat(after.firmware()).isEqualTo(Firmware.UEFI);
        assertThat(after.nics()).isEmpty();
        assertThat(after.annotation()).isEqualTo("a note");
        assertThat(Files.readString(vmx)).contains("tools.syncTime").doesNotContain("ethernet0");
    }
}
