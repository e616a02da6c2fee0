package dev.sternpost.agent.operation;

import dev.sternpost.agent.engine.EngineEvent;
import dev.sternpost.agent.engine.EngineListener;
import dev.sternpost.agent.ledger.LedgerState;
import dev.sternpost.agent.ledger.VmRecord;
import dev.sternpost.agent.vmdirectory.LockHolder;
import dev.sternpost.inventory.fault.FaultException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Books what happens to virtual machines by itself, and stores it as events for the server. */
final class EngineEvents implements EngineListener {

    private static final Logger log = LoggerFactory.getLogger(EngineEvents.class);

    private final HostKit host;
    private final Vms vms;
    private final Reporter reporter;
    private final Workers workers;

    EngineEvents(HostKit host, Vms vms, Reporter reporter, Workers workers) {
        this.host = host;
        this.vms = vms;
        this.reporter = reporter;
        this.workers = workers;
    }

    @Override
    public void happened(EngineEvent event) {
        // What comes when the agent is ending is found by the next one.
        workers.visit(() -> {
            book(event);
            return true;
        });
    }

    private void book(EngineEvent event) {
        log.info("{}: {}", event.vmId(), event);
        if (event.ended()) {
            vms.entry(event.vmId()).ended().complete(event);
            vms.inTurn(event.vmId(), () -> {
                ended(event);
                return true;
            });
        } else {
            went(event);
        }
        vms.report(event.vmId());
    }

    private void went(EngineEvent event) {
        VmRecord record = vms.find(event.vmId()).orElse(null);
        if (record == null || record.state() != LedgerState.ON) {
            return;
        }
        switch (event) {
            case EngineEvent.GuestReset _ -> {
                if (!vms.entry(event.vmId()).takeResetExpected()) {
                    store(record, "guestReset", event.detail());
                }
            }
            case EngineEvent.GuestPanicked _ -> store(record, "guestPanicked", event.detail());
            case EngineEvent.IoError _ -> {
                vms.entry(event.vmId()).disturbed(true);
                store(record, "ioError", event.detail());
            }
            case EngineEvent.Resumed _ -> {
                // Only after trouble: a resume at the end of a live migration was asked for.
                if (vms.entry(event.vmId()).disturbed(false)) {
                    store(record, "resumed", event.detail());
                }
            }
            case EngineEvent.Stopped _, EngineEvent.GuestShutdown _, EngineEvent.EngineDied _ -> {}
        }
    }

    /** Called in the virtual machine's turn. */
    private void ended(EngineEvent event) {
        VmEntry entry = vms.entry(event.vmId());
        VmRecord record = vms.find(event.vmId()).orElse(null);
        if (record == null) {
            entry.runsNoMore();
            return;
        }
        switch (record.state()) {
            case ON, STOPPING -> {
                entry.outgoing().ifPresent(session -> session.outbound().cut("the virtual machine ended"));
                boolean expected = entry.endExpected();
                boolean died = !expected && event instanceof EngineEvent.EngineDied;
                boolean keptUp = entry.lockKept()
                        || died && host.keeper().ended(record.vmId(), record.generation(), event.detail());
                atRest(record, keptUp);
                if (!expected) {
                    store(record, kind(event), event.detail());
                }
            }
            case INCOMING -> shadowEnded(record, event);
            case HANDED_OVER, OFF, SUSPENDED, STARTING, GONE -> entry.runsNoMore();
        }
    }

    private void atRest(VmRecord record, boolean keptUp) {
        vms.entry(record.vmId()).runsNoMore();
        if (!keptUp) {
            giveUpLock(record);
        }
        host.ledger()
                .put(record.withState(vms.stateAtRest(record))
                        .withBootEpochMillis(0)
                        .withMigration(null));
    }

    private void giveUpLock(VmRecord record) {
        // First, since storage may hang: who decides must not take it for lost meanwhile.
        boolean goesOn = host.keeper().off(record.vmId(), record.generation(), "shut down");
        try {
            // A live migration that had handed the lock over keeps it handed over.
            vms.lock(record).release(host.hostId());
            host.keeper().left(record.vmId());
        } catch (FaultException e) {
            if (!goesOn) {
                throw e;
            }
            log.warn("the lock of {} is removed later: {}", record.vmId(), e.getMessage());
        }
    }

    private void shadowEnded(VmRecord record, EngineEvent event) {
        VmEntry entry = vms.entry(record.vmId());
        entry.incoming().flatMap(TargetSession::relay).ifPresent(relay -> relay.cut("the shadow VM ended"));
        entry.incoming(null);
        entry.runsNoMore();
        Optional<LockHolder> holder = vms.lock(record).holder();
        boolean ours = holder.isPresent() && holder.get().hostId().equals(host.hostId());
        // Files that came along are the server's to decide about: the source may have given them away already.
        if (!ours && record.travel() == null) {
            host.ledger().put(record.withState(LedgerState.GONE).withMigration(null));
        }
        // With the lock it stays INCOMING without a process: the source either takes the lock back, or has stopped, and
        // then the server learns from ActivateIncoming that the guest has to be started from its disks.
        log.info("{}: the shadow VM ended: {}", record.vmId(), event.detail());
    }

    private void store(VmRecord record, String kind, String detail) {
        vms.note(record, kind + ": " + detail);
        host.ledger().appendEvent(record.vmId(), record.generation(), kind, detail);
        reporter.happened();
    }

    private static String kind(EngineEvent event) {
        return event instanceof EngineEvent.GuestShutdown ? "guestShutdown" : "engineDied";
    }
}
