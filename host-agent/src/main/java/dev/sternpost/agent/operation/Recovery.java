package dev.sternpost.agent.operation;

import dev.sternpost.agent.datastore.Datastore;
import dev.sternpost.agent.engine.EngineListener;
import dev.sternpost.agent.engine.MigrationPhase;
import dev.sternpost.agent.engine.RunState;
import dev.sternpost.agent.engine.RunningVm;
import dev.sternpost.agent.engine.Survivor;
import dev.sternpost.agent.ledger.LedgerState;
import dev.sternpost.agent.ledger.MigrationMark;
import dev.sternpost.agent.ledger.MoveMark;
import dev.sternpost.agent.ledger.VmRecord;
import dev.sternpost.agent.vmdirectory.LockHolder;
import dev.sternpost.inventory.fault.FaultException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes up what an earlier run of the agent left: adopts the processes that live, books those that do not, brings
 * operations that were under way to one of their two ends, and sweeps what belongs to nobody. Runs once, before the first
 * command.
 */
final class Recovery {

    private static final Logger log = LoggerFactory.getLogger(Recovery.class);

    private static final int DECISION_POLLS_MAX = 600;
    private static final long DECISION_POLL_MILLIS = 50;

    private final HostKit host;
    private final Vms vms;
    private final EngineListener listener;
    private final PowerOperations power;
    private final TargetOperations target;
    private final SourceSettlement settlement;
    private final StorageSettlement storage;
    private final Arrivals arrivals;
    private final DepartureOperations departures;

    Recovery(
            HostKit host,
            Vms vms,
            EngineListener listener,
            PowerOperations power,
            TargetOperations target,
            Settlements settlements) {
        this.host = host;
        this.vms = vms;
        this.listener = listener;
        this.power = power;
        this.target = target;
        this.settlement = settlements.source();
        this.storage = settlements.storage();
        this.arrivals = settlements.arrivals();
        this.departures = settlements.departures();
    }

    void run() {
        Map<String, Survivor> survivors = new HashMap<>();
        host.engine()
                .survivors()
                .forEach(survivor -> survivors.put(survivor.launch().vmId(), survivor));
        for (VmRecord record : host.ledger().vms()) {
            Survivor survivor = survivors.remove(record.vmId());
            vms.inTurn(record.vmId(), () -> {
                recover(record, survivor != null && survivor.alive());
                return true;
            });
        }
        survivors.keySet().forEach(this::clearStranger);
        host.engine().sweep();
        for (Datastore datastore : host.datastores().all()) {
            if (datastore.facts().accessible()) {
                host.directories().sweep(datastore.root());
            }
        }
    }

    /** One that cannot be taken up keeps its record and its process; the others are taken up all the same. */
    private void recover(VmRecord found, boolean alive) {
        try {
            // Its directory first: where its lock lies depends on whether it has moved.
            VmRecord record = storage.locate(found);
            switch (record.state()) {
                case OFF, SUSPENDED -> {
                    host.engine().clear(record.vmId());
                    if (record.travel() != null) {
                        departures.settle(record);
                        return;
                    }
                    // One that ended by itself and is kept up still has its lock, which is high availability's to see
                    // to.
                    if (record.state() == LedgerState.SUSPENDED
                            || !host.keeper().keeps(record.vmId())) {
                        vms.lock(record).release(host.hostId());
                    }
                }
                case STARTING -> recoverStarting(record, alive);
                case STOPPING -> recoverStopping(record, alive);
                case ON -> recoverOn(record, alive);
                case INCOMING -> recoverIncoming(record);
                case HANDED_OVER -> adopt(record);
                case GONE -> {}
            }
            storage.settle(found);
        } catch (FaultException e) {
            log.error("{}: cannot be taken up ({}); left as it is", found.vmId(), found.state(), e);
        }
    }

    private Optional<RunningVm> adopt(VmRecord record) {
        Optional<RunningVm> adopted = host.engine().adopt(record.vmId(), listener);
        adopted.ifPresent(running -> vms.entry(record.vmId()).runs(running));
        return adopted;
    }

    private void recoverStarting(VmRecord record, boolean alive) {
        if (host.keeper().keeps(record.vmId())) {
            // Whether the lease was good all the time from the order until now is not known any more.
            power.discardMemory(record);
            host.engine().clear(record.vmId());
            ended(record, "its start was cut short by the end of the agent");
            return;
        }
        if (!alive) {
            // The guest may have run on from its saved memory for a moment, so that memory is no longer its disks'
            // match.
            power.discardMemory(record);
            host.engine().clear(record.vmId());
            power.rest(record, "its start was cut short by the end of the agent");
            return;
        }
        RunningVm running = adopt(record).orElseThrow(() -> new IllegalStateException("just seen alive"));
        vms.lock(record).require(host.hostId(), record.generation());
        host.ledger().put(record.withState(LedgerState.ON).withBootEpochMillis(running.startedEpochMillis()));
        power.discardMemory(record);
        running.resume();
        vms.note(record, "its start was taken up by a new agent");
    }

