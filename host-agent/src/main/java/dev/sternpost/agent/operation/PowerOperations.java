package dev.sternpost.agent.operation;

import dev.sternpost.agent.engine.EngineFacts;
import dev.sternpost.agent.engine.EngineListener;
import dev.sternpost.agent.engine.GuestAgent;
import dev.sternpost.agent.engine.LaunchMode;
import dev.sternpost.agent.engine.RunningVm;
import dev.sternpost.agent.engine.VmLaunch;
import dev.sternpost.agent.ledger.LedgerState;
import dev.sternpost.agent.ledger.VmRecord;
import dev.sternpost.agent.operation.Operation.ShutdownVm;
import dev.sternpost.agent.vmdirectory.StoredVm;
import dev.sternpost.agent.vmdirectory.VmHardware;
import dev.sternpost.agent.vmdirectory.VmShape;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Power on, off, shut down, reset, suspend. Each is written so that it may be repeated after a crash at any point: the
 * ledger is told first what is about to happen, then what has.
 */
final class PowerOperations {

    private static final Logger log = LoggerFactory.getLogger(PowerOperations.class);

    static final Duration SUSPEND_TIMEOUT = Duration.ofMinutes(10);
    private static final Duration GUEST_AGENT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration SHUTDOWN_TIMEOUT_DEFAULT = Duration.ofSeconds(60);
    private static final Duration SHUTDOWN_TIMEOUT_MAX = Duration.ofMinutes(30);

    private final HostKit host;
    private final Vms vms;
    private final EngineListener listener;

    PowerOperations(HostKit host, Vms vms, EngineListener listener) {
        this.host = host;
        this.vms = vms;
        this.listener = listener;
    }

    /** @param cpuModel CPU that a guest that boots is given; empty for this host's choice */
    void powerOn(AgentCommand command, String cpuModel) {
        VmRecord record = vms.acceptAlone(command);
        VmEntry entry = vms.entry(record.vmId());
        if (record.state() == LedgerState.ON && entry.running().isPresent()) {
            return;
        }
        if (record.state() == LedgerState.INCOMING || record.state() == LedgerState.HANDED_OVER) {
            throw vms.wrongState(record, "cannot be powered on");
        }
        refuseLivingProcess(record);
        Keeper.Permit permit = host.keeper().permit(record.vmId());
        StoredVm stored = host.directories().read(vms.directory(record), record.vmxName());
        // The lock before the ledger's word that we are starting: a refused lock must leave the state as it was.
        vms.lock(record).take(vms.self(record.generation()));
        host.ledger().put(record.withState(LedgerState.STARTING));
        // Listed from now on, not when its memory is back: a lock without a list looks as if its host had forgotten it.
        host.keeper().runs(record.vmId(), record.generation());
        RunningVm running = start(record, stored, cpuModel, permit);
        entry.runs(running);
        recordOn(record, running);
        vms.note(record, "powered on, generation " + record.generation());
    }

    /**
     * Starts a virtual machine whose lock is this host's already, in the virtual machine's turn.
     *
     * @param permit asked just before the guest is let run
     */
    void startAgain(VmRecord record, Keeper.Permit permit) {
        vms.lock(record).require(host.hostId(), record.generation());
        StoredVm stored = host.directories().read(vms.directory(record), record.vmxName());
        host.ledger().put(record.withState(LedgerState.STARTING));
        // Nobody is there to say which CPU it is to have: it keeps the one it was powered on with.
        RunningVm running = launch(record, stored, stored.shape().hardware().cpuModel(), permit);
        vms.entry(record.vmId()).runs(running);
        try {
            host.ledger().put(record.withState(LedgerState.ON).withBootEpochMillis(running.startedEpochMillis()));
        } catch (RuntimeException e) {
            vms.entry(record.vmId()).runsNoMore();
            running.powerOff();
            host.ledger().put(record.withState(vms.stateAtRest(record)));
            throw e;
        }
        discardMemory(record);
        vms.note(record, "started again by high availability, generation " + record.generation());
    }

