package dev.sternpost.fleet.host;

import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.proto.agent.v1.AvailabilityConfig;
import dev.sternpost.proto.agent.v1.AvailabilityMode;
import dev.sternpost.proto.agent.v1.AvailabilityStatus;
import dev.sternpost.proto.agent.v1.Command;
import dev.sternpost.proto.agent.v1.CommandResult;
import dev.sternpost.proto.agent.v1.Heartbeat;
import dev.sternpost.proto.agent.v1.HostFacts;
import dev.sternpost.proto.agent.v1.StatisticsReport;
import dev.sternpost.proto.agent.v1.VmInventory;
import dev.sternpost.proto.agent.v1.VmStatus;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One host of a fleet: answers every command as an agent does, with the same fences and after about the time it would take,
 * and reports what its guests would use. Safe for use from several threads; never blocks.
 */
public final class SimulatedHost {
    private static final Logger log = LoggerFactory.getLogger(SimulatedHost.class);

    /** As an agent. */
    private static final int COMMANDS_MAX = 256;

    private final String id;
    private final String name;
    private final HostShape shape;
    private final World world;
    private final VmOperations operations;
    private final MoveOperations moves;

    // All below is guarded by this.
    private final Map<String, HostedVm> vms = new HashMap<>();
    private final Map<String, VmStatus> told = new HashMap<>();
    private final TaskBooks tasks = new TaskBooks();
    private final Set<HostFault> faults = EnumSet.noneOf(HostFault.class);
    private Outlet outlet = message -> {};
    private long incarnation;
    private long allocationsRevision;
    private long lastSampleEpochMillis;

    SimulatedHost(String id, String name, HostShape shape, long incarnation, World world) {
        this.id = id;
        this.name = name;
        this.shape = shape;
        this.incarnation = incarnation;
        this.world = world;
        this.operations = new VmOperations(this, world);
        this.moves = new MoveOperations(this, world);
    }

    /** Id in the inventory. */
    public String id() {
        return id;
    }

    /** Name in the inventory when it enrolled. */
    public String name() {
        return name;
    }

    /** Number of its start. */
    public synchronized long incarnation() {
        return incarnation;
    }

    /** What is the matter with it. */
    public synchronized Set<HostFault> faults() {
        return faults.isEmpty() ? Set.of() : EnumSet.copyOf(faults);
    }

    synchronized boolean has(HostFault fault) {
        return faults.contains(fault);
    }

    /** Whether the server can be reached. */
    public synchronized boolean isLinked() {
        return !faults.contains(HostFault.DEAD) && !faults.contains(HostFault.PARTITION);
    }

    /** Where its words go from now on. */
    public synchronized void connect(Outlet to) {
        outlet = to;
    }

    HostShape shape() {
        return shape;
    }

    // ---- what it says ------------------------------------------------------------------------------------------

    /** What it is and has. */
    public HostFacts facts() {
        return Messages.facts(shape, name, has(HostFault.DISK_FULL));
    }

    /** Every virtual machine it knows. */
    public synchronized VmInventory inventory() {
        VmInventory.Builder inventory = VmInventory.newBuilder();
        for (HostedVm vm : vms.values()) {
            VmStatus status = status(vm);
            told.put(vm.vmId(), status);
            inventory.addVms(status);
        }
        return inventory.build();
    }

    /** A sign of life. */
    public synchronized Heartbeat heartbeat() {
        return Usage.heartbeat(shape, vms.values());
    }

    /** What was used in the interval that ends now. */
    public synchronized StatisticsReport statistics(long nowEpochMillis, long intervalMillis) {
        long end = Math.max(nowEpochMillis, lastSampleEpochMillis + 1);
        lastSampleEpochMillis = end;
        return Usage.report(shape, vms.values(), end, intervalMillis);
    }

