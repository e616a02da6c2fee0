package dev.sternpost.agent.vmdirectory;

import dev.sternpost.agent.datastore.DurableFiles;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Deleting a virtual machine: only names it owns, only directly inside its directory. */
final class Deletion {

    private static final List<String> OWN_ENDINGS =
            List.of(".vmsd", ".nvram", ".vmss", ".log", "-1.log", "-serial.log", "-serial-1.log");
    private static final int REST_MAX = 1000;

    private Deletion() {}

    static List<String> delete(Path directory, String vmxName, VmLock lock) throws IOException {
        Optional<LockHolder> holder = lock.holder();
        if (holder.isPresent() && holder.get().isReleased()) {
            // It waits to be started again; from now on nobody can.
            holder = lock.exchange(holder, Optional.empty());
        }
        if (holder.isPresent()) {
            throw new FaultException(
                    FaultCode.VM_LOCKED,
                    "Host " + holder.get().hostId() + " holds the lock of " + vmxName
                            + "; power the virtual machine off there before deleting it.");
        }
        deleteOwn(directory, vmxName);
        return removeDirectory(directory);
    }

    /** Deletes what a virtual machine left here that has moved away. The sign goes last: it tells who finds the rest. */
    static List<String> deleteMoved(Path directory, String vmxName) throws IOException {
        deleteOwn(directory, vmxName);
        deleteFile(directory.resolve(vmxName + ".lck"));
        return removeDirectory(directory);
    }

    private static void deleteOwn(Path directory, String vmxName) throws IOException {
        for (String name : ownNames(directory, vmxName)) {
            deleteFile(directory.resolve(name));
        }
        for (String name : temporaries(directory, vmxName)) {
            deleteFile(directory.resolve(name));
        }
        // Last, since it names the disks: a delete that crashed can be repeated.
        deleteFile(directory.resolve(vmxName + ".vmx"));
        deleteFile(directory.resolve(vmxName + ".lck.guard"));
    }

    private static Set<String> ownNames(Path directory, String vmxName) throws IOException {
        Set<String> names = new HashSet<>();
        OWN_ENDINGS.forEach(ending -> names.add(vmxName + ending));
        Path vmx = directory.resolve(vmxName + ".vmx");
        if (Files.isRegularFile(vmx, LinkOption.NOFOLLOW_LINKS)) {
            Configuration.read(VmDirectories.text(vmx), vmxName).disks().forEach(disk -> names.add(disk.fileName()));
        }
        return names;
    }

    private static List<String> temporaries(Path directory, String vmxName) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (name.startsWith("." + vmxName) && name.endsWith(DurableFiles.TEMPORARY_SUFFIX)) {
                    names.add(name);
                }
            }
        }
        return names;
    }

    private static void deleteFile(Path file) throws IOException {
        if (!Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
            Files.deleteIfExists(file);
        }
    }

    private static List<String> removeDirectory(Path directory) throws IOException {
        try {
            Files.delete(directory);
            Path parent = directory.getParent();
            if (parent != null) {
                DurableFiles.syncDirectory(parent);
            }
            return List.of();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (DirectoryNotEmptyException e) {
            List<String> rest = new ArrayList<>();
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
                for (Path entry : entries) {
                    if (rest.size() < REST_MAX) {
                        rest.add(entry.getFileName().toString());
                    }
                }
            }
            rest.sort(null);
            return rest;
        }
    }
}
