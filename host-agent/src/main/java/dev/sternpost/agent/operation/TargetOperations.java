package dev.sternpost.agent.operation;

import dev.sternpost.agent.engine.EngineListener;
import dev.sternpost.agent.engine.LaunchMode;
import dev.sternpost.agent.engine.MigrationTarget.RunInstant;
import dev.sternpost.agent.engine.RunState;
import dev.sternpost.agent.engine.RunningVm;
import dev.sternpost.agent.engine.VmLaunch;
import dev.sternpost.agent.ledger.ActivationRecord;
import dev.sternpost.agent.ledger.LedgerState;
import dev.sternpost.agent.ledger.MigrationMark;
import dev.sternpost.agent.ledger.VmRecord;
import dev.sternpost.agent.operation.Operation.AbortIncoming;
import dev.sternpost.agent.operation.Operation.ActivateIncoming;
import dev.sternpost.agent.operation.Operation.PrepareIncoming;
import dev.sternpost.agent.relay.Go;
import dev.sternpost.agent.relay.GoAnswer;
import dev.sternpost.agent.relay.Inbound;
import dev.sternpost.agent.relay.InboundOrder;
import dev.sternpost.agent.vmdirectory.DiskShape;
import dev.sternpost.agent.vmdirectory.LockHolder;
import dev.sternpost.agent.vmdirectory.StoredVm;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Live migration at its target. The shadow VM holds no lock and does not run. It runs when, and only when, the lock names
 * this host with the migration's next generation and either the source's agent or the server says that the source has
 * stopped for good.
 */
final class TargetOperations {

    private static final Duration LOAD_TIMEOUT = Duration.ofSeconds(15);
    private static final Duration MEASURE_TIMEOUT = Duration.ofSeconds(10);

    private final HostKit host;
    private final Vms vms;
    private final EngineListener listener;
    private final Workers workers;
    private final ActivationMeter meter;
    private final Arrivals arrivals;

    TargetOperations(HostKit host, Vms vms, EngineListener listener, Workers workers, Arrivals arrivals) {
        this.arrivals = arrivals;
        this.host = host;
        this.vms = vms;
        this.listener = listener;
        this.workers = workers;
        this.meter = new ActivationMeter(host.ledger(), workers);
    }

    /** Called in the virtual machine's turn. */
    void prepare(AgentCommand command, PrepareIncoming order) {
        VmPlace place = command.place();
        if (place == null) {
            throw new FaultException(
                    FaultCode.REQUEST_INVALID, "the command lacks the directory; this is a defect of the server.");
        }
        if (arrivals.wasEnded(order.migrationId())) {
            throw SourceOperations.cancelled(command.vmId());
        }
        Optional<VmRecord> known = host.ledger().vm(command.vmId());
        known.ifPresent(record -> vms.checkGeneration(command, record));
        VmEntry entry = vms.entry(command.vmId());
        if (entry.incoming()
                .filter(session -> session.migrationId().equals(order.migrationId()))
                .isPresent()) {
            return;
        }
        StoredVm stored;
        VmRecord record;
        if (order.withFiles()) {
            record = known.filter(awaited -> ArrivalOperations.isAwaited(awaited, order.migrationId()))
                    .orElseThrow(() -> filesMissing(command.vmId()));
            stored = arrivals.home(record).makeImages(order.provisioning());
        } else {
            known.ifPresent(occupant -> refuseOccupied(occupant, order));
            stored = host.directories().read(vms.directory(place), order.vmxName());
            record = VmRecord.off(
                            command.vmId(),
                            command.generation(),
                            place.datastoreUuid(),
                            place.directory(),
                            stored.vmxName())
                    .withState(LedgerState.INCOMING)
                    .withMigration(new MigrationMark(
                            order.migrationId(),
                            MigrationMark.Role.TARGET,
                            order.sourceHostId(),
                            order.nextGeneration()));
        }
        host.engine().clear(command.vmId()); // What an earlier try may have left.
        host.ledger().put(record);
        try {
            RunningVm shadow = startShadow(stored, command.generation(), order);
            entry.runs(shadow);
            entry.incoming(new TargetSession(order.migrationId(), shadow, receive(command.vmId(), shadow, order)));
        } catch (RuntimeException e) {
            // Nothing half-made: without a shadow VM there is nothing to answer for.
            entry.running().ifPresent(RunningVm::powerOff);
            forget(record);
            throw e;
        }
    }

    private FaultException filesMissing(String vmId) {
        return new FaultException(
                FaultCode.MIGRATION_FAILED,
                vmId,
                "the files of " + vmId + " have not come to " + host.hostId() + "; migrate it again.");
    }

