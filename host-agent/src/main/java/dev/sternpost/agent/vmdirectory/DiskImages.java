package dev.sternpost.agent.vmdirectory;

import dev.sternpost.agent.process.HostCommand;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Disk images, made and changed by {@code qemu-img}. Images are qcow2. */
final class DiskImages {

    private static final Duration QUICK = Duration.ofSeconds(60);
    private static final Duration COPY = Duration.ofHours(6);

    private DiskImages() {}

    static void create(Path file, DiskShape disk) {
        Duration timeout = disk.provisioning() == Provisioning.THICK_EAGER ? COPY : QUICK;
        run(
                timeout,
                file,
                List.of(
                        "qemu-img",
                        "create",
                        "-q",
                        "-f",
                        "qcow2",
                        "-o",
                        "preallocation=" + preallocation(disk.provisioning()),
                        file.toString(),
                        Long.toString(disk.capacityBytes())));
    }

    /** A full copy of an image nobody writes to, grown to the disk's capacity. */
    static void copy(Path source, Path file, DiskShape disk) {
        requireWhole(source);
        List<String> command = new ArrayList<>(List.of("qemu-img", "convert", "-q", "-f", "qcow2", "-O", "qcow2"));
        command.addAll(List.of("-o", "preallocation=" + preallocation(disk.provisioning())));
        command.addAll(List.of(source.toString(), file.toString()));
        run(COPY, file, command);
        grow(file, disk);
    }

    static void requireWhole(Path image) {
        requirePlainFile(image);
        requireSelfContained(image);
    }

    // A link would make the agent read or change somebody else's disk.
    private static void requirePlainFile(Path file) {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new FaultException(
                    FaultCode.FILE_NOT_FOUND,
                    "Disk " + file.getFileName()
                            + " is missing or not a plain file in the virtual machine's directory; restore it first.");
        }
    }

    // The copy is made with the agent's rights, so an image must not be able to name other files to be read.
    private static void requireSelfContained(Path source) {
        HostCommand.Output info = HostCommand.run(
                QUICK, "", List.of("qemu-img", "info", "-U", "-f", "qcow2", "--output=json", source.toString()));
        String text = info.standardOutput();
        if (info.exitCode() != 0 || text.contains("\"backing-filename\"") || text.contains("\"data-file\"")) {
            throw Fault.of(
                            FaultCode.CONFIG_INVALID,
                            "Disk " + source.getFileName()
                                    + " is not a whole qcow2 image of its own; flatten it first.")
                    .withContext(info.complaint())
                    .exception();
        }
    }

    /** Grows an image to the disk's capacity; what is added is set aside as the disk's provisioning says. */
    static void grow(Path file, DiskShape disk) {
        requirePlainFile(file);
        run(
                disk.provisioning() == Provisioning.THICK_EAGER ? COPY : QUICK,
                file,
                List.of(
                        "qemu-img",
                        "resize",
                        "-q",
                        "-f",
                        "qcow2",
                        "--preallocation=" + preallocation(disk.provisioning()),
                        file.toString(),
                        Long.toString(disk.capacityBytes())));
    }

    private static String preallocation(Provisioning provisioning) {
        return switch (provisioning) {
            case THIN -> "off";
            case THICK_LAZY -> "falloc";
            case THICK_EAGER -> "full";
        };
    }

    private static void run(Duration timeout, Path file, List<String> command) {
        HostCommand.Output output = HostCommand.run(timeout, "", command);
        if (output.exitCode() == 0) {
            return;
        }
        String complaint = output.complaint();
        if (complaint.contains("No space left on device")) {
            throw full(file, complaint);
        }
        if (complaint.contains("Failed to get")) {
            throw Fault.of(
                            FaultCode.VM_RUNNING,
                            "A disk that is to be read or changed is in use by a running virtual machine; power it off"
                                    + " first.")
                    .withContext(complaint)
                    .exception();
        }
        throw HostCommand.failure(command, output);
    }

    static FaultException full(Path file, String context) {
        return Fault.of(
                        FaultCode.DATASTORE_FULL,
                        "There is not enough space on the datastore for " + file.getFileName()
                                + "; free some or choose another datastore.")
                .withContext(context)
                .exception();
    }
}
