package dev.sternpost.agent.operation;

import dev.sternpost.agent.datastore.AllocatedBytes;
import dev.sternpost.agent.engine.RunningVm;
import dev.sternpost.agent.engine.StorageMover;
import dev.sternpost.agent.vmdirectory.VmShape;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Copies a virtual machine's files, or has its hypervisor copy them, until all is equal; then keeps it so until the change-over. */
final class StorageDriver {

    private static final long POLL_MILLIS = 100;
    private static final long REPORT_MILLIS = 500;

    /** How long copies are kept equal, which costs the guest twice the writes, while nobody allows the change-over. */
    static final long HELD_MILLIS_MAX = 600_000;

    private final StorageSession session;
    private final Reporter reporter;
    private final VmEntry entry;
    private final Consumer<FaultException> giveUp;
    private long reportedNanos;

    /** @param giveUp ends the session, and deletes what was copied */
    StorageDriver(StorageSession session, Reporter reporter, VmEntry entry, Consumer<FaultException> giveUp) {
        this.session = session;
        this.reporter = reporter;
        this.entry = entry;
        this.giveUp = giveUp;
    }

    void run() {
        try {
            refuseCancelled();
            VmShape shape =
                    session.home().prepare(session.old(), session.order().provisioning());
            if (session.running()) {
                mirror(shape);
            } else {
                copy(shape);
            }
            hold();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end(StorageOperations.cancelled(session.vmId()));
        } catch (FaultException e) {
            end(e);
        } catch (RuntimeException e) {
            end(StorageOperations.failed(session.vmId(), e));
        }
    }

    private void end(FaultException failure) {
        // An agent that ends leaves all as it is, to be settled by the next one.
        if (!Thread.currentThread().isInterrupted() && session.stage() == StorageSession.Stage.COPYING) {
            giveUp.accept(session.cancelled() ? StorageOperations.cancelled(session.vmId()) : failure);
        }
    }

    private void mirror(VmShape shape) throws InterruptedException {
        interruptibly(() -> session.home().makeImages(session.old(), shape));
        refuseCancelled();
        RunningVm running = running();
        running.storageMover()
                .start(
                        session.home().directory(),
                        shape.disks(),
                        session.order().bytesPerSecondMax());
        while (!session.cancelled()) {
            StorageMover.Progress progress = look();
            if (progress.inStep()) {
                session.inStep().complete(shape);
                return;
            }
            report(progress.copiedBytes(), progress.totalBytes());
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        refuseCancelled();
    }

    /** Only programs are cut short: an interrupt in the midst of a word to the hypervisor would close the connection to it. */
    private void interruptibly(Runnable work) {
        session.drivenBy(Thread.currentThread());
        try {
            work.run();
        } finally {
            session.drivenBy(null);
            if (session.cancelled()) {
                Thread.interrupted(); // That was the cancelling, which has to be seen to the end.
            }
        }
    }

    private StorageMover.Progress look() {
        StorageMover.Progress progress;
        try {
            progress = running().storageMover().progress();
        } catch (FaultException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw e;
            }
            throw new FaultException(
                    Fault.of(
                                    FaultCode.MIGRATION_FAILED,
                                    "the process of " + session.vmId()
                                            + " ended, or went out of reach, while its disks were copied; its files are"
                                            + " where they were.")
                            .about(session.vmId())
                            .withContext(e.fault().context()),
                    e);
        }
        if (!progress.error().isEmpty()) {
            boolean full = progress.error().contains("No space left");
            throw Fault.of(
                            full ? FaultCode.DATASTORE_FULL : FaultCode.MIGRATION_FAILED,
                            full
                                    ? "the datastore became full while the disks of " + session.vmId()
                                            + " were copied to it; it goes on where it was. Free some space or choose another."
                                    : "the disks of " + session.vmId()
                                            + " could not be copied; it goes on where it was. See the host's log.")
                    .about(session.vmId())
                    .withContext(progress.error())
                    .exception();
        }
        return progress;
    }

    private void copy(VmShape shape) {
        long totalBytes = session.old().shape().disks().stream()
                .mapToLong(disk -> AllocatedBytes.of(session.old().directory().resolve(disk.fileName())))
                .sum();
        Thread copier = Thread.currentThread();
        Thread teller = Thread.ofVirtual()
                .name("move-progress-" + session.vmId())
                .start(() -> {
                    try {
                        while (copier.isAlive()) {
                            TimeUnit.MILLISECONDS.sleep(REPORT_MILLIS);
                            report(Math.min(totalBytes, session.home().copiedBytes(shape)), totalBytes);
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
        try {
            interruptibly(() -> session.home().copyImages(session.old(), shape));
        } finally {
            teller.interrupt();
        }
        refuseCancelled();
        session.inStep().complete(shape);
    }

    /** A guest whose copies fall apart while it waits must not be given them. */
    private void hold() throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(HELD_MILLIS_MAX);
        while (session.stage() == StorageSession.Stage.COPYING) {
            refuseCancelled();
            if (session.running()) {
                look();
            }
            if (System.nanoTime() - until > 0) {
                throw new FaultException(
                        FaultCode.OPERATION_TIMED_OUT,
                        session.vmId(),
                        "the change-over of " + session.vmId() + " was not allowed within " + HELD_MILLIS_MAX / 1000
                                + " s; its files are where they were. Move it again.");
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    private void refuseCancelled() {
        if (session.cancelled()) {
            throw StorageOperations.cancelled(session.vmId());
        }
    }

    private RunningVm running() {
        return entry.running()
                .orElseThrow(() -> new FaultException(
                        FaultCode.MIGRATION_FAILED,
                        session.vmId(),
                        session.vmId() + " ended while its disks were copied; its files are where they were."));
    }

    private synchronized void report(long copiedBytes, long totalBytes) {
        long now = System.nanoTime();
        if (reportedNanos != 0 && (now - reportedNanos) / 1_000_000 < REPORT_MILLIS) {
            return;
        }
        reportedNanos = now;
        int percent = totalBytes == 0 ? 0 : (int) Math.clamp(copiedBytes * 100 / totalBytes, 0, 99);
        reporter.progress(
                session.commandId(), percent, (copiedBytes >> 20) + " of " + (totalBytes >> 20) + " MiB copied", null);
    }
}
