package dev.sternpost.agent.vmdirectory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.agent.datastore.AllocatedBytes;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Directories as they lie on a datastore; disks are made by the real qemu-img. */
@Timeout(60)
class VmDirectoriesTest {

    private static final long MIB = 1 << 20;
    private static final NicShape NIC = new NicShape("nic0", "lan", "52:54:00:00:00:17");

    private final VmDirectories directories = new VmDirectories("host-1", FileOwner.self());

    @TempDir
    Path datastore;

    private Path app;

    @BeforeEach
    void name() {
        app = datastore.resolve("app");
    }

    // ---- making ----

    @Test
    void a_virtual_machine_is_made_with_all_its_files_and_read_again() throws IOException {
        StoredVm made = directories.create(app, shape(disk("disk0", 4 * MIB, Provisioning.THIN)));

        assertThat(made.vmxName()).isEqualTo("app");
        assertThat(names(app)).containsExactly("app-disk0.qcow2", "app.vmsd", "app.vmx");
        assertThat(names(datastore)).containsExactly("app");
        assertThat(directories.read(app, "")).isEqualTo(made);
        assertThat(directories.read(app, "app")).isEqualTo(made);
        assertThat(made.shape().disks().getFirst().fileName()).isEqualTo("app-disk0.qcow2");
        assertThat(made.shape().disks().getFirst().allocatedBytes())
                .isEqualTo(AllocatedBytes.of(app.resolve("app-disk0.qcow2")))
                .isPositive();
    }

    @Test
    void a_disk_is_the_hypervisors_alone_and_its_directory_can_be_entered() throws IOException {
        directories.create(app, shape(disk("disk0", MIB, Provisioning.THIN)));

        assertThat(rights(app.resolve("app-disk0.qcow2"))).isEqualTo("rw-------");
        assertThat(rights(app)).isEqualTo("rwxr-xr-x");
    }

    @Test
    void a_name_that_is_taken_is_refused_and_what_is_there_is_left() throws IOException {
        Files.writeString(Files.createDirectory(app).resolve("letter"), "mine");

        assertFault(() -> directories.create(app, shape()), FaultCode.NAME_TAKEN);
        assertThat(names(app)).containsExactly("letter");

        Path link = datastore.resolve("link");
        Files.createSymbolicLink(link, datastore.resolve("nowhere"));
        assertFault(() -> directories.create(link, shape()), FaultCode.NAME_TAKEN);
    }

    @Test
    void a_name_that_cannot_be_one_or_that_the_agent_uses_itself_is_refused() {
        assertFault(() -> directories.create(datastore.resolve(" app"), shape()), FaultCode.NAME_INVALID);
        assertFault(() -> directories.create(datastore.resolve("a\nb"), shape()), FaultCode.NAME_INVALID);
        // The next start of the agent would take it for rubbish of its own.
        assertFault(() -> directories.create(datastore.resolve(".partial-host-1-x"), shape()), FaultCode.NAME_INVALID);
    }

    @Test
    void a_making_that_fails_leaves_nothing() throws IOException {
        Path gone = datastore.resolve("folder/app");
        assertFault(() -> directories.create(gone, shape()), FaultCode.FILE_NOT_FOUND);
        // The template's disk is missing, which shows only when the directory is half made.
        directories.create(datastore.resolve("tpl"), shape(disk("disk0", MIB, Provisioning.THIN)));
        Files.delete(datastore.resolve("tpl/tpl-disk0.qcow2"));

        assertThatThrownBy(() -> directories.createFromTemplate(app, shape(), datastore.resolve("tpl"), ""))
                .isInstanceOf(FaultException.class);

        assertThat(names(datastore)).containsExactly("tpl");
    }

    // ---- from a template ----

    @Test
    void a_copy_has_the_templates_content_its_own_names_and_grows_when_wished() throws IOException {
        Path template = datastore.resolve("tpl");
        directories.create(template, shape(disk("disk0", 2 * MIB, Provisioning.THIN)));
        write(template.resolve("tpl-disk0.qcow2"), 512, "hello");

        StoredVm copy = directories.createFromTemplate(
                app,
                shape(disk("disk0", 8 * MIB, Provisioning.THIN), disk("disk1", MIB, Provisioning.THIN)),
                template,
                "tpl");

        assertThat(names(app)).contains("app-disk0.qcow2", "app-disk1.qcow2");
        assertThat(DiskImagesTest.read(app.resolve("app-disk0.qcow2"), 512, 5)).isEqualTo("hello");
        assertThat(DiskImagesTest.virtualBytes(app.resolve("app-disk0.qcow2"))).isEqualTo(8 * MIB);
        assertThat(copy.shape().disks()).hasSize(2);
    }

