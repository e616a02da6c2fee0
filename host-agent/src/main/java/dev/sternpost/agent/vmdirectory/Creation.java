package dev.sternpost.agent.vmdirectory;

import dev.sternpost.agent.datastore.AllocatedBytes;
import dev.sternpost.agent.datastore.DurableFiles;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Making a virtual machine's directory: everything is built in {@code .partial-<host>-<random>} beside it and appears
 * by one rename, so a crash leaves either a whole virtual machine or rubbish that is known as such.
 */
final class Creation {

    private static final Logger LOG = LoggerFactory.getLogger(Creation.class);
    private static final String PARTIAL_PREFIX = ".partial-";
    private static final long METADATA_BYTES = 1 << 20;
    private static final int SWEEP_DEPTH_MAX = 3;

    private final String hostId;
    private final FileOwner owner;

    Creation(String hostId, FileOwner owner) {
        this.hostId = hostId;
        this.owner = owner;
    }

    StoredVm create(Path directory, VmShape wish) {
        return VmDirectories.guarded(directory, () -> build(directory, wish, List.of()));
    }

    StoredVm copy(Path directory, VmShape wish, StoredVm template) {
        List<DiskShape> sources = template.shape().disks();
        VmShape full = wish.disks().isEmpty() && !sources.isEmpty()
                ? wish.withDisks(sources.stream()
                        .map(disk -> disk.withFileName("").withAllocatedBytes(0))
                        .toList())
                : wish;
        for (int i = 0; i < Math.min(sources.size(), full.disks().size()); i++) {
            DiskShape wanted = full.disks().get(i);
            if (wanted.capacityBytes() < sources.get(i).capacityBytes()) {
                throw new FaultException(
                        FaultCode.CONFIG_INVALID,
                        "Disk " + wanted.label() + " must have at least the template's "
                                + sources.get(i).capacityBytes() + " bytes; ask for more.");
            }
        }
        List<Path> files = sources.stream()
                .map(disk -> template.directory().resolve(disk.fileName()))
                .toList();
        return VmDirectories.guarded(directory, () -> build(directory, full, files));
    }

    private StoredVm build(Path directory, VmShape wish, List<Path> sources) throws IOException {
        Path parent = requireParent(directory);
        String vmxName = nameOf(directory);
        requireFree(directory);
        requireSpace(parent, wish, sources);
        Path partial = parent.resolve(PARTIAL_PREFIX + hostId + "-"
                + Long.toHexString(ThreadLocalRandom.current().nextLong()));
        Files.createDirectory(partial);
        try {
            VmShape shape = makeDisks(partial, vmxName, wish, sources);
            VmDirectories.writeShape(partial, vmxName, shape);
            DurableFiles.write(
                    partial.resolve(vmxName + ".vmsd"),
                    ".encoding = \"UTF-8\"\nsnapshot.numSnapshots = \"0\"\n".getBytes(StandardCharsets.UTF_8));
            // Others may enter: the hypervisor's user must reach the disks, whose own rights protect them.
            Files.setPosixFilePermissions(partial, PosixFilePermissions.fromString("rwxr-xr-x"));
            requireFree(directory);
            Files.move(partial, directory, StandardCopyOption.ATOMIC_MOVE);
            DurableFiles.syncDirectory(parent);
            return new StoredVm(directory, vmxName, VmDirectories.withAllocation(directory, shape));
        } catch (IOException | RuntimeException e) {
            deleteTree(partial);
            throw e;
        }
    }

    private VmShape makeDisks(Path partial, String vmxName, VmShape wish, List<Path> sources) throws IOException {
        List<DiskShape> disks = new ArrayList<>();
        for (DiskShape disk : wish.disks()) {
            DiskShape named = disk.withFileName(vmxName + "-" + disk.label() + ".qcow2");
            Path file = partial.resolve(named.fileName());
            if (disks.size() < sources.size()) {
                DiskImages.copy(sources.get(disks.size()), file, named);
            } else {
                DiskImages.create(file, named);
            }
            finish(file, owner);
            disks.add(named);
        }
        return wish.withDisks(disks);
    }

    /** Gives a new disk to the hypervisor's user alone, and makes it durable. */
    static void finish(Path file, FileOwner owner) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        owner.own(file);
        DurableFiles.syncFile(file);
    }

    private static Path requireParent(Path directory) throws NoSuchFileException {
        Path parent = directory.getParent();
        if (parent == null || !Files.isDirectory(parent, LinkOption.NOFOLLOW_LINKS)) {
            throw new NoSuchFileException(String.valueOf(parent));
        }
        return parent;
    }

    private static String nameOf(Path directory) {
        String name = directory.getFileName().toString();
        if (name.startsWith(PARTIAL_PREFIX)) {
            throw new FaultException(
                    FaultCode.NAME_INVALID,
                    "Directories beginning with \"" + PARTIAL_PREFIX
                            + "\" are swept away as half-made; choose another name.");
        }
        try {
            return Names.checkDisplayName(name, "directory of a virtual machine");
        } catch (IllegalArgumentException e) {
            throw new FaultException(Fault.of(FaultCode.NAME_INVALID, e.getMessage() + "; choose another name."), e);
        }
    }

    private static void requireFree(Path directory) {
        if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            throw new FaultException(
                    FaultCode.NAME_TAKEN,
                    "There is already a directory \"" + directory.getFileName()
                            + "\" on the datastore; choose another name or register what is there.");
        }
    }

    private static void requireSpace(Path parent, VmShape wish, List<Path> sources) throws IOException {
        long neededBytes = 0;
        for (int i = 0; i < wish.disks().size(); i++) {
            DiskShape disk = wish.disks().get(i);
            neededBytes += METADATA_BYTES
                    + switch (disk.provisioning()) {
                        case THICK_LAZY, THICK_EAGER -> disk.capacityBytes();
                        case THIN -> i < sources.size() ? AllocatedBytes.of(sources.get(i)) : 0;
                    };
        }
        long freeBytes = Files.getFileStore(parent).getUsableSpace();
        if (neededBytes > freeBytes) {
            throw new FaultException(
                    FaultCode.DATASTORE_FULL,
                    "The virtual machine needs " + neededBytes + " bytes but the datastore has " + freeBytes
                            + " free; free some, choose thin disks or another datastore.");
        }
    }

    static void sweep(Path datastoreRoot, String hostId) {
        String prefix = PARTIAL_PREFIX + hostId + "-";
        List<Path> found = new ArrayList<>();
        collect(datastoreRoot, prefix, 1, found);
        for (Path partial : found) {
            LOG.info("deleting half-made {}", partial);
            deleteTree(partial);
        }
    }

    private static void collect(Path directory, String prefix, int depth, List<Path> found) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                if (!Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                    continue;
                }
                if (entry.getFileName().toString().startsWith(prefix)) {
                    found.add(entry);
                } else if (depth < SWEEP_DEPTH_MAX) {
                    collect(entry, prefix, depth + 1, found);
                }
            }
        } catch (IOException e) {
            LOG.warn("cannot look for half-made virtual machines in {}: {}", directory, e.toString());
        }
    }

    /** Deletes what this class made; links are deleted, not followed. */
    static void deleteTree(Path top) {
        try {
            Files.walkFileTree(top, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes facts) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException problem)
                        throws IOException {
                    Files.deleteIfExists(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            LOG.warn("cannot delete {}: {}; it will be tried again when the agent starts", top, e.toString());
        }
    }
}