    /** How it stands in high availability: it keeps no lease, so it can take no part. */
    public static AvailabilityStatus availability(@Nullable AvailabilityConfig config) {
        AvailabilityStatus.Builder status =
                AvailabilityStatus.newBuilder().setMode(AvailabilityMode.AVAILABILITY_MODE_OFF);
        if (config != null) {
            status.setClusterId(config.getClusterId())
                    .setConfigVersion(config.getVersion())
                    .setFenceProblem("A simulated host keeps no lease and runs nothing that could be stopped.");
        }
        return status.build();
    }

    /** Virtual machines in its books, and those that run. */
    public record Count(int vms, int running) {}

    public synchronized Count count() {
        return new Count(
                vms.size(), (int) vms.values().stream().filter(HostedVm::isOn).count());
    }

    /** Names of the virtual machines in its books. */
    public synchronized List<String> vmNames() {
        return vms.values().stream().map(vm -> vm.files().spec().getName()).toList();
    }

    // ---- what it is told ---------------------------------------------------------------------------------------

    /** Takes a command; the answer comes by the outlet when the work is done. */
    public void command(Command command) {
        long delay;
        synchronized (this) {
            try {
                Optional<CommandResult> stored = tasks.result(command);
                if (stored.isPresent()) {
                    outlet.send(Messages.result(stored.get()));
                    return;
                }
                if (tasks.underWayCount() >= COMMANDS_MAX) {
                    throw new FaultException(
                            FaultCode.OVERLOADED,
                            id + " has " + COMMANDS_MAX + " commands under way; try again in a moment.");
                }
                if (!tasks.begin(command.getCommandId())) {
                    return; // Its end will be reported.
                }
            } catch (FaultException e) {
                outlet.send(Messages.result(failed(command, e)));
                return;
            }
            delay = world.latency().millisOf(command.getOperationCase(), faults.contains(HostFault.SLOW));
        }
        long started = incarnation();
        if (command.hasStartMigration()) {
            moves.start(command, started);
        } else if (delay <= 0) {
            finish(command, started);
        } else {
            world.after(delay, () -> finish(command, started));
        }
    }

    /** The results of a task need not be kept. */
    public synchronized void forgetTask(String taskId) {
        tasks.forget(taskId);
    }

    /** Does the work and answers, unless the power was cut meanwhile. */
    void finish(Command command, long startedIncarnation) {
        CommandResult result;
        try {
            if (isOver(startedIncarnation)) {
                return;
            }
            result = isPretended(command)
                    ? CommandResult.newBuilder()
                            .setCommandId(command.getCommandId())
                            .build()
                    : run(command);
        } catch (FaultException e) {
            result = failed(command, e);
        } catch (RuntimeException e) {
            // The edge of the host: whatever it is, the server must get an answer; a task waits for it.
            log.error("{}: {} failed by a defect", name, command.getCommandId(), e);
            result = failed(
                    command,
                    Fault.of(FaultCode.HOST_ERROR, "the simulated host " + name + " failed; look at the fleet's log.")
                            .withContext(e.toString())
                            .exception());
        }
        answer(command, result);
    }

    private synchronized boolean isOver(long startedIncarnation) {
        return startedIncarnation != incarnation || faults.contains(HostFault.DEAD);
    }

    private synchronized boolean isPretended(Command command) {
        return faults.contains(HostFault.LYING) && (command.hasPowerOnVm() || command.hasPowerOffVm());
    }