    private void refuseOccupied(VmRecord record, PrepareIncoming order) {
        switch (record.state()) {
            case GONE, OFF, SUSPENDED -> {
                // Off here under an older generation: the server has moved it since.
            }
            case INCOMING -> {
                // An earlier migration that nobody aborted; its shadow VM makes way unless it holds the guest.
                abortShadow(record);
            }
            case ON, STARTING, STOPPING, HANDED_OVER ->
                throw new FaultException(
                        FaultCode.VM_RUNNING,
                        record.vmId(),
                        record.vmId() + " is on " + host.hostId() + " already; migration " + order.migrationId()
                                + " cannot bring it there.");
        }
    }

    private RunningVm startShadow(StoredVm stored, long generation, PrepareIncoming order) {
        return host.engine()
                .start(
                        new VmLaunch(
                                stored.shape(),
                                stored.directory(),
                                stored.vmxName(),
                                generation,
                                new LaunchMode.Incoming(order.migrationId())),
                        listener);
    }

    private Inbound receive(String vmId, RunningVm shadow, PrepareIncoming order) {
        Path socket = shadow.socketDirectory().resolve("in.sock");
        shadow.migrationTarget().listen(socket);
        Path disks = order.withFiles() ? shadow.socketDirectory().resolve("disks-in.sock") : null;
        if (disks != null) {
            shadow.migrationTarget()
                    .receiveDisks(
                            disks,
                            shadow.launch().shape().disks().stream()
                                    .map(DiskShape::label)
                                    .toList());
        }
        return host.relay()
                .expect(new InboundOrder(
                        order.migrationId(),
                        order.ticket(),
                        order.sourceHostId(),
                        socket,
                        go -> workers.visit(() -> released(vmId, order.migrationId(), go))
                                .orElseGet(() -> new GoAnswer(false, "the agent is ending")),
                        disks));
    }

    /** The source's agent says that the guest may run here. */
    private GoAnswer released(String vmId, String migrationId, Go go) {
        return vms.inTurn(vmId, () -> {
            VmRecord record = vms.require(vmId);
            TargetSession session = vms.entry(vmId)
                    .incoming()
                    .filter(candidate -> candidate.migrationId().equals(migrationId))
                    .orElse(null);
            MigrationMark mark = record.migration();
            if (session == null || mark == null || mark.nextGeneration() != go.nextGeneration()) {
                return new GoAnswer(false, "this host does not wait for that");
            }
            letRun(session, record, go);
            return new GoAnswer(true, "");
        });
    }

    /** Makes sure that the guest runs; waits outside the turn for the pause to be measured. */
    Payload activate(AgentCommand command, ActivateIncoming order) {
        Optional<TargetSession> session = vms.inTurn(command.vmId(), () -> ensureRuns(command, order));
        return session.map(TargetOperations::measured)
                .orElseGet(() -> answer(vms.require(command.vmId()), vms.entry(command.vmId())));
    }

    /** The session whose measurement is to be waited for; empty when the result is in the ledger. */
    private Optional<TargetSession> ensureRuns(AgentCommand command, ActivateIncoming order) {
        VmRecord record = vms.require(command.vmId());
        Optional<TargetSession> session = vms.entry(command.vmId())
                .incoming()
                .filter(candidate -> candidate.migrationId().equals(order.migrationId()));
        if (isActivated(record, order.migrationId())) {
            return Optional.empty();
        }
        if (record.state() == LedgerState.ON && session.isPresent()) {
            return session;
        }
        if (session.isEmpty() || record.state() != LedgerState.INCOMING) {
            throw memoryLost(record, order.migrationId());
        }
        letRun(session.get(), record, null);
        return session;
    }

    /** The source has stopped for good and the shadow VM is gone: what is left are the disks, and they are ours. */
    private FaultException memoryLost(VmRecord record, String migrationId) {
        MigrationMark mark = record.migration();
        if (record.state() == LedgerState.INCOMING
                && mark != null
                && mark.migrationId().equals(migrationId)
                && (record.travel() != null || lockNamesUs(record))) {
            if (record.travel() != null) {
                arrivals.takeUp(record);
                arrivals.settle(record);
            }
            vms.entry(record.vmId()).runsNoMore();
            if (!host.keeper().ended(record.vmId(), mark.nextGeneration(), "its memory was lost on the way")) {
                vms.lock(record).release(host.hostId());
            }
            host.ledger()
                    .put(record.withState(LedgerState.OFF)
                            .withGeneration(mark.nextGeneration())
                            .withMigration(null));
            host.ledger()
                    .appendEvent(
                            record.vmId(),
                            mark.nextGeneration(),
                            "engineDied",
                            "its shadow ended during live migration " + migrationId + ", after the source had stopped");
        }
        return new FaultException(Fault.of(
                        FaultCode.MIGRATION_FAILED,
                        "the shadow of " + record.vmId() + " on " + host.hostId()
                                + " is gone, and its memory with it; power it on to start it from its disks.")
                .about(record.vmId())
                .withContext("state " + record.state()));
    }

