package dev.sternpost.agent.vmdirectory;

import dev.sternpost.agent.datastore.DurableFiles;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lock file of a virtual machine: the truth of which host may run it. Every change is a compare-and-set, made under
 * a guard file that agents of all hosts lock, and reaches the disk before it counts.
 *
 * <p>Methods throw VM_LOCKED when the file names somebody else, STALE_GENERATION when it names a later generation of
 * the same host, DATASTORE_INACCESSIBLE when the file cannot be read or written.
 */
public final class VmLock {

    private static final Logger LOG = LoggerFactory.getLogger(VmLock.class);
    private static final long GUARD_WAIT_MILLIS_MAX = 10_000;
    private static final long GUARD_POLL_MILLIS = 5;
    private static final int BYTES_MAX = 4096;

    // File locks exclude other processes only; agents that share one process exclude each other here.
    private static final ConcurrentMap<Path, ReentrantLock> GUARDS_OF_THIS_PROCESS = new ConcurrentHashMap<>();

    private final Path directory;
    private final Path file;
    private final Path guard;
    private final String subject;
    private final String vmId;

    /** @param vmId the virtual machine it is about, since another may have got the same directory later; empty for any */
    VmLock(Path directory, String vmxName, String vmId) {
        this.vmId = vmId;
        this.directory = directory;
        this.file = directory.resolve(vmxName + ".lck");
        this.guard = directory.resolve(vmxName + ".lck.guard");
        this.subject = vmxName;
    }

    /** Whom the lock names now; empty when there is no lock. */
    public Optional<LockHolder> holder() {
        try {
            return read();
        } catch (IOException e) {
            throw inaccessible(e);
        }
    }

    /**
     * Takes the lock: when there is none, when it was released, or when it names the same host; never with an earlier generation.
     */
    public void take(LockHolder mine) {
        change(current -> {
            boolean others = current.isPresent()
                    && !current.get().isReleased()
                    && !current.get().hostId().equals(mine.hostId());
            if (current.isPresent() && (isForeign() || others)) {
                throw lockedBy(current.get());
            }
            if (current.isPresent() && current.get().generation() > mine.generation()) {
                throw stale(current.get(), mine.generation());
            }
            DurableFiles.write(file, mine.bytes(vmId));
        });
    }

    /**
     * Hands the lock over: from exactly this holder's host and generation to the next holder. Done already counts as
     * done. This is the point of no return of a live migration.
     */
    public void handOver(LockHolder mine, LockHolder next) {
        swap(mine, next);
    }

    /** Takes back what {@link #handOver} gave away, if it still names that next holder. Done already counts as done. */
    public void takeBack(LockHolder next, LockHolder mine) {
        swap(next, mine);
    }

    /**
     * Removes the lock if it names this host, or nobody, and this virtual machine.
     *
     * @return whether there is no lock now; false when it names another host or virtual machine
     */
    public boolean release(String hostId) {
        boolean[] gone = {true};
        change(current -> {
            if (current.isEmpty()) {
                return;
            }
            boolean others =
                    !current.get().isReleased() && !current.get().hostId().equals(hostId);
            if (isForeign() || others) {
                gone[0] = false;
                return;
            }
            Files.deleteIfExists(file);
            DurableFiles.syncDirectory(directory);
        });
        return gone[0];
    }

    /**
     * Changes it from exactly one state to another; empty stands for no lock.
     *
     * @return what it says now: {@code next} when it was changed, now or before
     */
    public Optional<LockHolder> exchange(Optional<LockHolder> expected, Optional<LockHolder> next) {
        List<LockHolder> now = new ArrayList<>();
        change(current -> {
            Optional<LockHolder> result = current;
            if (!same(current, next) && same(current, expected) && !(current.isPresent() && isForeign())) {
                if (next.isPresent()) {
                    DurableFiles.write(file, next.get().bytes(vmId));
                } else {
                    Files.deleteIfExists(file);
                    DurableFiles.syncDirectory(directory);
                }
                result = next;
            }
            result.ifPresent(now::add);
        });
        return now.stream().findFirst();
    }

    /**
     * Where the files of the virtual machine have moved to for good, as {@link #moveAway} was told; empty while they are here.
     */
    public Optional<String> movedTo() {
        try {
            return Files.exists(file)
                    ? LockHolder.placeIn(Files.readAllBytes(file), file.toString())
                    : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw inaccessible(e);
        }
    }

    /**
     * Turns the lock into a sign that names another place, where a lock of the same holder lies by now: from exactly this holder, or from
     * none for a virtual machine that is off. From then on nobody can take it here. This is the point of no return of a move to another
     * datastore. Done already counts as done.
     */
    public void moveAway(Optional<LockHolder> mine, long generation, String place) {
        change(current -> {
            if (movedTo().filter(place::equals).isPresent()) {
                return;
            }
            if (!same(current, mine) || current.isPresent() && isForeign()) {
                throw current.map(this::lockedBy)
                        .orElseGet(() -> new FaultException(
                                FaultCode.VM_LOCKED,
                                "The lock of " + subject + " is gone; look at its directory before going on."));
            }
            DurableFiles.write(file, LockHolder.sign(vmId, generation, place));
        });
    }

