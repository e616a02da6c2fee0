package dev.sternpost.agent.engine.qemu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** The project's Linux guest, made by deploy/guest/build.sh. */
final class LinuxGuest {

    private LinuxGuest() {}

    /** Copies its disk, or skips the test with a clear word. */
    static void copyDisk(Path qcow2) {
        Path image = Path.of(System.getProperty(
                "sternpost.guest.image",
                System.getProperty("sternpost.root", ".") + "/var/cache/guest/linux-guest.qcow2"));
        Assumptions.assumeTrue(
                Files.isRegularFile(image),
                "no Linux guest at " + image + ": build it with deploy/guest/build.sh var/cache/guest, or set"
                        + " -Dsternpost.guest.image");
        try {
            Files.copy(image, qcow2);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