    private CommandResult run(Command command) {
        CommandResult.Builder result =
                switch (command.getOperationCase()) {
                    case CREATE_VM,
                            DELETE_VM,
                            READ_VM_DIRECTORY,
                            ADOPT_VM,
                            FORGET_VM,
                            RECONFIGURE_VM,
                            RENAME_VM,
                            BROWSE -> operations.directory(command);
                    case POWER_ON_VM, POWER_OFF_VM, SHUTDOWN_VM, RESET_VM, SUSPEND_VM -> operations.power(command);
                    case RUN_PROGRAM, READ_CONSOLE, SCREENSHOT, QUERY_VM -> operations.guest(command);
                    case PREPARE_INCOMING,
                            START_MIGRATION,
                            SWITCH_OVER,
                            CANCEL_MIGRATION,
                            ABORT_INCOMING,
                            ACTIVATE_INCOMING,
                            ANNOUNCE_VM,
                            RELEASE_SOURCE -> moves.run(command);
                    case APPLY_ALLOCATIONS, POWER_OFF_HOST, SEND_MAGIC_PACKET -> host(command);
                    case OPERATION_NOT_SET ->
                        throw new FaultException(
                                FaultCode.REQUEST_INVALID, "this host does not know that command; update the fleet.");
                };
        return result.setCommandId(command.getCommandId()).build();
    }

    private CommandResult.Builder host(Command command) {
        if (command.hasApplyAllocations()) {
            allocate(command);
        } else if (command.hasPowerOffHost()) {
            if (count().running() > 0) {
                throw new FaultException(
                        FaultCode.VM_RUNNING, "a virtual machine runs on " + id + "; move it away first.");
            }
            world.after(100, () -> fault(HostFault.DEAD));
        }
        return CommandResult.newBuilder();
    }

    private synchronized void allocate(Command command) {
        var order = command.getApplyAllocations();
        if (order.getRevision() < allocationsRevision) {
            return;
        }
        allocationsRevision = order.getRevision();
        vms.values().forEach(vm -> vm.cpuLimitPermille = HostedVm.UNLIMITED);
        order.getAllocationsList().forEach(wanted -> {
            HostedVm vm = vms.get(wanted.getVmId());
            if (vm != null && wanted.hasCpuLimitPermille()) {
                vm.cpuLimitPermille = wanted.getCpuLimitPermille();
            }
        });
        long revision = allocationsRevision;
        world.after(order.getValidForMs(), () -> liftLimits(revision));
    }

    private synchronized void liftLimits(long revision) {
        if (allocationsRevision == revision) {
            vms.values().forEach(vm -> vm.cpuLimitPermille = HostedVm.UNLIMITED);
        }
    }

    void answer(Command command, CommandResult result) {
        synchronized (this) {
            HostedVm vm = vms.get(command.getVmId());
            CommandResult whole = vm == null
                    ? result
                    : result.toBuilder().setVm(status(vm)).build();
            tasks.end(command, whole);
            if (vm != null) {
                report(vm);
            }
            outlet.send(Messages.result(whole));
        }
    }

    CommandResult failed(Command command, FaultException e) {
        return CommandResult.newBuilder()
                .setCommandId(command.getCommandId())
                .setFault(Messages.fault(e))
                .build();
    }

    synchronized void say(dev.sternpost.proto.agent.v1.ConnectRequest message) {
        outlet.send(message);
    }

    // ---- its books, for its operations, which hold its monitor ---------------------------------------------------

    /**
     * The virtual machine of a command, with the command's generation, which must not be older than what was accepted.
     *
     * @throws FaultException OBJECT_NOT_FOUND, STALE_GENERATION
     */
    HostedVm accept(Command command) {
        HostedVm vm = require(command.getVmId());
        checkGeneration(command, vm);
        vm.generation = command.getGeneration();
        return vm;
    }

    HostedVm require(String vmId) {
        HostedVm vm = vms.get(vmId);
        if (vm == null) {
            throw new FaultException(
                    FaultCode.OBJECT_NOT_FOUND,
                    vmId,
                    vmId + " is not registered on " + id + "; register it there first.");
        }
        return vm;
    }

    Optional<HostedVm> find(String vmId) {
        return Optional.ofNullable(vms.get(vmId));
    }

    static void checkGeneration(Command command, HostedVm vm) {
        if (command.getGeneration() < vm.generation) {
            throw new FaultException(
                    FaultCode.STALE_GENERATION,
                    command.getVmId(),
                    "this order for " + command.getVmId() + " was given under generation " + command.getGeneration()
                            + ", but generation " + vm.generation + " has been accepted since; read its state again.");
        }
    }