    @Test
    void a_wish_without_disks_takes_the_templates_and_a_smaller_disk_is_refused() {
        Path template = datastore.resolve("tpl");
        directories.create(template, shape(disk("disk0", 2 * MIB, Provisioning.THIN)));

        assertThat(directories
                        .createFromTemplate(app, shape(), template, "")
                        .shape()
                        .disks())
                .singleElement()
                .satisfies(disk -> {
                    assertThat(disk.capacityBytes()).isEqualTo(2 * MIB);
                    assertThat(disk.fileName()).isEqualTo("app-disk0.qcow2");
                });
        assertFault(
                () -> directories.createFromTemplate(
                        datastore.resolve("small"), shape(disk("disk0", MIB, Provisioning.THIN)), template, ""),
                FaultCode.CONFIG_INVALID);
    }

    // ---- reading what others made ----

    @Test
    void a_directory_of_another_make_is_read_and_its_lines_are_kept() throws IOException {
        Files.createDirectory(app);
        Files.writeString(app.resolve("Other Name.vmx"), """
                #!/usr/bin/vmware
                .encoding = "UTF-8"
                virtualHW.version = "21"
                sternpost.vmId = "vm-3"
                displayName = "old"
                uuid.bios = "6b1c8d2e-1d3f-4a57-9a0c-0a1b2c3d4e5f"
                numvcpus = "1"
                memSize = "64"
                """);

        StoredVm found = directories.read(app, "");
        StoredVm adopted = directories.writeVmId(app, "Other Name", "vm-99");
        directories.rename(app, "Other Name", "new");

        assertThat(found.vmxName()).isEqualTo("Other Name");
        assertThat(adopted.shape().vmId()).isEqualTo("vm-99");
        assertThat(directories.read(app, "").shape().name()).isEqualTo("new");
        assertThat(Files.readString(app.resolve("Other Name.vmx")))
                .startsWith("#!/usr/bin/vmware\n")
                .contains("virtualHW.version = \"21\"");
    }

    @Test
    void a_directory_that_says_too_little_or_too_much_is_refused_in_words() throws IOException {
        assertFault(() -> directories.read(app, ""), FaultCode.FILE_NOT_FOUND);
        assertFault(() -> directories.read(app, "app"), FaultCode.FILE_NOT_FOUND);
        Files.createDirectory(app);
        assertFault(() -> directories.read(app, ""), FaultCode.FILE_NOT_FOUND);
        Files.writeString(app.resolve("a.vmx"), "");
        assertFault(() -> directories.read(app, ""), FaultCode.VM_DIRECTORY_UNREADABLE);
        Files.writeString(app.resolve("b.vmx"), "");
        assertThatThrownBy(() -> directories.read(app, ""))
                .hasMessageContaining("a.vmx, b.vmx")
                .hasMessageContaining("name one");
    }

    @Test
    void a_configuration_that_is_a_link_a_directory_or_endless_is_refused() throws IOException {
        directories.create(app, shape());
        Path other = Files.createDirectory(datastore.resolve("other"));
        Files.createSymbolicLink(other.resolve("link.vmx"), app.resolve("app.vmx"));
        Files.createDirectory(other.resolve("dir.vmx"));
        try (RandomAccessFile file =
                new RandomAccessFile(other.resolve("long.vmx").toFile(), "rw")) {
            file.setLength(1L << 40);
        }

        for (String name : List.of("link", "dir", "long")) {
            assertFault(() -> directories.read(other, name), FaultCode.VM_DIRECTORY_UNREADABLE);
            assertFault(() -> directories.rename(other, name, "x"), FaultCode.VM_DIRECTORY_UNREADABLE);
        }
        assertFault(() -> directories.delete(other, "long"), FaultCode.VM_DIRECTORY_UNREADABLE);
    }