    private void recoverStopping(VmRecord record, boolean alive) {
        Optional<RunningVm> running = alive ? adopt(record) : Optional.empty();
        if (running.isEmpty()) {
            host.engine().clear(record.vmId());
            power.rest(record, "stopped");
            return;
        }
        if (vms.stateAtRest(record) == LedgerState.SUSPENDED) {
            // While it ran there was no such file, so all of its memory was saved and it only has to go.
            running.get().powerOff();
            power.rest(record, "suspended");
            return;
        }
        // The command that wanted it stopped comes again if it is still wanted.
        host.ledger().put(record.withState(LedgerState.ON));
        if (running.get().state() == RunState.PAUSED) {
            running.get().resume();
        }
    }

    private void recoverOn(VmRecord record, boolean alive) {
        MigrationMark mark = record.migration();
        Optional<RunningVm> running = alive ? adopt(record) : Optional.empty();
        if (running.isEmpty()) {
            host.engine().clear(record.vmId());
            if (mark != null && (hasLeft(record) || lockNames(record, mark.peerHostId(), mark.nextGeneration()))) {
                // Stopped for good after the hand-over: the target has the guest, if it has all of it.
                settlement.handedOver(record, mark);
                return;
            }
            power.discardMemory(record);
            ended(record, "was found ended when the agent started");
            host.ledger()
                    .appendEvent(
                            record.vmId(), record.generation(), "engineDied", "it ended while no agent was watching");
            return;
        }
        power.discardMemory(record);
        if (mark != null) {
            recoverSource(record, mark, running.get());
        }
    }

    private boolean hasLeft(VmRecord record) {
        MoveMark travel = record.travel();
        return travel != null && storage.hasMoved(record, travel);
    }

    /** At rest though nobody wanted that: what is kept up keeps its lock. */
    private void ended(VmRecord record, String what) {
        if (!host.keeper().ended(record.vmId(), record.generation(), what)) {
            power.rest(record, what);
            return;
        }
        vms.entry(record.vmId()).runsNoMore();
        host.ledger()
                .put(record.withState(LedgerState.OFF).withBootEpochMillis(0).withMigration(null));
        vms.note(record, what);
    }

    private void recoverSource(VmRecord record, MigrationMark mark, RunningVm running) {
        MigrationPhase phase = awaitDecision(running);
        log.info("{}: migration {} is found {}", record.vmId(), mark.migrationId(), phase);
        if (phase == MigrationPhase.COMPLETED || running.state() == RunState.MIGRATED_AWAY) {
            settlement.handedOver(record, mark);
            return;
        }
        // Before the guest is let go on: nobody but us could have told the target to run, and we did not.
        settlement.stayOn(record, running);
    }

    /** The stream died with the old agent, so the engine comes to a decision by itself or when told to give up. */
    private static MigrationPhase awaitDecision(RunningVm running) {
        MigrationPhase phase = running.migrationSource().progress().phase();
        for (int poll = 0; poll < DECISION_POLLS_MAX && !phase.ended(); poll++) {
            if (phase != MigrationPhase.DEVICE) {
                running.migrationSource().cancel();
            }
            try {
                TimeUnit.MILLISECONDS.sleep(DECISION_POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return phase;
            }
            phase = running.migrationSource().progress().phase();
        }
        return phase;
    }

    private void recoverIncoming(VmRecord record) {
        MigrationMark mark = record.migration();
        Optional<RunningVm> shadow = adopt(record);
        boolean ours = mark != null && lockNames(record, host.hostId(), mark.nextGeneration());
        RunState state = shadow.map(RunningVm::state).orElse(RunState.ENDED);
        if (mark != null && ours && state == RunState.RUNNING) {
            // It was let run, and the agent died before it could say so.
            host.ledger()
                    .put(record.withState(LedgerState.ON)
                            .withGeneration(mark.nextGeneration())
                            .withMigration(null)
                            .withBootEpochMillis(shadow.orElseThrow().startedEpochMillis()));
            if (record.travel() != null) {
                arrivals.settle(record);
            }
            return;
        }
        // Of one that comes with its files only the server knows whose it is, so they stay in any case.
        boolean held = ours || record.travel() != null;
        if (mark != null && held && shadow.isPresent() && state == RunState.LOADED) {
            // Whole and ours, but only the server knows whether the source has stopped for good.
            vms.entry(record.vmId()).incoming(new TargetSession(mark.migrationId(), shadow.get(), null));
            return;
        }
        if (held) {
            // What it had of the guest is lost with the stream. The source takes the lock back, or the server comes.
            shadow.ifPresent(RunningVm::powerOff);
            vms.entry(record.vmId()).runsNoMore();
            return;
        }
        shadow.ifPresent(RunningVm::powerOff);
        host.engine().clear(record.vmId());
        target.forget(record);
    }

    private boolean lockNames(VmRecord record, String hostId, long generation) {
        Optional<LockHolder> holder = vms.lock(record).holder();
        return holder.isPresent()
                && holder.get().hostId().equals(hostId)
                && holder.get().generation() == generation;
    }

    private void clearStranger(String vmId) {
        log.warn("{}: its process is not in the ledger and is ended", vmId);
        host.engine().clear(vmId);
    }
}
