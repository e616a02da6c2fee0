package dev.sternpost.server.simulation;

import dev.sternpost.inventory.HostId;
import dev.sternpost.server.host.VmShape;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A shared datastore: directories with a shape, a lock and perhaps the memory of a suspended VM. */
public final class SimulatedDatastore {
    /** Who may run the VM of a directory. */
    record Lock(HostId owner, long generation) {}

    static final class Directory {
        VmShape shape;

        @Nullable
        Lock lock;

        boolean hasMemory;
        String cpuModel = "";
        String movedBy = "";
        boolean oldFilesGone;

        Directory(VmShape shape) {
            this.shape = shape;
        }
    }

    private final UUID uuid = new UUID(7, 7);
    final Map<String, Directory> directories = new TreeMap<>();

    /** The UUID at its root. */
    public UUID uuid() {
        return uuid;
    }

    /** Puts a VM directory there by hand. */
    public void put(String directory, VmShape shape) {
        directories.put(directory, new Directory(shape));
    }

    String state() {
        StringBuilder text = new StringBuilder();
        directories.forEach((name, directory) -> text.append("  ")
                .append(name)
                .append(": ")
                .append(directory.shape.cpuCount())
                .append(" CPUs ")
                .append(directory.shape.disks())
                .append(directory.lock == null ? " free" : " locked by " + directory.lock.owner())
                .append(directory.hasMemory ? " with memory" : "")
                .append(directory.movedBy.isEmpty() ? "" : directory.oldFilesGone ? " moved" : " moved, old files left")
                .append('\n'));
        return text.toString();
    }

    /** Whom a directory's lock names, as an agent tells it. */
    String lockOwner(String path) {
        Directory directory = directories.get(path);
        Lock lock = directory == null ? null : directory.lock;
        return lock == null ? "" : lock.owner() + "@" + lock.generation();
    }
}
