package dev.sternpost.agent.vmdirectory;

import static dev.sternpost.agent.vmdirectory.VmDirectoriesTest.assertFault;
import static dev.sternpost.agent.vmdirectory.VmDirectoriesTest.disk;
import static dev.sternpost.agent.vmdirectory.VmDirectoriesTest.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sternpost.agent.datastore.AllocatedBytes;
import dev.sternpost.agent.engine.qmp.Json;
import dev.sternpost.agent.process.HostCommand;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the real qemu-img makes of our wishes. */
@Timeout(60)
class DiskImagesTest {

    private static final Duration BOUND = Duration.ofSeconds(20);
    private static final long MIB = 1 << 20;

    @TempDir
    Path directory;

    @Test
    void thin_takes_next_to_nothing_and_thick_takes_all_at_once() {
        long thin = made("thin", Provisioning.THIN);
        long lazy = made("lazy", Provisioning.THICK_LAZY);
        long eager = made("eager", Provisioning.THICK_EAGER);

        assertThat(thin).isLessThan(MIB);
        assertThat(lazy).isBetween(8 * MIB, 9 * MIB);
        assertThat(eager).isBetween(8 * MIB, 9 * MIB);
    }

    private long made(String name, Provisioning provisioning) {
        Path file = directory.resolve(name);
        DiskImages.create(file, disk("disk0", 8 * MIB, provisioning));
        assertThat(virtualBytes(file)).isEqualTo(8 * MIB);
        return AllocatedBytes.of(file);
    }

    @ParameterizedTest
    @EnumSource(Provisioning.class)
    void a_grown_disk_keeps_its_content_and_its_manner(Provisioning provisioning) {
        Path file = directory.resolve("image");
        DiskImages.create(file, disk("disk0", MIB, provisioning));
        write(file, 1024, "before");

        DiskImages.grow(file, disk("disk0", 6 * MIB, provisioning));

        assertThat(virtualBytes(file)).isEqualTo(6 * MIB);
        assertThat(read(file, 1024, 6)).isEqualTo("before");
        boolean thick = AllocatedBytes.of(file) >= 6 * MIB;
        assertThat(thick).isEqualTo(provisioning != Provisioning.THIN);
    }

    @Test
    void a_copy_is_whole_and_of_its_own_kind() {
        Path source = directory.resolve("source");
        DiskImages.create(source, disk("disk0", 2 * MIB, Provisioning.THIN));
        write(source, MIB, "content");
        Path copy = directory.resolve("copy");

        DiskImages.copy(source, copy, disk("disk0", 4 * MIB, Provisioning.THICK_EAGER));

        assertThat(read(copy, MIB, 7)).isEqualTo("content");
        assertThat(virtualBytes(copy)).isEqualTo(4 * MIB);
        assertThat(AllocatedBytes.of(copy)).isGreaterThanOrEqualTo(4 * MIB);
        write(copy, MIB, "changed");
        assertThat(read(source, MIB, 7)).isEqualTo("content");
    }

    @Test
    void an_image_that_names_another_file_is_not_copied_with_the_agents_rights() throws IOException {
        Path secret = directory.resolve("secret");
        Files.writeString(secret, "secret ".repeat(1000));
        Path image = directory.resolve("image");
        qemuImg("create", "-q", "-f", "qcow2", "-b", secret.toString(), "-F", "raw", image.toString());

        assertFault(() -> DiskImages.copy(image, directory.resolve("copy"), any()), FaultCode.CONFIG_INVALID);
        assertThat(directory.resolve("copy")).doesNotExist();
    }

    @Test
    void what_is_a_link_or_no_image_is_not_copied() throws IOException {
        Path image = directory.resolve("image");
        DiskImages.create(image, any());
        Path link = directory.resolve("link");
        Files.createSymbolicLink(link, image);
        Path rubbish = directory.resolve("rubbish");
        Files.writeString(rubbish, "x".repeat(100_000));

        for (Path source : List.of(link, rubbish, directory, directory.resolve("gone"))) {
            assertThatThrownBy(() -> DiskImages.copy(source, directory.resolve("copy"), any()))
                    .as(source.toString())
                    .isInstanceOfSatisfying(
                            FaultException.class,
                            fault -> assertThat(fault.code()).isIn(FaultCode.CONFIG_INVALID, FaultCode.FILE_NOT_FOUND));
            assertThat(directory.resolve("copy")).doesNotExist();
        }
        assertThatThrownBy(() -> DiskImages.grow(link, disk("disk0", 2 * MIB, Provisioning.THIN)))
                .as("growing what a link leads to")
                .isInstanceOf(FaultException.class);
        assertThat(virtualBytes(image)).isEqualTo(MIB);
    }

