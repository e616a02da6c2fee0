package dev.sternpost.agent.operation;

import dev.sternpost.agent.engine.RunState;
import dev.sternpost.agent.engine.RunningVm;
import dev.sternpost.agent.ledger.LedgerState;
import dev.sternpost.agent.ledger.MigrationMark;
import dev.sternpost.agent.ledger.MoveMark;
import dev.sternpost.agent.ledger.VmRecord;
import dev.sternpost.agent.vmdirectory.LockHolder;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends a migration at its source: either the guest stays here, or it has gone for good. */
final class SourceSettlement {

    private static final Logger log = LoggerFactory.getLogger(SourceSettlement.class);

    private static final int TAKE_BACK_TRIES_MAX = 600;
    private static final int TRIES_BEFORE_PAUSE = 3;
    private static final long TAKE_BACK_PAUSE_MILLIS = 500;

    private final HostKit host;
    private final Vms vms;

    SourceSettlement(HostKit host, Vms vms) {
        this.host = host;
        this.vms = vms;
    }

    /** Cancels in the engine and lets the guest stay, taking the turn itself. */
    void giveUp(SourceSession session, FaultException why) {
        session.cancel();
        try {
            session.source().cancel();
        } catch (FaultException e) {
            log.info("{}: nothing to cancel any more: {}", session.vmId(), e.getMessage());
        }
        vms.inTurn(session.vmId(), () -> {
            stay(session, why);
            return true;
        });
    }

    /**
     * The guest stays: takes the lock back if it was handed over, makes sure that the guest runs, forgets the migration.
     * Called in the virtual machine's turn, when the engine's part has ended. Repeating it is harmless.
     */
    void stay(SourceSession session, FaultException why) {
        if (!session.finish()) {
            return;
        }
        session.outbound().cut("the migration ended");
        VmEntry entry = vms.entry(session.vmId());
        entry.outgoing(null);
        try {
            VmRecord record = vms.find(session.vmId()).orElse(null);
            if (record != null && record.state() == LedgerState.ON) {
                stayOn(record, session.running());
            }
        } finally {
            session.converged().completeExceptionally(why);
            vms.report(session.vmId());
        }
    }

    /** As {@link #stay}, for a virtual machine of which only the ledger knows that it was being migrated. */
    void stayOn(VmRecord record, RunningVm running) {
        takeBack(record, running);
        try {
            running.probe().stop();
            if (running.state() == RunState.PAUSED) {
                running.resume();
            }
        } catch (FaultException e) {
            log.info("{}: {}", record.vmId(), e.getMessage());
        }
        if (record.travel() != null) {
            endDisks(running);
        }
        host.ledger().put(record.withMigration(null));
        vms.note(record, "live migration ended, the guest stays here");
    }

    /**
     * The guest has gone: its process here must never run again.
     *
     * @param next whom the lock names now
     */
    VmRecord handedOver(VmRecord record, MigrationMark mark) {
        VmRecord gone = record.withState(LedgerState.HANDED_OVER).withMigration(mark);
        host.ledger().put(gone);
        host.keeper().left(record.vmId());
        vms.entry(record.vmId()).outgoing(null);
        vms.note(gone, "handed over to " + mark.peerHostId() + " with generation " + mark.nextGeneration());
        return gone;
    }

    /**
     * Makes the lock name this host again. While the datastore does not let us, the guest is paused after a moment, and at
     * once when the lock names somebody else: it must not run without the lock. The target cannot have let it run, since
     * nobody told it to.
     */
    private void takeBack(VmRecord record, RunningVm running) {
        MigrationMark mark = record.migration();
        if (mark == null || mark.nextGeneration() == 0) {
            return; // The switch-over was never allowed, so the lock was never given away.
        }
        MoveMark travel = record.travel();
        LockHolder target = new LockHolder(mark.peerHostId(), 0, mark.nextGeneration(), mark.migrationId());
        LockHolder self = vms.self(record.generation());
        for (int attempt = 1; ; attempt++) {
            try {
                if (travel == null) {
                    vms.lock(record).takeBack(target, self);
                } else {
                    vms.lock(record).comeBack(StorageSettlement.target(travel).text(), self);
                }
                return;
            } catch (FaultException e) {
                boolean somebodyElses = e.code() == FaultCode.VM_LOCKED || e.code() == FaultCode.STALE_GENERATION;
                if (somebodyElses || attempt == TAKE_BACK_TRIES_MAX) {
                    log.error("{}: paused, since its lock is not this host's", record.vmId(), e);
                    pause(running);
                    throw e;
                }
                if (attempt == TRIES_BEFORE_PAUSE) {
                    log.error("{}: paused, since its lock cannot be taken back", record.vmId(), e);
                    pause(running);
                }
            }
            try {
                TimeUnit.MILLISECONDS.sleep(TAKE_BACK_PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new FaultException(
                        Fault.of(
                                        FaultCode.OPERATION_CANCELLED,
                                        "the agent is ending; the next one takes the lock back.")
                                .about(record.vmId()),
                        e);
            }
        }
    }

    private static void endDisks(RunningVm running) {
        try {
            running.diskSender().cancel();
        } catch (FaultException e) {
            log.warn("{}: sending its disks is not ended in order: {}", running.vmId(), e.getMessage());
        }
    }

    private static void pause(RunningVm running) {
        try {
            running.pause();
        } catch (FaultException e) {
            log.error("{}: cannot be paused: {}", running.vmId(), e.getMessage());
        }
    }
}