    /**
     * Turns the sign that names this place back into a lock, when it has turned out that the virtual machine did not get there. Done already
     * counts as done.
     */
    public void comeBack(String place, LockHolder mine) {
        change(current -> {
            if (movedTo().filter(place::equals).isPresent()) {
                DurableFiles.write(file, mine.bytes(vmId));
            } else if (current.isEmpty() || isForeign() || !sameOwner(current.get(), mine)) {
                throw current.map(this::lockedBy)
                        .orElseGet(() -> new FaultException(
                                FaultCode.VM_LOCKED,
                                "The lock of " + subject + " is gone; look at its directory before going on."));
            }
        });
    }

    private static boolean same(Optional<LockHolder> a, Optional<LockHolder> b) {
        return a.isPresent() == b.isPresent() && (a.isEmpty() || sameOwner(a.get(), b.orElseThrow()));
    }

    /** Passes only when the lock names this host with this generation. */
    public void require(String hostId, long generation) {
        Optional<LockHolder> current = holder();
        if (current.isEmpty()) {
            throw new FaultException(
                    FaultCode.VM_LOCKED,
                    "No host holds the lock of " + subject + "; it must be taken before the virtual machine may run.");
        }
        if (!current.get().hostId().equals(hostId)) {
            throw lockedBy(current.get());
        }
        if (current.get().generation() != generation) {
            throw stale(current.get(), generation);
        }
    }

    private void swap(LockHolder from, LockHolder to) {
        change(current -> {
            if (current.isPresent() && isForeign()) {
                throw lockedBy(current.get());
            }
            if (current.isPresent() && sameOwner(current.get(), to)) {
                return;
            }
            if (current.isEmpty() || !sameOwner(current.get(), from)) {
                throw current.map(this::lockedBy)
                        .orElseGet(() -> new FaultException(
                                FaultCode.VM_LOCKED,
                                "The lock of " + subject + " is gone although " + from
                                        + " should hold it; look at its directory before going on."));
            }
            DurableFiles.write(file, to.bytes(vmId));
        });
    }

    /** Whether the lock that is there is another virtual machine's. */
    private boolean isForeign() throws IOException {
        if (vmId.isEmpty()) {
            return false;
        }
        String named = LockHolder.vmIdIn(Files.readAllBytes(file), file.toString());
        return !named.isEmpty() && !named.equals(vmId);
    }

    private static boolean sameOwner(LockHolder a, LockHolder b) {
        return a.hostId().equals(b.hostId()) && a.generation() == b.generation();
    }

    private FaultException lockedBy(LockHolder holder) {
        if (holder.isMovedAway()) {
            return new FaultException(
                    FaultCode.VM_LOCKED,
                    "The files of " + subject + " have moved to another datastore; use them there.");
        }
        if (holder.isReleased()) {
            return new FaultException(
                    FaultCode.VM_LOCKED,
                    subject
                            + " ended unexpectedly and is about to be started again by high availability; wait for that.");
        }
        return new FaultException(
                FaultCode.VM_LOCKED,
                "Host " + holder.hostId() + " holds the lock of " + subject + " (generation " + holder.generation()
                        + "); power the virtual machine off there first.");
    }

    private FaultException stale(LockHolder holder, long generation) {
        return new FaultException(
                FaultCode.STALE_GENERATION,
                "The lock of " + subject + " has generation " + holder.generation() + ", not " + generation
                        + "; read the state of the virtual machine again.");
    }

    private FaultException inaccessible(IOException e) {
        return new FaultException(
                Fault.of(
                                FaultCode.DATASTORE_INACCESSIBLE,
                                "The lock of " + subject
                                        + " cannot be read or written; check that its datastore is mounted and"
                                        + " writable.")
                        .withContext(e.toString()),
                e);
    }

    @FunctionalInterface
    private interface Change {
        void apply(Optional<LockHolder> current) throws IOException;
    }

    private void change(Change change) {
        ReentrantLock local =
                GUARDS_OF_THIS_PROCESS.computeIfAbsent(guard.toAbsolutePath().normalize(), key -> new ReentrantLock());
        try {
            if (!local.tryLock(GUARD_WAIT_MILLIS_MAX, TimeUnit.MILLISECONDS)) {
                throw busy();
            }
            try (FileChannel channel = FileChannel.open(guard, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock held = lockGuard(channel)) {
                LOG.trace("holding {}", held);
                change.apply(read());
            } catch (IOException e) {
                throw inaccessible(e);
            } finally {
                local.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FaultException(Fault.of(FaultCode.OPERATION_CANCELLED, "The agent is stopping; try again."), e);
        }
    }

    private FileLock lockGuard(FileChannel channel) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(GUARD_WAIT_MILLIS_MAX);
        while (true) {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return lock;
            }
            if (System.nanoTime() - deadline >= 0) {
                throw busy();
            }
            Thread.sleep(GUARD_POLL_MILLIS);
        }
    }

    private FaultException busy() {
        return new FaultException(
                FaultCode.OPERATION_TIMED_OUT,
                "Another host has been changing the lock of " + subject + " for more than 10 s; try again.");
    }

    private Optional<LockHolder> read() throws IOException {
        byte[] content;
        try {
            if (Files.size(file) > BYTES_MAX) {
                throw unreadable();
            }
            content = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        // Not "no lock": somebody may be running the virtual machine.
        return Optional.of(LockHolder.parse(content, file.toString()).orElseThrow(this::unreadable));
    }

    private FaultException unreadable() {
        return new FaultException(
                FaultCode.VM_LOCKED,
                "The lock file of " + subject
                        + " cannot be understood; make sure that no host runs the virtual machine, then delete "
                        + file.getFileName() + ".");
    }
}