    FaultException wrongState(HostedVm vm, String need) {
        return new FaultException(
                FaultCode.VM_WRONG_POWER_STATE,
                vm.vmId(),
                vm.vmId() + " " + need + "; it is " + vm.state.word() + ".");
    }

    /** Takes a virtual machine into the books, or notes how it stands now. */
    void note(HostedVm vm) {
        vms.put(vm.vmId(), vm);
        world.journal().vm(id, vm);
    }

    void drop(HostedVm vm) {
        vms.remove(vm.vmId());
        told.remove(vm.vmId());
        world.journal().vmGone(id, vm.vmId());
    }

    Collection<HostedVm> books() {
        return vms.values();
    }

    synchronized void putFromJournal(HostedVm vm) {
        vms.put(vm.vmId(), vm);
    }

    synchronized void forgetFromJournal(String vmId) {
        vms.remove(vmId);
    }

    private VmStatus status(HostedVm vm) {
        return Messages.status(vm, System.currentTimeMillis(), world.latency());
    }

    /** Tells the server how it stands when that is news. */
    private void report(HostedVm vm) {
        VmStatus status = status(vm);
        if (!status.equals(told.put(vm.vmId(), status))) {
            outlet.send(Messages.status(status));
        }
    }

    /** Looks again, such as when its guest has had time to boot. */
    synchronized void look(String vmId) {
        find(vmId).ifPresent(this::report);
    }

    /** Whether the shadow of a migration stands ready. */
    synchronized boolean awaits(String vmId, String migration) {
        HostedVm vm = vms.get(vmId);
        return !faults.contains(HostFault.DEAD)
                && vm != null
                && vm.state == VmState.INCOMING
                && MoveOperations.isOf(vm, migration);
    }

    /** The source has stopped for good and all of it is here. */
    synchronized void arrive(String vmId, String migration, long bootEpochMillis, double pauseMillis) {
        HostedVm vm = vms.get(vmId);
        if (vm != null && vm.move != null && vm.state == VmState.INCOMING && MoveOperations.isOf(vm, migration)) {
            vm.move = vm.move.paused(pauseMillis);
            moves.letRun(vm, vm.move, bootEpochMillis);
            report(vm);
        }
    }

    // ---- what happens to it --------------------------------------------------------------------------------------

    /** From now on this is the matter with it. */
    public void fault(HostFault fault) {
        synchronized (this) {
            if (!faults.add(fault)) {
                return;
            }
        }
        log.info("{} ({}): {}", name, id, fault.word());
        switch (fault) {
            case DEAD -> cutPower();
            case LYING -> operations.lie();
            case PARTITION, SLOW -> {}
            case DISK_FULL -> sayFacts();
        }
    }

    /** Nothing is the matter with it any more. */
    public void heal() {
        boolean wasFull;
        synchronized (this) {
            wasFull = faults.contains(HostFault.DISK_FULL);
            faults.clear();
        }
        log.info("{} ({}): healed", name, id);
        if (wasFull) {
            sayFacts();
        }
    }

    private void sayFacts() {
        HostFacts now = facts();
        say(dev.sternpost.proto.agent.v1.ConnectRequest.newBuilder()
                .setHostFacts(now)
                .build());
    }

    /** Guests end and shadows with them; the lock files still name this host. */
    private synchronized void cutPower() {
        incarnation++;
        tasks.clear();
        for (HostedVm vm : List.copyOf(vms.values())) {
            vm.leaving = false;
            vm.cpuLimitPermille = HostedVm.UNLIMITED;
            switch (vm.state) {
                case ON -> {
                    vm.state = VmState.OFF;
                    vm.bootEpochMillis = 0;
                    vm.move = null;
                    note(vm);
                }
                case INCOMING, HANDED_OVER -> drop(vm);
                case OFF, SUSPENDED -> {}
            }
        }
    }
}
