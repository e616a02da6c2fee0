package dev.sternpost.agent.vmdirectory;

import dev.sternpost.agent.datastore.AllocatedBytes;
import dev.sternpost.agent.datastore.DurableFiles;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Makes, reads, changes and deletes the directories of virtual machines. Nothing here checks who may run a virtual
 * machine except {@link #delete}; that is {@link VmLock}'s and its callers' matter.
 *
 * <p>All methods throw DATASTORE_INACCESSIBLE when the file system fails and VM_DIRECTORY_UNREADABLE when a
 * configuration file cannot be understood.
 */
public final class VmDirectories {

    private static final int VMX_FILES_MAX = 100;

    private final String hostId;
    private final FileOwner owner;

    /**
     * @param hostId this host, so that its leftovers are known from those of others
     * @param owner to whom disks are given
     */
    public VmDirectories(String hostId, FileOwner owner) {
        this.hostId = Names.checkFileName(hostId, "host id");
        this.owner = owner;
    }

    /** The lock of whichever virtual machine lies there. */
    public VmLock lock(Path directory, String vmxName) {
        return lock(directory, vmxName, "");
    }

    /** The lock of a virtual machine; what names another one is left alone. */
    public VmLock lock(Path directory, String vmxName, String vmId) {
        return new VmLock(directory, Names.checkFileName(vmxName, "name of the .vmx file"), vmId);
    }

    /** The log of a virtual machine. */
    public VmLog log(Path directory, String vmxName) {
        return new VmLog(directory, Names.checkFileName(vmxName, "name of the .vmx file"));
    }

    /** Where the memory of a suspended virtual machine is kept. */
    public Path suspendFile(Path directory, String vmxName) {
        return directory.resolve(vmxName + ".vmss");
    }

    /**
     * Makes a directory with configuration and disks, all or nothing. The base name of the files is the directory's.
     *
     * @param wish disks without file names
     * @return the shape with file names and bytes really taken
     * @throws FaultException NAME_TAKEN when the directory is there already, DATASTORE_FULL, NAME_INVALID
     */
    public StoredVm create(Path directory, VmShape wish) {
        return new Creation(hostId, owner).create(directory, wish);
    }

    /**
     * As {@link #create}, with disks that are full copies of a template's, in order: the first wished disk is copied
     * from the first one, and so on; what the wish has more is made empty. A wish without disks takes the template's.
     *
     * @throws FaultException CONFIG_INVALID when a wished disk is smaller than the one it is copied from
     */
    public StoredVm createFromTemplate(Path directory, VmShape wish, Path templateDirectory, String templateName) {
        return new Creation(hostId, owner).copy(directory, wish, read(templateDirectory, templateName));
    }

    /**
     * Reads a directory.
     *
     * @param vmxName base name of the configuration file; empty when there is only one
     * @throws FaultException FILE_NOT_FOUND
     */
    public StoredVm read(Path directory, String vmxName) {
        return guarded(directory, () -> {
            String name = vmxName.isEmpty() ? soleVmxName(directory) : vmxName;
            Path file = vmxFile(directory, name);
            VmShape shape = Configuration.read(text(file), file.toString());
            return new StoredVm(directory, name, withAllocation(directory, shape));
        });
    }

    /**
     * Writes a new shape into a powered-off virtual machine: makes new disks, grows grown ones, deletes removed ones.
     * Disks are told apart by label. On failure the old shape stands.
     *
     * @throws FaultException CONFIG_INVALID when a disk would shrink, DATASTORE_FULL
     */
    public StoredVm reconfigure(Path directory, String vmxName, VmShape wish) {
        return guarded(directory, () -> {
            StoredVm before = read(directory, vmxName);
            Reconfiguration change = new Reconfiguration(before, wish, owner);
            VmShape after = change.makeDisks();
            try {
                writeShape(directory, before.vmxName(), after);
            } catch (IOException | RuntimeException e) {
                change.deleteMade();
                throw e;
            }
            change.deleteRemoved();
            return new StoredVm(directory, before.vmxName(), withAllocation(directory, after));
        });
    }

    /** Writes another display name; files keep theirs. */
    public void rename(Path directory, String vmxName, String displayName) {
        guarded(directory, () -> {
            StoredVm vm = read(directory, vmxName);
            writeShape(directory, vm.vmxName(), vm.shape().withName(displayName));
            return vm;
        });
    }

    /** Writes down the machine that the guest sees from now on; to be called by who holds the lock, before the guest starts. */
    public StoredVm fixHardware(StoredVm vm, VmHardware hardware) {
        if (vm.shape().hardware().equals(hardware)) {
            return vm;
        }
        return guarded(vm.directory(), () -> {
            VmShape shape = vm.shape().withHardware(hardware);
            writeShape(vm.directory(), vm.vmxName(), shape);
            return new StoredVm(vm.directory(), vm.vmxName(), shape);
        });
    }

    /** Writes another inventory id, as when a directory is registered anew. */
    public StoredVm writeVmId(Path directory, String vmxName, String vmId) {
        return guarded(directory, () -> {
            StoredVm vm = read(directory, vmxName);
            VmShape shape = vm.shape().withVmId(vmId);
            writeShape(directory, vm.vmxName(), shape);
            return new StoredVm(directory, vm.vmxName(), shape);
        });
    }

    /**
     * Deletes a virtual machine's own files, then its directory if nothing else is in it. Follows no links. Done already
     * counts as done.
     *
     * @return names of files that belong to something else and were left
     * @throws FaultException VM_LOCKED when a host holds the lock
     */
    public List<String> delete(Path directory, String vmxName) {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        return guarded(directory, () -> Deletion.delete(directory, vmxName, lock(directory, vmxName)));
    }

    /** The directory that a virtual machine moves to. */
    public NewHome newHome(Path directory, String moveId) {
        return new NewHome(directory, moveId, owner);
    }

    /** The directory that a virtual machine comes to from another host. */
    public ArrivingHome arrivingHome(Path directory, String vmxName, String moveId) {
        return new ArrivingHome(
                newHome(directory, moveId), Names.checkFileName(vmxName, "name of the .vmx file"), owner);
    }

    /**
     * Passes when each disk of a virtual machine that does not run is an image of its own.
     *
     * @throws FaultException CONFIG_INVALID, FILE_NOT_FOUND
     */
    public void requireWhole(StoredVm vm) {
        vm.shape()
                .disks()
                .forEach(disk -> DiskImages.requireWhole(vm.directory().resolve(disk.fileName())));
    }

    /** The files of a virtual machine by which another host knows it, without its disks; only while nothing of them is made or renamed. */
    public List<Path> smallFiles(StoredVm vm) {
        return guarded(vm.directory(), () -> {
            List<Path> files = new ArrayList<>(NewHome.smallFiles(vm));
            for (String ending : List.of(".nvram", ".vmx")) {
                Path file = vm.directory().resolve(vm.vmxName() + ending);
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    files.add(file);
                }
            }
            return files;
        });
    }

    /**
     * Deletes what a virtual machine left in a directory from which it has moved away, as the sign there says. Done already counts as done.
     *
     * @return names of files that belong to something else and were left
     * @throws FaultException VM_LOCKED when there is no such sign
     */
    public List<String> deleteMoved(Path directory, String vmxName, String place) {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        String[] left = directory.toFile().list();
        if (left != null && left.length == 0) {
            return guarded(directory, () -> Deletion.deleteMoved(directory, vmxName));
        }
        if (lock(directory, vmxName).movedTo().filter(place::equals).isEmpty()) {
            throw new FaultException(
                    FaultCode.VM_LOCKED,
                    "\"" + directory.getFileName()
                            + "\" is not what a virtual machine left that has moved away; it stays.");
        }
        return guarded(directory, () -> Deletion.deleteMoved(directory, vmxName));
    }

    /**
     * The end of the serial console's log; empty when the virtual machine never ran.
     *
     * @param tailBytesMax at most 16 MiB are returned
     */
    public ConsoleTail consoleTail(Path directory, String vmxName, long tailBytesMax) {
        Path file = directory.resolve(vmxName + "-serial.log");
        return guarded(directory, () -> {
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                return new ConsoleTail(new byte[0], 0);
            }
            try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
                long total = log.length();
                byte[] tail = new byte[(int) Math.min(total, Math.clamp(tailBytesMax, 0, 16 << 20))];
                log.seek(total - tail.length);
                log.readFully(tail);
                return new ConsoleTail(tail, total);
            }
        });
    }

    /** Removes what a crash of this host's agent left half-made on a datastore. Called once at start. */
    public void sweep(Path datastoreRoot) {
        Creation.sweep(datastoreRoot, hostId);
    }

    static void writeShape(Path directory, String vmxName, VmShape shape) throws IOException {
        Path file = directory.resolve(vmxName + ".vmx");
        VmxText text = Files.exists(file) ? text(file) : new VmxText();
        Configuration.write(shape, text);
        DurableFiles.write(file, text.bytes());
    }

    static VmShape withAllocation(Path directory, VmShape shape) {
        return shape.withDisks(shape.disks().stream()
                .map(disk -> disk.withAllocatedBytes(AllocatedBytes.of(directory.resolve(disk.fileName()))))
                .toList());
    }

    /** Work that may fail in the file system. */
    @FunctionalInterface
    interface FileWork<T> {
        T run() throws IOException;
    }

    static <T> T guarded(Path directory, FileWork<T> work) {
        try {
            return work.run();
        } catch (NoSuchFileException e) {
            throw new FaultException(
                    Fault.of(
                                    FaultCode.FILE_NOT_FOUND,
                                    "There is no " + Path.of(e.getFile()).getFileName()
                                            + " in the virtual machine's directory; check the path.")
                            .withContext(e.toString()),
                    e);
        } catch (IOException e) {
            if (String.valueOf(e.getMessage()).contains("No space left")) {
                throw DiskImages.full(directory, e.toString());
            }
            throw new FaultException(
                    Fault.of(
                                    FaultCode.DATASTORE_INACCESSIBLE,
                                    "Files of the virtual machine cannot be read or written on this host; check its"
                                            + " datastore.")
                            .withContext(e.toString()),
                    e);
        }
    }

    /** A configuration file as it lies there; follows no link and reads no more than one can be long. */
    static VmxText text(Path file) throws IOException {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) <= VmxText.BYTES_MAX) {
            return VmxText.parse(Files.readAllBytes(file), file.getFileName().toString());
        }
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new NoSuchFileException(file.toString());
        }
        throw VmxText.unreadable(file.getFileName() + " is not a plain file of at most 1 MiB");
    }

    private static Path vmxFile(Path directory, String vmxName) {
        try {
            return directory.resolve(Names.checkFileName(vmxName, "name of the .vmx file") + ".vmx");
        } catch (IllegalArgumentException e) {
            throw new FaultException(
                    Fault.of(FaultCode.REQUEST_INVALID, e.getMessage() + "; give it without directory and ending."), e);
        }
    }

    private static String soleVmxName(Path directory) throws IOException {
        List<String> names = new ArrayList<>();
        if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.vmx")) {
                for (Path file : files) {
                    if (names.size() < VMX_FILES_MAX) {
                        names.add(file.getFileName().toString());
                    }
                }
            }
        }
        if (names.isEmpty()) {
            throw new FaultException(
                    FaultCode.FILE_NOT_FOUND,
                    "There is no .vmx file in \"" + directory.getFileName() + "\"; check the directory.");
        }
        if (names.size() > 1) {
            throw VmxText.unreadable("\"" + directory.getFileName() + "\" has several .vmx files, "
                    + names.stream().sorted().collect(Collectors.joining(", ")) + ": name one");
        }
        String name = names.getFirst();
        return name.substring(0, name.toLowerCase(Locale.ROOT).lastIndexOf(".vmx"));
    }
}