    /** A guest that goes on from its saved memory finds the machine it knew; one that boots gets what this host has to offer. */
    private StoredVm withHardware(VmRecord record, StoredVm stored, String cpuModel) {
        boolean goesOn = Files.exists(vms.suspendFile(record))
                && stored.shape().hardware().isFixed();
        EngineFacts facts = host.engine().facts();
        return goesOn
                ? stored
                : host.directories()
                        .fixHardware(
                                stored,
                                new VmHardware(facts.machineType(), cpuModel.isEmpty() ? facts.cpuModel() : cpuModel));
    }

    /** A process we cannot talk to may still run the guest; a second one must not be started beside it. */
    private void refuseLivingProcess(VmRecord record) {
        boolean alive = vms.entry(record.vmId()).running().isPresent()
                || host.engine().survivors().stream()
                        .anyMatch(survivor ->
                                survivor.alive() && survivor.launch().vmId().equals(record.vmId()));
        if (alive) {
            throw new FaultException(
                    FaultCode.HOST_ERROR,
                    record.vmId(),
                    "a process of " + record.vmId() + " is still alive on " + host.hostId()
                            + " but does not obey; power the virtual machine off, then on again.");
        }
    }

    private RunningVm start(VmRecord record, StoredVm stored, String cpuModel, Keeper.Permit permit) {
        try {
            return launch(record, stored, cpuModel, permit);
        } catch (RuntimeException e) {
            // Whatever it was, the engine has left no process, so nobody needs the lock.
            vms.lock(record).release(host.hostId());
            host.keeper().left(record.vmId());
            throw e;
        }
    }

    private RunningVm launch(VmRecord record, StoredVm stored, String cpuModel, Keeper.Permit permit) {
        Path memory = vms.suspendFile(record);
        LaunchMode mode = Files.exists(memory) ? new LaunchMode.ResumeFromSuspend(memory) : new LaunchMode.Cold();
        try {
            VmShape shape = withHardware(record, stored, cpuModel).shape();
            return host.engine()
                    .start(
                            new VmLaunch(shape, stored.directory(), stored.vmxName(), record.generation(), mode),
                            listener,
                            permit::check);
        } catch (RuntimeException e) {
            vms.note(record, "could not be powered on: " + e.getMessage());
            host.ledger().put(record.withState(vms.stateAtRest(record)));
            throw e;
        }
    }

    private void recordOn(VmRecord record, RunningVm running) {
        try {
            host.ledger().put(record.withState(LedgerState.ON).withBootEpochMillis(running.startedEpochMillis()));
        } catch (RuntimeException e) {
            // A guest the ledger does not know of must not run on.
            vms.entry(record.vmId()).runsNoMore();
            running.powerOff();
            vms.lock(record).release(host.hostId());
            host.keeper().left(record.vmId());
            throw e;
        }
        // The guest has run on from this memory: resuming from it once more would break its disks.
        discardMemory(record);
    }

    void powerOff(AgentCommand command) {
        VmRecord record = vms.acceptAlone(command);
        VmEntry entry = vms.entry(record.vmId());
        switch (record.state()) {
            case INCOMING, HANDED_OVER -> throw vms.wrongState(record, "cannot be powered off");
            case ON, STARTING, STOPPING, OFF, SUSPENDED, GONE -> {
                if (entry.running().isPresent()) {
                    host.ledger().put(record.withState(LedgerState.STOPPING));
                }
                discardMemory(record);
                entry.running().ifPresent(RunningVm::powerOff);
                // Also a process that could not be adopted after a restart of the agent.
                host.engine().clear(record.vmId());
                rest(record, "powered off");
            }
        }
    }