    @Test
    void no_name_of_a_configuration_leads_out_of_the_directory() {
        directories.create(app, shape());
        directories.create(datastore.resolve("victim"), shape());

        for (String name : List.of("../victim/victim", "/etc/passwd", "..", "a\0b")) {
            assertFault(() -> directories.read(app, name), FaultCode.REQUEST_INVALID);
            assertThatThrownBy(() -> directories.lock(app, name)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> directories.log(app, name)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> directories.delete(app, "../victim/victim"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(directories.read(datastore.resolve("victim"), "").vmxName()).isEqualTo("victim");
    }

    // ---- deleting ----

    @Test
    void deleting_takes_what_is_its_own_and_leaves_and_names_the_rest() throws IOException {
        directories.create(app, shape(disk("disk0", MIB, Provisioning.THIN)));
        for (String own : List.of("app.nvram", "app.vmss", "app.log", "app-1.log", "app-serial.log")) {
            Files.writeString(app.resolve(own), "x");
        }
        Files.writeString(app.resolve(".app.vmx.1f.tmp"), "half written");
        Files.writeString(app.resolve("letter.txt"), "mine");
        Files.writeString(app.resolve("application.vmx"), "another one's");
        Files.createDirectory(app.resolve("app.log.d"));

        assertThat(directories.delete(app, "app")).containsExactly("app.log.d", "application.vmx", "letter.txt");
        assertThat(names(app)).containsExactly("app.log.d", "application.vmx", "letter.txt");
    }

    @Test
    void deleting_everything_deletes_the_directory_and_may_be_repeated() throws IOException {
        directories.create(app, shape(disk("disk0", MIB, Provisioning.THIN)));

        assertThat(directories.delete(app, "app")).isEmpty();
        assertThat(directories.delete(app, "app")).isEmpty();
        assertThat(names(datastore)).isEmpty();
    }

    @Test
    void deleting_follows_no_link() throws IOException {
        Path precious = Files.createDirectory(datastore.resolve("precious"));
        Files.writeString(precious.resolve("data"), "keep");
        directories.create(app, shape(disk("disk0", MIB, Provisioning.THIN)));
        Files.delete(app.resolve("app-disk0.qcow2"));
        Files.createSymbolicLink(app.resolve("app-disk0.qcow2"), precious.resolve("data"));
        Files.createSymbolicLink(datastore.resolve("alias"), precious);

        assertThat(directories.delete(app, "app")).isEmpty();
        assertThat(directories.delete(datastore.resolve("alias"), "data")).isEmpty();

        assertThat(precious.resolve("data")).hasContent("keep");
        assertThat(Files.exists(datastore.resolve("alias"), LinkOption.NOFOLLOW_LINKS))
                .isTrue();
    }

    @Test
    void what_a_host_holds_is_not_deleted() throws IOException {
        directories.create(app, shape(disk("disk0", MIB, Provisioning.THIN)));
        directories.lock(app, "app").take(new LockHolder("host-2", 1, 1, ""));

        assertFault(() -> directories.delete(app, "app"), FaultCode.VM_LOCKED);
        assertThat(names(app)).contains("app.vmx", "app-disk0.qcow2");
    }

    @Test
    void what_a_crash_left_half_made_is_swept_but_not_that_of_other_hosts() throws IOException {
        for (String made : List.of(
                ".partial-host-1-ab/x",
                "folder/.partial-host-1-cd/y",
                ".partial-host-10-ef/z",
                ".partial-host-2-a/z")) {
            Files.createDirectories(datastore.resolve(made));
        }
        Path outside = Files.createDirectory(datastore.resolve("outside"));
        Files.writeString(outside.resolve("data"), "keep");
        Files.createSymbolicLink(datastore.resolve(".partial-host-1-ab/link"), outside);
        Files.createSymbolicLink(datastore.resolve(".partial-host-1-link"), outside);

        directories.sweep(datastore);

        assertThat(names(datastore))
                .containsExactly(
                        ".partial-host-1-link", ".partial-host-10-ef", ".partial-host-2-a", "folder", "outside");
        assertThat(names(datastore.resolve("folder"))).isEmpty();
        assertThat(outside.resolve("data")).hasContent("keep");
    }

    // ---- the console's log ----

    @Test
    void the_end_of_the_console_is_read_as_long_as_wished() throws IOException {
        directories.create(app, shape());
        assertThat(directories.consoleTail(app, "app", 100).totalBytes()).isZero();
        Files.writeString(app.resolve("app-serial.log"), "0123456789");

        assertThat(text(directories.consoleTail(app, "app", 4))).isEqualTo("6789");
        assertThat(text(directories.consoleTail(app, "app", 1000))).isEqualTo("0123456789");
        assertThat(directories.consoleTail(app, "app", -1).content()).isEmpty();
        assertThat(directories.consoleTail(app, "app", 0).totalBytes()).isEqualTo(10);
        assertThat(directories.consoleTail(app, "app", Long.MAX_VALUE).content())
                .hasSize(10);
    }

    @Test
    void a_console_that_is_a_link_shows_nobody_elses_file() throws IOException {
        directories.create(app, shape());
        Files.writeString(datastore.resolve("secret"), "secret");
        Files.createSymbolicLink(app.resolve("app-serial.log"), datastore.resolve("secret"));

        assertThat(directories.consoleTail(app, "app", 100).content()).isEmpty();
    }

    private static String text(ConsoleTail tail) {
        return new String(tail.content(), StandardCharsets.UTF_8);
    }

    private static void write(Path image, long offset, String text) {
        DiskImagesTest.write(image, offset, text);
    }

    private static List<String> names(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static String rights(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    static DiskShape disk(String label, long capacityBytes, Provisioning provisioning) {
        return new DiskShape(label, capacityBytes, provisioning, "", 0);
    }

    static VmShape shape(DiskShape... disks) {
        return new VmShape("vm-1", "app", new UUID(1, 2), 1, 64 * MIB, Firmware.BIOS, List.of(disks), List.of(NIC), "");
    }

    static void assertFault(ThrowingCallable step, FaultCode code) {
        assertThatThrownBy(step)
                .isInstanceOfSatisfying(
                        FaultException.class, fault -> assertThat(fault.code()).isEqualTo(code));
    }
}
