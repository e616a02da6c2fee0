package dev.sternpost.agent.vmdirectory;

import dev.sternpost.agent.datastore.AllocatedBytes;
import dev.sternpost.agent.datastore.DurableFiles;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The directory that a virtual machine moves to. Until it is {@link #complete} it has no configuration file, so nobody can take it for a
 * virtual machine; a mark in it says whose it is, so that what a crash leaves can be deleted and nothing else.
 */
public final class NewHome {

    static final String MARK = ".sternpost-move";

    private static final long ROOM_BYTES = 4 << 20;
    private static final List<String> COPIED_ENDINGS =
            List.of(".vmsd", ".vmss", ".log", "-1.log", "-serial.log", "-serial-1.log");

    private final Path directory;
    private final String moveId;
    private final FileOwner owner;

    NewHome(Path directory, String moveId, FileOwner owner) {
        this.directory = directory;
        this.moveId = moveId;
        this.owner = owner;
    }

    public Path directory() {
        return directory;
    }

    /**
     * Makes the directory, marked; one that the same move made before is emptied.
     *
     * @param disksNow how disks are to be set aside there, by the old one's own way where null
     * @return the shape with the names and kinds of the disks there
     * @throws FaultException NAME_TAKEN when something else is there, DATASTORE_FULL
     */
    public VmShape prepare(StoredVm old, @Nullable Provisioning disksNow) {
        return VmDirectories.guarded(directory, () -> {
            VmShape shape = shape(old, disksNow);
            requireSpace(old, shape);
            make();
            return shape;
        });
    }

    /** Makes the directory, marked; one that the same move made before is emptied. */
    void make() throws IOException {
        discard();
        try {
            Files.createDirectory(directory);
        } catch (FileAlreadyExistsException e) {
            throw new FaultException(
                    FaultCode.NAME_TAKEN,
                    "There is already something called \"" + directory.getFileName()
                            + "\" on the datastore; move it away, or choose another datastore.");
        }
        DurableFiles.write(directory.resolve(MARK), moveId.getBytes(StandardCharsets.UTF_8));
        // Others may enter: the hypervisor's user must reach the disks, whose own rights protect them.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static VmShape shape(StoredVm old, @Nullable Provisioning disksNow) {
        return old.shape()
                .withDisks(old.shape().disks().stream()
                        .map(disk -> new DiskShape(
                                disk.label(),
                                disk.capacityBytes(),
                                disksNow == null ? disk.provisioning() : disksNow,
                                disk.fileName(),
                                0))
                        .toList());
    }

    private void requireSpace(StoredVm old, VmShape shape) throws IOException {
        long neededBytes = ROOM_BYTES;
        for (DiskShape disk : shape.disks()) {
            neededBytes += disk.provisioning() == Provisioning.THIN
                    ? AllocatedBytes.of(old.directory().resolve(disk.fileName()))
                    : disk.capacityBytes();
        }
        for (Path file : smallFiles(old)) {
            neededBytes += Files.size(file);
        }
        Path parent = directory.getParent();
        if (parent == null || !Files.isDirectory(parent, LinkOption.NOFOLLOW_LINKS)) {
            throw new NoSuchFileException(String.valueOf(parent));
        }
        long freeBytes = Files.getFileStore(parent).getUsableSpace();
        if (neededBytes > freeBytes) {
            throw new FaultException(
                    FaultCode.DATASTORE_FULL,
                    "The virtual machine takes " + neededBytes + " bytes but the datastore has " + freeBytes
                            + " free; free some, move to thin disks or choose another datastore.");
        }
    }

    /** Makes empty images of full capacity, for a running virtual machine, and room for its firmware's variables. */
    public void makeImages(StoredVm old, VmShape shape) {
        VmDirectories.guarded(directory, () -> {
            for (DiskShape disk : shape.disks()) {
                Path file = directory.resolve(disk.fileName());
                DiskImages.create(file, disk);
                Creation.finish(file, owner);
            }
            Path nvram = old.directory().resolve(old.vmxName() + ".nvram");
            if (Files.isRegularFile(nvram, LinkOption.NOFOLLOW_LINKS)) {
                copy(nvram);
            }
            return shape;
        });
    }

    /** Copies the images of a virtual machine that does not run. Ends early, with a fault, when its thread is interrupted. */
    public void copyImages(StoredVm old, VmShape shape) {
        VmDirectories.guarded(directory, () -> {
            for (DiskShape disk : shape.disks()) {
                Path file = directory.resolve(disk.fileName());
                DiskImages.copy(old.directory().resolve(disk.fileName()), file, disk);
                Creation.finish(file, owner);
            }
            Path nvram = old.directory().resolve(old.vmxName() + ".nvram");
            if (Files.isRegularFile(nvram, LinkOption.NOFOLLOW_LINKS)) {
                copy(nvram);
            }
            return shape;
        });
    }

    /** Bytes of its images as of now. */
    public long copiedBytes(VmShape shape) {
        return shape.disks().stream()
                .mapToLong(disk -> AllocatedBytes.of(directory.resolve(disk.fileName())))
                .sum();
    }

    /**
     * Adds what else belongs to the virtual machine, the configuration last. Only while nothing of it changes. Whoever finds it now finds a
     * whole virtual machine, which its lock protects.
     */
    public void complete(StoredVm old, VmShape shape) {
        VmDirectories.guarded(directory, () -> {
            for (Path file : smallFiles(old)) {
                copy(file);
            }
            Path vmx = old.directory().resolve(old.vmxName() + ".vmx");
            Files.copy(vmx, directory.resolve(vmx.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            VmDirectories.writeShape(directory, old.vmxName(), shape);
            DurableFiles.syncDirectory(directory);
            return shape;
        });
    }

    private void copy(Path file) throws IOException {
        Path made = directory.resolve(file.getFileName());
        Files.copy(
                file,
                made,
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.COPY_ATTRIBUTES,
                LinkOption.NOFOLLOW_LINKS);
        DurableFiles.syncFile(made);
    }

    static List<Path> smallFiles(StoredVm old) {
        List<Path> files = new ArrayList<>();
        for (String ending : COPIED_ENDINGS) {
            Path file = old.directory().resolve(old.vmxName() + ending);
            if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                files.add(file);
            }
        }
        return files;
    }

    /** The virtual machine lives here now: the mark goes. */
    public void settle() {
        VmDirectories.guarded(directory, () -> Files.deleteIfExists(directory.resolve(MARK)));
    }

    /** Deletes everything here, if this move made it; else does nothing. */
    public void discard() {
        VmDirectories.guarded(directory, () -> {
            if (isMine()) {
                // The configuration first: what is half deleted must not be taken for a virtual machine.
                try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, "*.vmx")) {
                    for (Path vmx : entries) {
                        Files.deleteIfExists(vmx);
                    }
                }
                Creation.deleteTree(directory);
            }
            return moveId;
        });
    }

    /** Whether this move made the directory and has not been settled. */
    boolean isMine() throws IOException {
        return mark().filter(moveId::equals).isPresent();
    }

    private Optional<String> mark() throws IOException {
        Path mark = directory.resolve(MARK);
        return Files.isRegularFile(mark, LinkOption.NOFOLLOW_LINKS)
                ? Optional.of(Files.readString(mark))
                : Optional.empty();
    }
}
