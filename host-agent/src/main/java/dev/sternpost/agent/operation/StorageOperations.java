package dev.sternpost.agent.operation;

import dev.sternpost.agent.engine.RunningVm;
import dev.sternpost.agent.engine.StorageMover;
import dev.sternpost.agent.ledger.LedgerState;
import dev.sternpost.agent.ledger.MoveMark;
import dev.sternpost.agent.ledger.VmRecord;
import dev.sternpost.agent.operation.Operation.CancelFileMove;
import dev.sternpost.agent.operation.Operation.MoveFiles;
import dev.sternpost.agent.operation.Operation.RemoveMovedFiles;
import dev.sternpost.agent.operation.Operation.SwitchFiles;
import dev.sternpost.agent.vmdirectory.LockHolder;
import dev.sternpost.agent.vmdirectory.NewHome;
import dev.sternpost.agent.vmdirectory.StoredVm;
import dev.sternpost.agent.vmdirectory.VmShape;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moving a virtual machine's files to another datastore, while it runs or not. Files are copied to a directory that nobody takes for a
 * virtual machine; when all is equal, with the guest standing still, the new directory is completed, gets its lock, and then the old lock
 * is turned into a sign that names the new place. That one write is the point of no return: before it only the old files count and
 * what was copied is deleted, after it only the new ones do. Hosts that look for the lock at the old place follow the sign.
 */
final class StorageOperations {

    private static final Logger log = LoggerFactory.getLogger(StorageOperations.class);

    private static final long END_WAIT_SECONDS_MAX = 60;
    private static final int LOCK_READS_MAX = 50;
    private static final long LOCK_READ_MILLIS = 200;

    private final HostKit host;
    private final Vms vms;
    private final Reporter reporter;
    private final StorageSettlement settlement;
    private final Workers workers;
    private final EndedMigrations ended = new EndedMigrations();

    StorageOperations(HostKit host, Vms vms, Reporter reporter, StorageSettlement settlement, Workers workers) {
        this.host = host;
        this.vms = vms;
        this.reporter = reporter;
        this.settlement = settlement;
        this.workers = workers;
    }