    @Test
    void a_disk_that_is_in_use_is_not_grown() throws IOException {
        Path image = directory.resolve("image");
        DiskImages.create(image, any());
        Process user = new ProcessBuilder("qemu-io", "-f", "qcow2", image.toString()).start();
        try {
            // It answers a first command when it has the image open.
            user.getOutputStream().write("length\n".getBytes(StandardCharsets.US_ASCII));
            user.getOutputStream().flush();
            assertThat(user.getInputStream().read()).isPositive();

            assertFault(() -> DiskImages.grow(image, disk("disk0", 2 * MIB, Provisioning.THIN)), FaultCode.VM_RUNNING);
        } finally {
            user.destroyForcibly();
        }
    }

    @Test
    void a_full_datastore_is_said_to_be_full_and_nothing_stays_behind() throws IOException {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root can make a small file system");
        Path small = Files.createDirectory(directory.resolve("small"));
        HostCommand.require(
                BOUND, List.of("mount", "-t", "tmpfs", "-o", "size=6m", "sternpost-test", small.toString()));
        try {
            // The size asked for is more than what is free, which is seen before anything is made.
            VmDirectories directories = new VmDirectories("host-1", FileOwner.self());
            VmShape thick = shape(disk("disk0", 16 * MIB, Provisioning.THICK_LAZY));
            assertFault(() -> directories.create(small.resolve("app"), thick), FaultCode.DATASTORE_FULL);
            // It fits at first sight but not in truth: qemu-img runs into the end.
            assertFault(
                    () -> DiskImages.create(small.resolve("image"), disk("disk0", 16 * MIB, Provisioning.THICK_EAGER)),
                    FaultCode.DATASTORE_FULL);
            Files.deleteIfExists(small.resolve("image"));
            directories.create(small.resolve("app"), shape(disk("disk0", MIB, Provisioning.THIN)));
            assertFault(
                    () -> directories.reconfigure(
                            small.resolve("app"),
                            "app",
                            shape(
                                    disk("disk0", MIB, Provisioning.THIN),
                                    disk("disk1", 16 * MIB, Provisioning.THICK_LAZY))),
                    FaultCode.DATASTORE_FULL);
            try (var files = Files.list(small.resolve("app"))) {
                assertThat(files.map(file -> file.getFileName().toString()))
                        .containsExactlyInAnyOrder("app-disk0.qcow2", "app.vmsd", "app.vmx");
            }
            try (var files = Files.list(small)) {
                assertThat(files.map(file -> file.getFileName().toString())).containsExactly("app");
            }
        } finally {
            HostCommand.require(BOUND, List.of("umount", small.toString()));
        }
    }

    private static DiskShape any() {
        return disk("disk0", MIB, Provisioning.THIN);
    }

    static void write(Path image, long offset, String text) {
        for (int i = 0; i < text.length(); i++) {
            qemuIo(image, "write -P " + (int) text.charAt(i) + " " + (offset + i) + " 1");
        }
    }

    static String read(Path image, long offset, int length) {
        // "00000200:  68 65 6c 6c 6f  hello"
        String line = qemuIo(image, "read -v " + offset + " " + length)
                .lines()
                .findFirst()
                .orElseThrow();
        return line.substring(line.length() - length);
    }

    private static String qemuIo(Path image, String command) {
        return HostCommand.require(BOUND, List.of("qemu-io", "-f", "qcow2", "-c", command, image.toString()));
    }

    static long virtualBytes(Path image) {
        String text = qemuImg("info", "-U", "-f", "qcow2", "--output=json", image.toString());
        return Json.parse(text.getBytes(StandardCharsets.UTF_8))
                .path("virtual-size")
                .asLong(-1);
    }

    private static String qemuImg(String... words) {
        return HostCommand.require(
                BOUND,
                java.util.stream.Stream.concat(java.util.stream.Stream.of("qemu-img"), java.util.Arrays.stream(words))
                        .toList());
    }
}
