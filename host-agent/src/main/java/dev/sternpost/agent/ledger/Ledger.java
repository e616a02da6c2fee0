package dev.sternpost.agent.ledger;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The agent's memory on disk. Every change is durable when the call returns, and whole or absent after a crash at any
 * moment. One process at a time. Thread-safe. A failed write is a {@link LedgerException}, and then the change has not
 * happened as far as this object is concerned.
 */
public final class Ledger implements AutoCloseable {

    /** Beyond this many the records of virtual machines long gone are dropped, lowest generation first. */
    static final int GONE_MAX = 10_000;

    private static final String INCARNATION_KIND = "sternpost incarnation 1";

    private final Path directory;
    private final Disk disk;
    private final FileChannel lockChannel;
    private final EventJournal events;
    private final OperationLog operations;
    private final TreeMap<String, VmRecord> vms = new TreeMap<>();
    private final List<String> notices;
    private final long incarnation;
    private boolean closed;

    private Ledger(Path directory, Disk disk, FileChannel lockChannel, LongSupplier clock) throws IOException {
        this.directory = directory;
        this.disk = disk;
        this.lockChannel = lockChannel;
        LedgerFiles files = new LedgerFiles();
        disk.makeDirectory(vmDirectory());
        removeTemporaries();
        for (Path file : files.list(vmDirectory(), ".vm")) {
            files.read(file, VmRecord::parse).ifPresent(vm -> vms.put(vm.vmId(), vm));
        }
        events = new EventJournal(directory.resolve("events"), disk, files, clock);
        operations = new OperationLog(directory.resolve("tasks"), disk, files);
        Path incarnationFile = directory.resolve("incarnation");
        incarnation = files.readNumber(incarnationFile, INCARNATION_KIND) + 1;
        disk.write(
                incarnationFile,
                new Fields(INCARNATION_KIND).put("number", incarnation).format());
        notices = files.notices();
    }

    /**
     * Opens the ledger in a directory, made if need be, under a new incarnation.
     *
     * @throws FaultException HOST_ERROR when another agent has it open
     */
    public static Ledger open(Path directory) {
        return open(directory, new SyncedDisk(), System::currentTimeMillis);
    }

