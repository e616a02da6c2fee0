package dev.sternpost.fleet.host;

import dev.sternpost.proto.agent.v1.VmSpec;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fleet's disks and ledgers in one file: each change is appended, and at the start the file is read and written anew
 * without what was overtaken. It outlives the process, killed or not, though not the machine: it is not forced to the disk.
 */
public final class Journal implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Journal.class);

    private static final int VERSION = 1;
    private static final int SPEC_BYTES_MAX = 1 << 20;
    private static final int FILES = 1;
    private static final int FILES_GONE = 2;
    private static final int VM = 3;
    private static final int VM_GONE = 4;

    private final @Nullable Path file;
    // Guarded by this.
    private @Nullable DataOutputStream out;

    private Journal(@Nullable Path file) {
        this.file = file;
    }

    /** A journal in a file, which is made when it is missing. */
    public static Journal in(Path file) {
        return new Journal(file);
    }

    /** A journal that keeps nothing. */
    public static Journal none() {
        return new Journal(null);
    }

    synchronized void open(Datastores datastores, Map<String, SimulatedHost> hosts) {
        Path path = file;
        if (path == null) {
            return;
        }
        try {
            if (Files.exists(path)) {
                read(path, datastores, hosts);
            }
            Path next = path.resolveSibling(path.getFileName() + ".new");
            DataOutputStream written = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(next)));
            written.writeInt(VERSION);
            out = written;
            datastores.all().forEach(this::files);
            hosts.values().forEach(host -> host.books().forEach(vm -> vm(host.id(), vm)));
            written.flush();
            Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("the fleet's journal " + path + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static void read(Path path, Datastores datastores, Map<String, SimulatedHost> hosts) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(path)))) {
            if (in.readInt() != VERSION) {
                throw new IOException("it is of another version; move it away");
            }
            for (int kind = in.read(); kind >= 0; kind = in.read()) {
                entry(kind, in, datastores, hosts);
            }
        } catch (EOFException e) {
            log.info("the last entry of {} was cut short and is passed over", path);
        }
    }

    private static void entry(int kind, DataInputStream in, Datastores datastores, Map<String, SimulatedHost> hosts)
            throws IOException {
        Place place = kind == VM_GONE ? null : new Place(in.readUTF(), in.readUTF());
        if (kind == FILES && place != null) {
            VmSpec spec = spec(in);
            String holder = in.readUTF();
            long generation = in.readLong();
            Lock lock = holder.isEmpty() ? null : new Lock(holder, generation);
            datastores.put(new VmFiles(place, spec, lock, in.readBoolean()));
        } else if (kind == FILES_GONE && place != null) {
            datastores.delete(place);
        } else if (kind == VM && place != null) {
            vmEntry(place, in, datastores, hosts);
        } else if (kind == VM_GONE) {
            SimulatedHost host = hosts.get(in.readUTF());
            String vmId = in.readUTF();
            if (host != null) {
                host.forgetFromJournal(vmId);
            }
        } else {
            throw new IOException("an entry of an unknown kind " + kind);
        }
    }

    private static VmSpec spec(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > SPEC_BYTES_MAX) {
            throw new IOException("a shape of " + length + " bytes");
        }
        return VmSpec.parseFrom(in.readNBytes(length));
    }

    private static void vmEntry(
            Place place, DataInputStream in, Datastores datastores, Map<String, SimulatedHost> hosts)
            throws IOException {
        SimulatedHost host = hosts.get(in.readUTF());
        String vmId = in.readUTF();
        long generation = in.readLong();
        VmState state = VmState.valueOf(in.readUTF());
        long boot = in.readLong();
        String migration = in.readUTF();
        Move move = new Move(migration, in.readUTF(), in.readLong(), in.readDouble());
        VmFiles known = datastores.find(place).orElse(null);
        if (host != null && known != null) {
            HostedVm vm = new HostedVm(vmId, known, generation, state);
            vm.bootEpochMillis = boot;
            vm.move = migration.isEmpty() ? null : move;
            host.putFromJournal(vm);
        }
    }

    /** Notes the directory as it is now. */
    synchronized void files(VmFiles files) {
        append(to -> {
            Lock lock = files.lock();
            byte[] spec = files.spec().toByteArray();
            to.write(FILES);
            place(to, files.place());
            to.writeInt(spec.length);
            to.write(spec);
            to.writeUTF(lock == null ? "" : lock.hostId());
            to.writeLong(lock == null ? 0 : lock.generation());
            to.writeBoolean(files.isSuspended());
        });
    }

    /** Notes that a directory was deleted. */
    synchronized void filesGone(Place place) {
        append(to -> {
            to.write(FILES_GONE);
            place(to, place);
        });
    }

    /** Notes how a virtual machine stands on a host. */
    synchronized void vm(String hostId, HostedVm vm) {
        append(to -> {
            Move move = vm.move;
            to.write(VM);
            place(to, vm.files().place());
            to.writeUTF(hostId);
            to.writeUTF(vm.vmId());
            to.writeLong(vm.generation);
            to.writeUTF(vm.state.name());
            to.writeLong(vm.bootEpochMillis);
            to.writeUTF(move == null ? "" : move.id());
            to.writeUTF(move == null ? "" : move.peerHostId());
            to.writeLong(move == null ? 0 : move.nextGeneration());
            to.writeDouble(move == null ? 0 : move.pauseMillis());
        });
    }

    /** Notes that a host has a virtual machine no more. */
    synchronized void vmGone(String hostId, String vmId) {
        append(to -> {
            to.write(VM_GONE);
            to.writeUTF(hostId);
            to.writeUTF(vmId);
        });
    }

    private static void place(DataOutputStream to, Place place) throws IOException {
        to.writeUTF(place.datastoreUuid());
        to.writeUTF(place.directory());
    }

    @FunctionalInterface
    private interface Entry {
        void writeTo(DataOutputStream to) throws IOException;
    }

    private void append(Entry entry) {
        DataOutputStream to = out;
        if (to == null) {
            return;
        }
        try {
            entry.writeTo(to);
            to.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("the fleet's journal cannot be written: " + e.getMessage(), e);
        }
    }

    @Override
    public synchronized void close() {
        DataOutputStream to = out;
        out = null;
        if (to != null) {
            try {
                to.close();
            } catch (IOException e) {
                log.warn("the fleet's journal could not be closed: {}", e.getMessage());
            }
        }
    }
}
