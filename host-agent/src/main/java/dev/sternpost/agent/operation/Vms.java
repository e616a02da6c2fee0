package dev.sternpost.agent.operation;

import dev.sternpost.agent.engine.RunState;
import dev.sternpost.agent.engine.RunningVm;
import dev.sternpost.agent.ledger.LedgerState;
import dev.sternpost.agent.ledger.VmRecord;
import dev.sternpost.agent.vmdirectory.LockHolder;
import dev.sternpost.agent.vmdirectory.VmHardware;
import dev.sternpost.agent.vmdirectory.VmLock;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The virtual machines of this host: ledger, engine and lock file seen together. */
final class Vms {

    private static final Logger log = LoggerFactory.getLogger(Vms.class);

    /** A virtual machine moves again only when what it left is gone, so this is generous. */
    private static final int MOVES_FOLLOWED_MAX = 4;

    private final HostKit host;
    private final Reporter reporter;
    private final Map<String, VmEntry> entries = new ConcurrentHashMap<>();

    Vms(HostKit host, Reporter reporter) {
        this.host = host;
        this.reporter = reporter;
    }

    VmEntry entry(String vmId) {
        return entries.computeIfAbsent(vmId, VmEntry::new);
    }

    Collection<VmEntry> entries() {
        return List.copyOf(entries.values());
    }

    /**
     * The record of a virtual machine that is here.
     *
     * @throws FaultException OBJECT_NOT_FOUND
     */
    VmRecord require(String vmId) {
        return find(vmId)
                .orElseThrow(() -> new FaultException(
                        FaultCode.OBJECT_NOT_FOUND,
                        vmId,
                        vmId + " is not registered on " + host.hostId() + "; register it there first."));
    }

    /** The record of a virtual machine; empty when it is not here or gone. */
    Optional<VmRecord> find(String vmId) {
        return host.ledger().vm(vmId).filter(record -> record.state() != LedgerState.GONE);
    }

    /**
     * The engine's handle.
     *
     * @throws FaultException VM_WRONG_POWER_STATE when it does not run
     */
    RunningVm requireRunning(String vmId, String toDoWhat) {
        VmRecord record = require(vmId);
        if (record.state() != LedgerState.ON) {
            throw wrongState(record, "must be powered on to " + toDoWhat);
        }
        return entry(vmId).running().orElseThrow(() -> wrongState(record, "has just ended"));
    }

    /** Work on one virtual machine. */
    @FunctionalInterface
    interface Work<T> {
        T run();
    }