    /** @param clock milliseconds since the epoch */
    static Ledger open(Path directory, Disk disk, LongSupplier clock) {
        FileChannel channel = null;
        try {
            Files.createDirectories(directory);
            channel = FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock(channel) == null) {
                throw new FaultException(
                        FaultCode.HOST_ERROR,
                        "another agent uses " + directory + "; end it first, or give this one another --home");
            }
            Ledger ledger = new Ledger(directory.toAbsolutePath(), disk, channel, clock);
            channel = null;
            return ledger;
        } catch (IOException e) {
            throw new LedgerException("the ledger in " + directory + " cannot be opened", e);
        } finally {
            closeQuietly(channel);
        }
    }

    /** Number of this run of the agent; rises by one at each start. */
    public long incarnation() {
        return incarnation;
    }

    /** What was found damaged at start, one sentence each. */
    public List<String> notices() {
        return notices;
    }

    /** All virtual machines that are here, in the order of their ids; those long gone are left out. */
    public synchronized List<VmRecord> vms() {
        return vms.values().stream()
                .filter(vm -> vm.state() != LedgerState.GONE)
                .toList();
    }

    /** The record of a virtual machine, also when it is gone. */
    public synchronized Optional<VmRecord> vm(String vmId) {
        return Optional.ofNullable(vms.get(vmId));
    }

    /**
     * Stores a record.
     *
     * @throws IllegalStateException when its generation is lower than the one stored
     */
    public synchronized void put(VmRecord record) {
        VmRecord known = vms.get(record.vmId());
        if (record.equals(known)) {
            return;
        }
        if (known != null && record.generation() < known.generation()) {
            throw new IllegalStateException("the generation of " + record.vmId() + " cannot fall from "
                    + known.generation() + " to " + record.generation());
        }
        write(() -> disk.write(file(record.vmId()), record.format()));
        vms.put(record.vmId(), record);
        if (record.state() == LedgerState.GONE) {
            dropOldestGone();
        }
    }

    /**
     * Changes a record that must be there.
     *
     * @return the new record
     */
    public synchronized VmRecord update(String vmId, UnaryOperator<VmRecord> change) {
        VmRecord known = vms.get(vmId);
        if (known == null) {
            throw new IllegalStateException(vmId + " is not in the ledger");
        }
        VmRecord changed = change.apply(known);
        put(changed);
        return changed;
    }

    /**
     * Checks the lease epoch of a task's command and remembers it when it is the highest.
     *
     * @throws FaultException STALE_EPOCH when a higher one has been seen for the task
     */
    public synchronized void acceptEpoch(String taskId, long epoch) {
        write(() -> operations.acceptEpoch(taskId, epoch));
    }

    /** The stored result of a command. */
    public synchronized Optional<byte[]> result(OperationKey key) {
        return operations.result(key);
    }

    /** Stores the result of a command, so that repeating it does not repeat its effect. */
    public synchronized void storeResult(OperationKey key, byte[] result) {
        write(() -> operations.storeResult(key, result));
    }

    /** Drops what is kept of a task. */
    public synchronized void forgetTask(String taskId) {
        write(() -> operations.forget(taskId));
    }

    /** Stores an event under the next number. */
    public synchronized EventRecord appendEvent(String vmId, long generation, String kind, String detail) {
        EventRecord[] event = new EventRecord[1];
        write(() -> event[0] = events.append(vmId, generation, kind, detail));
        return event[0];
    }

    /** Events that the server has not acknowledged, oldest first. */
    public synchronized List<EventRecord> unacknowledgedEvents() {
        return events.waiting();
    }

    /** Number of the last event, acknowledged or not; 0 before the first. */
    synchronized long lastEventNumber() {
        return events.lastNumber();
    }

    /** Drops the events up to and with this number. */
    public synchronized void acknowledgeEvents(long number) {
        write(() -> events.acknowledge(number));
    }

    /** Lets another process open the ledger; from here on it cannot be written any more. */
    @Override
    public synchronized void close() {
        closed = true;
        closeQuietly(lockChannel);
    }

    private void dropOldestGone() {
        List<VmRecord> gone = vms.values().stream()
                .filter(vm -> vm.state() == LedgerState.GONE)
                .toList();
        if (gone.size() > GONE_MAX) {
            VmRecord victim = gone.stream()
                    .min(java.util.Comparator.comparingLong(VmRecord::generation))
                    .orElseThrow();
            write(() -> disk.delete(file(victim.vmId())));
            vms.remove(victim.vmId());
        }
    }

    private void removeTemporaries() throws IOException {
        try (Stream<Path> tree = Files.walk(directory, 2)) {
            List<Path> temporaries = tree.filter(
                            file -> file.getFileName().toString().endsWith(SyncedDisk.TEMPORARY_SUFFIX))
                    .toList();
            for (Path file : temporaries) {
                Files.delete(file);
            }
        }
    }

    private Path vmDirectory() {
        return directory.resolve("vms");
    }

    private Path file(String vmId) {
        if (!vmId.matches("[A-Za-z0-9][A-Za-z0-9-]{0,63}")) {
            throw new IllegalArgumentException("not an id of a virtual machine: " + vmId);
        }
        return vmDirectory().resolve(vmId + ".vm");
    }

    /** A durable change. */
    @FunctionalInterface
    private interface Change {
        void make() throws IOException;
    }

    private void write(Change change) {
        if (closed) {
            throw new LedgerException("the ledger in " + directory + " is closed", new ClosedChannelException());
        }
        try {
            change.make();
        } catch (IOException e) {
            throw new LedgerException("the agent's ledger in " + directory + " cannot be written", e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private static void closeQuietly(@Nullable FileChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // Nothing was written through it; the kernel drops the lock with it.
            }
        }
    }
}