    /** Returns when all is copied and only the change-over is left. */
    void start(AgentCommand command, MoveFiles order) {
        Optional<StorageSession> session = vms.inTurn(command.vmId(), () -> begin(command, order));
        if (session.isEmpty()) {
            return;
        }
        try {
            session.get().inStep().get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof FaultException fault
                    ? fault
                    : new IllegalStateException("a move ends with a fault or not at all", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FaultException(FaultCode.OPERATION_CANCELLED, command.vmId(), "the agent is ending; try again.");
        }
    }

    /** Empty when it has moved already. */
    private Optional<StorageSession> begin(AgentCommand command, MoveFiles order) {
        VmEntry entry = vms.entry(command.vmId());
        StorageSession current = entry.moving().orElse(null);
        if (current != null && current.order().moveId().equals(order.moveId())) {
            return Optional.of(current);
        }
        VmRecord found = vms.require(command.vmId());
        if (vms.place(found).equals(order.target())) {
            vms.checkGeneration(command, found);
            return Optional.empty();
        }
        VmRecord record = vms.acceptAlone(command);
        if (ended.contains(order.moveId())) {
            throw cancelled(record.vmId());
        }
        boolean running = record.state() == LedgerState.ON;
        if (running) {
            vms.requireRunning(command.vmId(), "be moved");
            // Says under which generation the guest runs now, and that it is still ours.
            vms.lock(record).take(vms.self(record.generation()));
        } else if (record.state() != LedgerState.OFF && record.state() != LedgerState.SUSPENDED) {
            throw vms.wrongState(record, "must be on, off or suspended to be moved");
        } else {
            refuseLocked(record);
        }
        StoredVm old = host.directories().read(vms.directory(record), record.vmxName());
        MoveMark mark = new MoveMark(
                order.moveId(), order.target().datastoreUuid(), order.target().directory());
        NewHome home = settlement.home(mark);
        host.ledger().put(record.withMove(mark));
        StorageSession session = new StorageSession(command.commandId(), record.vmId(), order, old, home, running);
        entry.moving(session);
        vms.note(record, "its move " + order.moveId() + " to another datastore began");
        StorageDriver driver = new StorageDriver(
                session, reporter, entry, failure -> vms.inTurn(session.vmId(), () -> giveUp(session, failure)));
        workers.start("move-" + record.vmId(), driver::run);
        return Optional.of(session);
    }

    private void refuseLocked(VmRecord record) {
        Optional<LockHolder> holder = vms.lock(record).holder();
        if (holder.isPresent()) {
            throw new FaultException(
                    FaultCode.VM_LOCKED,
                    record.vmId(),
                    record.vmId() + " does not run here but is locked (" + holder.get()
                            + "): it is about to be started again. Wait for that, then try again.");
        }
    }

    /** In the virtual machine's turn. */
    private boolean giveUp(StorageSession session, FaultException failure) {
        if (!session.finish()) {
            return false;
        }
        log.info("{}: move {} gives up: {}", session.vmId(), session.order().moveId(), failure.getMessage());
        VmEntry entry = vms.entry(session.vmId());
        entry.running().ifPresent(StorageOperations::cancelQuietly);
        entry.moving(null);
        host.ledger().vm(session.vmId()).filter(record -> record.move() != null).ifPresent(record -> {
            settlement.discard(mark(session));
            host.ledger().put(record.withMove(null));
            vms.note(record, "its move to another datastore ended: " + failure.getMessage());
        });
        session.inStep().completeExceptionally(failure);
        session.over().complete(session.stage());
        return true;
    }

    private static void cancelQuietly(RunningVm running) {
        try {
            running.storageMover().cancel();
        } catch (FaultException e) {
            log.info("{}: copying is not ended in order: {}", running.vmId(), e.getMessage());
        }
    }

    private static MoveMark mark(StorageSession session) {
        VmPlace target = session.order().target();
        return new MoveMark(session.order().moveId(), target.datastoreUuid(), target.directory());
    }

    /** The point of no return is in here. In the virtual machine's turn. */
    Payload switchFiles(AgentCommand command, SwitchFiles order) {
        VmRecord found = vms.require(command.vmId());
        vms.checkGeneration(command, found);
        StorageSession session = vms.entry(command.vmId())
                .moving()
                .filter(candidate -> candidate.order().moveId().equals(order.moveId()))
                .orElse(null);
        if (session == null) {
            found = settleUndecided(command.vmId(), order.moveId());
            if (!vms.place(found).equals(order.target())) {
                throw cancelled(command.vmId());
            }
            return shape(found);
        }
        if (!session.beginSwitch()) {
            throw cancelled(command.vmId());
        }
        try {
            return pass(session, found);
        } catch (StorageMover.Undecided e) {
            session.finish();
            vms.entry(command.vmId()).moving(null);
            throw e.fault();
        } catch (FaultException e) {
            giveUp(session, e);
            throw e;
        } catch (RuntimeException e) {
            giveUp(session, failed(session.vmId(), e));
            throw e;
        }
    }

    private Payload pass(StorageSession session, VmRecord record) {
        VmShape shape = session.inStep().join();
        RunningVm running = vms.entry(record.vmId()).running().orElse(null);
        if (session.running() && running == null) {
            throw vms.wrongState(record, "has just ended");
        }
        double stoodStillMillis = 0;
        if (running == null) {
            decide(session, record, shape);
        } else {
            stoodStillMillis = running.storageMover()
                    .switchOver(
                            running.launch().at(session.home().directory(), shape),
                            () -> decide(session, record, shape));
        }
        VmRecord moved = record.moved(mark(session));
        host.ledger().put(moved);
        session.home().settle();
        session.finish();
        session.over().complete(session.stage());
        vms.entry(record.vmId()).moving(null);
        vms.note(
                moved,
                "moved here from another datastore"
                        + (running == null
                                ? ""
                                : String.format(Locale.ROOT, "; the guest stood still %.1f ms", stoodStillMillis)));
        if (running != null) {
            reporter.progress(
                    session.commandId(),
                    100,
                    String.format(Locale.ROOT, "the guest stood still %.1f ms", stoodStillMillis),
                    null);
        }
        return shape(moved);
    }

    /** Makes the new files the true ones. */
    private void decide(StorageSession session, VmRecord record, VmShape shape) {
        session.home().complete(session.old(), shape);
        Optional<LockHolder> mine = session.running() ? Optional.of(vms.self(record.generation())) : Optional.empty();
        mine.ifPresent(holder -> host.directories()
                .lock(session.home().directory(), record.vmxName(), record.vmId())
                .take(holder));
        try {
            vms.lock(record)
                    .moveAway(
                            mine, record.generation(), session.order().target().text());
        } catch (FaultException e) {
            if (!hasMoved(record, session, e)) {
                throw e;
            }
        }
    }

    /** A write that failed may have been done all the same; which of the two decides who may use the disks, so it must be known. */
    private boolean hasMoved(VmRecord record, StorageSession session, FaultException failure) {
        for (int i = 0; i < LOCK_READS_MAX; i++) {
            try {
                return settlement.hasMoved(record, mark(session));
            } catch (FaultException e) {
                log.warn("{}: its old lock cannot be read: {}", record.vmId(), e.getMessage());
            }
            try {
                TimeUnit.MILLISECONDS.sleep(LOCK_READ_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        throw new StorageMover.Undecided(failure);
    }

    private Payload shape(VmRecord record) {
        return new Payload.Shape(
                host.directories().read(vms.directory(record), record.vmxName()).shape());
    }

    void cancel(AgentCommand command, CancelFileMove order) {
        ended.add(order.moveId());
        StorageSession session = vms.entry(command.vmId())
                .moving()
                .filter(candidate -> candidate.order().moveId().equals(order.moveId()))
                .orElse(null);
        boolean moved = vms.find(command.vmId())
                .filter(record -> vms.place(record).equals(order.target()))
                .isPresent();
        if (moved || session != null && !session.cancel()) {
            throw new FaultException(
                    FaultCode.MIGRATION_PAST_NO_RETURN,
                    command.vmId(),
                    command.vmId() + " uses its files on the other datastore already; wait for the move to end.");
        }
        if (session == null) {
            vms.inTurn(command.vmId(), () -> settleUndecided(command.vmId(), order.moveId()));
        } else {
            awaitEnd(session);
        }
    }

    /** Who copies also deletes what it has copied. */
    private static void awaitEnd(StorageSession session) {
        try {
            session.over().get(END_WAIT_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new FaultException(
                    Fault.of(
                                    FaultCode.OPERATION_TIMED_OUT,
                                    "copying the files of " + session.vmId() + " does not end; try again.")
                            .about(session.vmId()),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FaultException(FaultCode.OPERATION_CANCELLED, session.vmId(), "the agent is ending; try again.");
        }
    }

    /** An attempt that ended without knowing whether it had passed the point of no return. In the virtual machine's turn. */
    private VmRecord settleUndecided(String vmId, String moveId) {
        VmRecord record = vms.require(vmId);
        if (record.move() != null && record.move().moveId().equals(moveId)) {
            settlement.locate(record);
            settlement.settle(record);
        }
        return vms.require(vmId);
    }

    /** Deletes what was left where the virtual machine was; the sign there proves that it is not needed. */
    void removeOld(RemoveMovedFiles order) {
        host.directories()
                .deleteMoved(
                        vms.directory(order.old()),
                        order.vmxName(),
                        order.target().text());
    }

    static FaultException cancelled(String vmId) {
        return new FaultException(
                FaultCode.OPERATION_CANCELLED,
                vmId,
                "the move of " + vmId + " to another datastore was cancelled; its files are where they were.");
    }

    static FaultException failed(String vmId, RuntimeException e) {
        return new FaultException(
                Fault.of(
                                FaultCode.MIGRATION_FAILED,
                                "the move of " + vmId + " to another datastore failed; its files are where they were.")
                        .about(vmId)
                        .withContext(e.toString()),
                e);
    }
}
