package dev.sternpost.agent.operation;

import dev.sternpost.agent.engine.MigrationConduct;
import dev.sternpost.agent.engine.MigrationPhase;
import dev.sternpost.agent.engine.MigrationProgress;
import dev.sternpost.agent.engine.RunningVm;
import dev.sternpost.agent.ledger.LedgerState;
import dev.sternpost.agent.ledger.MigrationMark;
import dev.sternpost.agent.ledger.MoveMark;
import dev.sternpost.agent.ledger.VmRecord;
import dev.sternpost.agent.operation.Operation.ReleaseSource;
import dev.sternpost.agent.operation.Operation.StartMigration;
import dev.sternpost.agent.relay.Outbound;
import dev.sternpost.agent.relay.OutboundOrder;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;

/** Live migration at its source: begin, cancel, release. The switch-over is {@link SwitchOverOperation}'s. */
final class SourceOperations {

    /** How often the guest ticks while it is migrated, for the pause to be measured. */
    static final int TICK_MILLIS = 5;

    private final HostKit host;
    private final Vms vms;
    private final Reporter reporter;
    private final SourceSettlement settlement;
    private final Workers workers;
    private final EndedMigrations ended = new EndedMigrations();

    SourceOperations(HostKit host, Vms vms, Reporter reporter, SourceSettlement settlement, Workers workers) {
        this.host = host;
        this.vms = vms;
        this.reporter = reporter;
        this.settlement = settlement;
        this.workers = workers;
    }