    private void letRun(TargetSession session, VmRecord record, @Nullable Go go) {
        MigrationMark mark = record.migration();
        if (record.state() != LedgerState.INCOMING || mark == null) {
            return; // It runs already.
        }
        Keeper.Permit permit = host.keeper().permit(record.vmId());
        if (record.travel() == null) {
            vms.lock(record).require(host.hostId(), mark.nextGeneration());
        }
        session.target().awaitLoaded(LOAD_TIMEOUT);
        if (record.travel() != null) {
            // Whoever says that the guest may run says that the source has given it away.
            arrivals.takeUp(record);
        }
        permit.check();
        RunInstant run = session.target().activate();
        VmRecord on = record.withState(LedgerState.ON)
                .withGeneration(mark.nextGeneration())
                .withMigration(null)
                .withActivation(null)
                .withBootEpochMillis(go == null ? session.running().startedEpochMillis() : go.bootEpochMillis());
        host.ledger().put(on);
        host.keeper().runs(on.vmId(), on.generation());
        meter.measure(session, on.vmId(), run, go);
        if (record.travel() != null) {
            arrivals.settle(record);
        }
        vms.note(on, "runs here after live migration " + session.migrationId() + ", generation " + on.generation());
        vms.report(on.vmId());
    }

    private static boolean isActivated(VmRecord record, String migrationId) {
        ActivationRecord activation = record.activation();
        return record.state() == LedgerState.ON
                && activation != null
                && activation.migrationId().equals(migrationId);
    }

    private static Payload.Activation answer(VmRecord record, VmEntry entry) {
        ActivationRecord activation = record.activation();
        if (activation == null) {
            throw new IllegalStateException("checked before");
        }
        boolean running =
                entry.running().filter(vm -> vm.state() == RunState.RUNNING).isPresent();
        return new Payload.Activation(running, activation.downtimeMillis(), activation.downtimeSource());
    }

    private static Payload.Activation measured(TargetSession session) {
        try {
            return session.activation().get(MEASURE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return new Payload.Activation(true, 0, "");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FaultException(FaultCode.OPERATION_CANCELLED, "the agent is ending; try again.");
        }
    }

    /** Called in the virtual machine's turn. */
    void abort(AgentCommand command, AbortIncoming order) {
        arrivals.end(order.migrationId());
        VmRecord record = vms.find(command.vmId()).orElse(null);
        if (record == null) {
            return;
        }
        boolean ours = record.state() == LedgerState.INCOMING
                ? record.migration() != null && record.migration().migrationId().equals(order.migrationId())
                : isActivated(record, order.migrationId()) || runsAfter(record, order.migrationId());
        if (!ours) {
            return; // Another migration's, or none of ours: nothing of this one is left.
        }
        if (record.state() != LedgerState.INCOMING) {
            throw new FaultException(
                    FaultCode.VM_RUNNING,
                    record.vmId(),
                    record.vmId() + " runs on " + host.hostId() + " already; the migration cannot be aborted.");
        }
        abortShadow(record);
    }

    private boolean runsAfter(VmRecord record, String migrationId) {
        return record.state() == LedgerState.ON
                && vms.entry(record.vmId())
                        .incoming()
                        .filter(session -> session.migrationId().equals(migrationId))
                        .isPresent();
    }

    private void abortShadow(VmRecord record) {
        VmEntry entry = vms.entry(record.vmId());
        boolean loaded = entry.running()
                .filter(shadow -> shadow.state() == RunState.LOADED)
                .isPresent();
        if (loaded && lockNamesUs(record)) {
            throw new FaultException(
                    FaultCode.MIGRATION_PAST_NO_RETURN,
                    record.vmId(),
                    record.vmId() + " has been handed over to " + host.hostId()
                            + " whole; activate it there instead of aborting.");
        }
        entry.incoming().flatMap(TargetSession::relay).ifPresent(relay -> relay.cut("the migration was aborted"));
        entry.running().ifPresent(RunningVm::powerOff);
        host.engine().clear(record.vmId());
        forget(record);
    }

    private boolean lockNamesUs(VmRecord record) {
        MigrationMark mark = record.migration();
        Optional<LockHolder> holder = vms.lock(record).holder();
        return mark != null
                && holder.isPresent()
                && holder.get().hostId().equals(host.hostId())
                && holder.get().generation() == mark.nextGeneration();
    }

    /** Drops a shadow VM that has ended; the virtual machine is the source's. */
    void forget(VmRecord record) {
        VmEntry entry = vms.entry(record.vmId());
        entry.incoming().flatMap(TargetSession::relay).ifPresent(relay -> relay.cut("the shadow VM ended"));
        entry.incoming(null);
        entry.runsNoMore();
        if (record.travel() != null) {
            arrivals.discard(record);
        }
        host.ledger().put(record.withState(LedgerState.GONE).withMigration(null));
    }
}