    /** Asks the guest, without keeping the turn while waiting, so that somebody in a hurry can still cut the power. */
    void shutdown(AgentCommand command, ShutdownVm operation) {
        Duration timeout = operation.timeout().isZero() || operation.timeout().isNegative()
                ? SHUTDOWN_TIMEOUT_DEFAULT
                : min(operation.timeout(), SHUTDOWN_TIMEOUT_MAX);
        VmRecord record = vms.inTurn(command.vmId(), () -> {
            VmRecord accepted = vms.acceptAlone(command);
            if (accepted.state() == LedgerState.OFF) {
                vms.lock(accepted).release(host.hostId());
            } else if (accepted.state() != LedgerState.ON) {
                throw vms.wrongState(accepted, "must be powered on to shut down its guest");
            } else {
                vms.entry(accepted.vmId()).expectEnd(true);
            }
            return accepted;
        });
        if (record.state() == LedgerState.OFF) {
            return;
        }
        VmEntry entry = vms.entry(record.vmId());
        try {
            askGuest(entry, timeout);
        } catch (FaultException e) {
            // Whatever ends it from now on, nobody wanted that.
            entry.expectEnd(false);
            throw e;
        } catch (TimeoutException e) {
            entry.expectEnd(false);
            throw new FaultException(
                    FaultCode.GUEST_NOT_RESPONDING,
                    record.vmId(),
                    "the guest of " + record.vmId() + " did not shut down within " + timeout.toSeconds()
                            + " s; power it off, or look at its console.");
        }
        // The end is booked by whoever hears the engine; wait for its turn to be over.
        vms.inTurn(record.vmId(), () -> vms.require(record.vmId()));
    }

    void askGuest(VmEntry entry, Duration timeout) throws TimeoutException {
        RunningVm running =
                entry.running().orElseThrow(() -> vms.wrongState(vms.require(entry.vmId()), "has just ended"));
        GuestAgent agent = running.guestAgent();
        boolean asked = false;
        if (agent.ping(GUEST_AGENT_TIMEOUT)) {
            try {
                agent.shutdown();
                asked = true;
            } catch (FaultException e) {
                log.info("{}: the guest agent does not take the request: {}", entry.vmId(), e.getMessage());
            }
        }
        try {
            if (asked) {
                try {
                    entry.ended().get(timeout.toMillis() / 2, TimeUnit.MILLISECONDS);
                    return;
                } catch (TimeoutException e) {
                    log.info("{}: the guest agent took the request but nothing came of it", entry.vmId());
                }
            }
            running.requestShutdown();
            entry.ended().get(asked ? timeout.toMillis() / 2 : timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the end of a virtual machine never fails", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FaultException(FaultCode.OPERATION_CANCELLED, entry.vmId(), "the agent is ending; try again.");
        }
    }

    void reset(AgentCommand command) {
        VmRecord record = vms.acceptAlone(command);
        RunningVm running = vms.requireRunning(command.vmId(), "be reset");
        vms.entry(record.vmId()).expectReset();
        running.reset();
        vms.note(record, "reset");
    }

    void suspend(AgentCommand command) {
        VmRecord record = vms.acceptAlone(command);
        if (record.state() == LedgerState.SUSPENDED) {
            vms.lock(record).release(host.hostId());
            return;
        }
        RunningVm running = vms.requireRunning(command.vmId(), "be suspended");
        host.ledger().put(record.withState(LedgerState.STOPPING));
        try {
            running.suspendTo(vms.suspendFile(record), SUSPEND_TIMEOUT);
        } catch (RuntimeException e) {
            // The engine promises that the guest runs on; an engine that died meanwhile is reported as an event.
            host.ledger().put(record.withState(LedgerState.ON));
            throw e;
        }
        rest(record, "suspended");
    }

    /** Books a virtual machine whose process has ended as off or suspended, and gives up the lock. */
    void rest(VmRecord record, String what) {
        vms.entry(record.vmId()).runsNoMore();
        LedgerState state = vms.stateAtRest(record);
        vms.lock(record).release(host.hostId());
        host.ledger().put(record.withState(state).withBootEpochMillis(0).withMigration(null));
        host.keeper().left(record.vmId());
        vms.note(record, what);
    }

    /** Deletes the memory of an earlier suspend. */
    void discardMemory(VmRecord record) {
        try {
            Files.deleteIfExists(vms.suspendFile(record));
        } catch (IOException e) {
            throw new UncheckedIOException("the memory file of " + record.vmId() + " cannot be deleted", e);
        }
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