    /** Returns when the guest, still running, may be stopped. */
    Payload start(AgentCommand command, StartMigration order) {
        SourceSession session = vms.inTurn(command.vmId(), () -> begin(command, order));
        try {
            return new Payload.Migration(session.converged().get());
        } catch (ExecutionException e) {
            throw e.getCause() instanceof FaultException fault
                    ? fault
                    : new IllegalStateException("a migration ends with a fault or not at all", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FaultException(FaultCode.OPERATION_CANCELLED, command.vmId(), "the agent is ending; try again.");
        }
    }

    private SourceSession begin(AgentCommand command, StartMigration order) {
        VmEntry entry = vms.entry(command.vmId());
        SourceSession current = entry.outgoing().orElse(null);
        if (current != null && current.order().migrationId().equals(order.migrationId())) {
            return current;
        }
        VmRecord record = vms.acceptAlone(command);
        RunningVm running = vms.requireRunning(command.vmId(), "be migrated");
        if (ended.contains(order.migrationId())) {
            throw cancelled(record.vmId());
        }
        // Says under which generation the guest runs now, and that it is still ours.
        vms.lock(record).take(vms.self(record.generation()));
        VmPlace filesTo = order.filesTo();
        host.ledger()
                .put(record.withMigration(new MigrationMark(
                                order.migrationId(), MigrationMark.Role.SOURCE, order.targetHostId(), 0))
                        .withMove(
                                filesTo == null
                                        ? null
                                        : new MoveMark(
                                                order.migrationId(), filesTo.datastoreUuid(), filesTo.directory())));
        Outbound outbound = null;
        try {
            outbound = host.relay().connect(relayOrder(order, running));
            if (filesTo == null) {
                startMemory(order, running);
            } else {
                startDisks(order, running, outbound);
            }
        } catch (RuntimeException e) {
            // Whatever it was, the guest runs on here as if nothing had been.
            if (outbound != null) {
                outbound.cut("the migration could not begin");
            }
            running.probe().stop();
            host.ledger().put(record.withMigration(null));
            throw e;
        }
        SourceSession session =
                new SourceSession(command.commandId(), record.vmId(), record.generation(), order, running, outbound);
        entry.outgoing(session);
        vms.note(record, "live migration " + order.migrationId() + " to " + order.targetHostId() + " began");
        SourceDriver driver = new SourceDriver(
                session, reporter, settlement, () -> vms.inTurn(session.vmId(), () -> startMemory(session)));
        workers.start("migrate-" + record.vmId(), driver::run);
        return session;
    }

    private void startDisks(StartMigration order, RunningVm running, Outbound outbound) {
        Path socket = running.socketDirectory().resolve("disks-out.sock");
        int disks = running.launch().shape().disks().size();
        host.relay().connectDisks(outbound, relayOrder(order, running), socket, disks);
        running.diskSender().start(socket, order.bandwidthBytesPerSecondMax());
    }

    private static void startMemory(StartMigration order, RunningVm running) {
        running.probe().start(TICK_MILLIS);
        running.migrationSource()
                .start(
                        relayOrder(order, running).streamSocket(),
                        order.bandwidthBytesPerSecondMax(),
                        order.limits().pagesMillis());
    }

    /** In the virtual machine's turn; false when the migration has ended or is about to. */
    private static boolean startMemory(SourceSession session) {
        if (session.stage() != SourceSession.Stage.COPYING || session.cancelled()) {
            return false;
        }
        startMemory(session.order(), session.running());
        return true;
    }

    private static OutboundOrder relayOrder(StartMigration order, RunningVm running) {
        long limit = order.bandwidthBytesPerSecondMax();
        return new OutboundOrder(
                order.migrationId(),
                order.ticket(),
                order.targetHostId(),
                order.targetRelay(),
                running.socketDirectory().resolve("out.sock"),
                // A little above the engine's own limit, which counts guest pages and not the bytes around them.
                limit + limit / 8);
    }

    void cancel(AgentCommand command, String migrationId) {
        ended.add(migrationId);
        SourceSession session = vms.entry(command.vmId())
                .outgoing()
                .filter(candidate -> candidate.order().migrationId().equals(migrationId))
                .orElse(null);
        if (session == null) {
            refusePassed(command.vmId(), migrationId);
            return;
        }
        if (!session.cancel()) {
            throw pastNoReturn(command.vmId());
        }
        session.source().cancel();
        vms.inTurn(command.vmId(), () -> {
            settlement.stay(session, cancelled(command.vmId()));
            return true;
        });
    }

    private void refusePassed(String vmId, String migrationId) {
        VmRecord record = host.ledger().vm(vmId).orElse(null);
        MigrationMark mark = record == null ? null : record.migration();
        if (record != null
                && record.state() == LedgerState.HANDED_OVER
                && mark != null
                && mark.migrationId().equals(migrationId)) {
            throw pastNoReturn(vmId);
        }
    }

    void release(AgentCommand command, ReleaseSource order) {
        VmRecord record = vms.find(command.vmId()).orElse(null);
        if (record == null) {
            return;
        }
        MigrationMark mark = record.migration();
        if (record.state() != LedgerState.HANDED_OVER
                || mark == null
                || !mark.migrationId().equals(order.migrationId())) {
            throw new FaultException(
                    FaultCode.VM_RUNNING,
                    record.vmId(),
                    record.vmId() + " was not handed over by migration " + order.migrationId()
                            + ", so it stays; look at where it runs.");
        }
        vms.entry(record.vmId()).running().ifPresent(RunningVm::powerOff);
        host.engine().clear(record.vmId());
        vms.entry(record.vmId()).runsNoMore();
        host.ledger()
                .put(record.withState(LedgerState.GONE)
                        .withGeneration(Math.max(record.generation(), mark.nextGeneration()))
                        .withBootEpochMillis(0)
                        .withMigration(null));
    }

    static MigrationProgress finished(MigrationPhase phase) {
        return new MigrationProgress(phase, List.of(), 0, 0, 0, true, 0, 0, 0, "", MigrationConduct.NONE);
    }

    static FaultException cancelled(String vmId) {
        return new FaultException(
                FaultCode.OPERATION_CANCELLED,
                vmId,
                "the live migration of " + vmId + " was cancelled; the guest runs on where it was.");
    }

    private static FaultException pastNoReturn(String vmId) {
        return new FaultException(
                FaultCode.MIGRATION_PAST_NO_RETURN,
                vmId,
                "ownership of " + vmId + " has been handed to the target; wait for the migration to end.");
    }
}
