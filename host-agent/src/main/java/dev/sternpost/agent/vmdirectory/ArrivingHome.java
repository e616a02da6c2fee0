package dev.sternpost.agent.vmdirectory;

import dev.sternpost.agent.datastore.DurableFiles;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The directory to which a virtual machine comes from another host, whose files nobody here can see. As in a {@link NewHome}, its configuration
 * waits under another name until all of it is there.
 */
public final class ArrivingHome {

    /** Not ".vmx" at the end: nobody is to take it for a virtual machine. */
    private static final String CONFIGURATION = ".sternpost-arriving";

    private static final List<String> SMALL_ENDINGS =
            List.of(".vmsd", ".vmss", ".log", "-1.log", "-serial.log", "-serial-1.log", ".nvram");

    private static final long ROOM_BYTES = 4 << 20;

    private final NewHome home;
    private final Path directory;
    private final String vmxName;
    private final FileOwner owner;

    ArrivingHome(NewHome home, String vmxName, FileOwner owner) {
        this.home = home;
        this.directory = home.directory();
        this.vmxName = vmxName;
        this.owner = owner;
    }

    public Path directory() {
        return directory;
    }

    /**
     * Makes the directory, marked; one that the same move made before is emptied.
     *
     * @throws FaultException NAME_TAKEN when something else is there
     */
    public void make() {
        VmDirectories.guarded(directory, () -> {
            home.make();
            return vmxName;
        });
    }

    /**
     * Where a file of this name is to be written.
     *
     * @throws FaultException REQUEST_INVALID when it is none of the virtual machine's, DATASTORE_FULL
     */
    public Path path(String name, long bytes) throws IOException {
        if (!home.isMine()) {
            throw new FaultException(FaultCode.OPERATION_CANCELLED, "The move was given up at its target.");
        }
        if (Files.getFileStore(directory).getUsableSpace() < Math.min(bytes, ROOM_BYTES)) {
            throw DiskImages.full(directory.resolve(vmxName), "no room for " + name);
        }
        if (name.equals(vmxName + ".vmx")) {
            return directory.resolve(CONFIGURATION);
        }
        boolean known = SMALL_ENDINGS.stream().anyMatch(ending -> name.equals(vmxName + ending))
                || diskNames().contains(name);
        if (!known) {
            throw new FaultException(
                    FaultCode.REQUEST_INVALID, "\"" + name + "\" is no file of a virtual machine " + vmxName + ".");
        }
        return directory.resolve(Names.checkFileName(name, "file"));
    }

    /** A file has arrived, and who runs the virtual machine must be able to use it. */
    public void arrived(Path file) throws IOException {
        String name = file.getFileName().toString();
        boolean engines = name.endsWith(".nvram")
                || name.contains("-serial")
                || diskNames().contains(name);
        if (engines) {
            Creation.finish(file, owner);
        }
    }

    private Set<String> diskNames() throws IOException {
        Set<String> names = new TreeSet<>();
        if (Files.isRegularFile(directory.resolve(CONFIGURATION), LinkOption.NOFOLLOW_LINKS)) {
            shapeNow().disks().forEach(disk -> names.add(disk.fileName()));
        }
        return names;
    }

    private VmShape shapeNow() throws IOException {
        return Configuration.read(VmDirectories.text(directory.resolve(CONFIGURATION)), CONFIGURATION);
    }

    /** The virtual machine as it will be here. */
    public StoredVm stored() {
        return VmDirectories.guarded(directory, () -> new StoredVm(directory, vmxName, shapeNow()));
    }

    /**
     * Makes empty images of full capacity, which its disks are to be copied into.
     *
     * @param disksNow how disks are to be set aside here; as they were where null
     */
    public StoredVm makeImages(@Nullable Provisioning disksNow) {
        return VmDirectories.guarded(directory, () -> {
            VmShape arriving = shapeNow();
            VmShape shape = disksNow == null
                    ? arriving
                    : arriving.withDisks(arriving.disks().stream()
                            .map(disk ->
                                    new DiskShape(disk.label(), disk.capacityBytes(), disksNow, disk.fileName(), 0))
                            .toList());
            long wantedBytes = shape.disks().stream()
                    .filter(disk -> disk.provisioning() != Provisioning.THIN)
                    .mapToLong(DiskShape::capacityBytes)
                    .sum();
            if (Files.getFileStore(directory).getUsableSpace() < wantedBytes + ROOM_BYTES) {
                throw DiskImages.full(directory.resolve(vmxName), "the disks take " + wantedBytes + " bytes");
            }
            for (DiskShape disk : shape.disks()) {
                Path file = directory.resolve(disk.fileName());
                Files.deleteIfExists(file);
                DiskImages.create(file, disk);
                Creation.finish(file, owner);
            }
            write(shape, directory.resolve(CONFIGURATION));
            return new StoredVm(directory, vmxName, shape);
        });
    }

    private void write(VmShape shape, Path file) throws IOException {
        VmxText text = VmDirectories.text(directory.resolve(CONFIGURATION));
        Configuration.write(shape, text);
        DurableFiles.write(file, text.bytes());
    }

    /** All of it is there: whoever looks finds a virtual machine, which its lock protects. Done already counts as done. */
    public void complete() {
        VmDirectories.guarded(directory, () -> {
            Path vmx = directory.resolve(vmxName + ".vmx");
            if (!Files.exists(vmx, LinkOption.NOFOLLOW_LINKS)) {
                write(shapeNow(), vmx);
            }
            return vmx;
        });
    }

    /** The virtual machine lives here now: what told of its arrival goes. */
    public void settle() {
        VmDirectories.guarded(directory, () -> {
            Files.deleteIfExists(directory.resolve(CONFIGURATION));
            home.settle();
            return vmxName;
        });
    }

    /** Deletes everything here, if this move made it; else does nothing. */
    public void discard() {
        home.discard();
    }
}