    /**
     * Does work while no other operation changes the virtual machine.
     *
     * @throws FaultException OPERATION_TIMED_OUT when another operation does not end
     */
    <T> T inTurn(String vmId, Work<T> work) {
        VmEntry entry = entry(vmId);
        try {
            if (!entry.takeTurn()) {
                throw new FaultException(
                        FaultCode.OPERATION_TIMED_OUT,
                        vmId,
                        "another operation on " + vmId + " has been running for more than "
                                + VmEntry.TURN_WAIT_SECONDS_MAX + " s; wait for it, then try again.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FaultException(FaultCode.OPERATION_CANCELLED, vmId, "the agent is ending; try again.");
        }
        try {
            return work.run();
        } finally {
            entry.giveTurn();
        }
    }

    /**
     * Checks a command's generation and remembers it, before anything is done.
     *
     * @return the record with the command's generation
     * @throws FaultException OBJECT_NOT_FOUND, STALE_GENERATION, VM_WRONG_POWER_STATE while its files are moved
     */
    VmRecord accept(AgentCommand command) {
        VmRecord record = require(command.vmId());
        checkGeneration(command, record);
        boolean leavesRunning = record.travel() != null && record.state() == LedgerState.ON;
        if (record.move() != null && !leavesRunning) {
            throw new FaultException(
                    FaultCode.VM_WRONG_POWER_STATE,
                    command.vmId(),
                    command.vmId() + " is being moved to another datastore; wait for that, or cancel it first.");
        }
        VmRecord accepted = record.withGeneration(command.generation());
        host.ledger().put(accepted);
        return accepted;
    }

    /** As {@link #accept}, and refuses while a live migration is under way. */
    VmRecord acceptAlone(AgentCommand command) {
        if (entry(command.vmId()).outgoing().isPresent()) {
            throw new FaultException(
                    FaultCode.VM_WRONG_POWER_STATE,
                    command.vmId(),
                    command.vmId() + " is being migrated to another host; wait for that, or cancel it first.");
        }
        return accept(command);
    }

    /** Refuses a generation lower than the highest accepted, also for a virtual machine that is gone. */
    void checkGeneration(AgentCommand command, VmRecord record) {
        if (command.generation() < record.generation()) {
            throw new FaultException(
                    FaultCode.STALE_GENERATION,
                    command.vmId(),
                    "this order for " + command.vmId() + " was given under generation " + command.generation()
                            + ", but generation " + record.generation()
                            + " has been accepted since; read its state again.");
        }
    }

    FaultException wrongState(VmRecord record, String need) {
        return new FaultException(
                FaultCode.VM_WRONG_POWER_STATE,
                record.vmId(),
                record.vmId() + " " + need + "; it is " + word(record.state()) + ".");
    }

    VmPlace place(VmRecord record) {
        return new VmPlace(record.datastoreUuid(), record.directory());
    }

    /** Its directory on this host. */
    Path directory(VmRecord record) {
        return directory(place(record));
    }

    Path directory(VmPlace place) {
        return host.datastores().byUuid(place.datastoreUuid()).resolve(place.directory());
    }

    /**
     * Where a virtual machine's files are that was last heard of at a place: there, or where signs lead from it.
     */
    VmPlace whereabouts(VmPlace place, String vmId) {
        VmPlace now = place;
        for (int i = 0; i < MOVES_FOLLOWED_MAX; i++) {
            Path directory = directory(now);
            Optional<String> next = signIn(directory, vmId);
            if (next.isEmpty()) {
                return now;
            }
            now = VmPlace.parse(next.get());
        }
        throw new IllegalStateException("signs lead " + vmId + " in a circle from " + place);
    }

    private Optional<String> signIn(Path directory, String vmId) {
        String vmxName = host.directories().read(directory, "").vmxName();
        return host.directories().lock(directory, vmxName, vmId).movedTo();
    }

    VmLock lock(VmRecord record) {
        return host.directories().lock(directory(record), record.vmxName(), record.vmId());
    }

    /** This host as holder of a lock. */
    LockHolder self(long generation) {
        return new LockHolder(host.hostId(), host.ledger().incarnation(), generation, "");
    }

    /** Where the memory of the virtual machine lies when it is suspended. */
    Path suspendFile(VmRecord record) {
        return host.directories().suspendFile(directory(record), record.vmxName());
    }

    /** What the state of a virtual machine without a process is: that depends on whether its memory was kept. */
    LedgerState stateAtRest(VmRecord record) {
        return Files.exists(suspendFile(record)) ? LedgerState.SUSPENDED : LedgerState.OFF;
    }

    /** Writes a line into the virtual machine's own log. */
    void note(VmRecord record, String line) {
        log.info("{}: {}", record.vmId(), line);
        try {
            host.directories().log(directory(record), record.vmxName()).append(host.hostId(), line);
        } catch (FaultException e) {
            log.debug("{}: no line in its log: {}", record.vmId(), e.getMessage());
        }
    }

    /** The virtual machine as it is now; asks engine and lock file. */
    VmView view(VmRecord record) {
        VmEntry entry = entry(record.vmId());
        Optional<RunningVm> vm = entry.running();
        return new VmView(
                record.vmId(),
                record.generation(),
                record.state(),
                vm.filter(Vms::runs).isPresent(),
                entry.guest(),
                vm.map(running -> "unix:" + running.vncSocket()).orElse(""),
                record.bootEpochMillis(),
                vm.map(running -> running.launch().shape().hardware()).orElse(VmHardware.NONE),
                lockOwner(record));
    }

    /** All of them. */
    List<VmView> views() {
        return host.ledger().vms().stream().map(this::view).toList();
    }

    /** Tells the server how a virtual machine stands when that is news. */
    void report(String vmId) {
        find(vmId).map(this::view).filter(view -> entry(vmId).isNews(view)).ifPresent(reporter::changed);
    }

    private static boolean runs(RunningVm vm) {
        try {
            return vm.state() == RunState.RUNNING;
        } catch (FaultException e) {
            return false;
        }
    }

    private String lockOwner(VmRecord record) {
        try {
            return lock(record).holder().map(LockHolder::toString).orElse("");
        } catch (FaultException e) {
            return "";
        }
    }

    private static String word(LedgerState state) {
        return switch (state) {
            case OFF -> "powered off";
            case STARTING -> "being started";
            case ON -> "powered on";
            case STOPPING -> "being stopped";
            case SUSPENDED -> "suspended";
            case INCOMING -> "arriving by live migration";
            case HANDED_OVER -> "stopped after a live migration to another host";
            case GONE -> "not here";
        };
    }
}
