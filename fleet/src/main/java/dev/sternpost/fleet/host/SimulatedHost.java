package dev.sternpost.fleet.host;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.proto.agent.v1.AvailabilityConfig;
import dev.sternpost.proto.agent.v1.AvailabilityMode;
import dev.sternpost.proto.agent.v1.AvailabilityStatus;
import dev.sternpost.proto.agent.v1.Command;
import dev.sternpost.proto.agent.v1.CommandResult;
import dev.sternpost.proto.agent.v1.ConnectRequest;
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

    private final String id;
    private final String name;
    private final HostShape shape;
    private final World world;
    private final CommandDesk desk;
    private final VmOperations operations;
    private final MoveOperations moves;

    // All below is guarded by this.
    private final Map<String, HostedVm> vms = new HashMap<>();
    private final Map<String, VmStatus> told = new HashMap<>();
    private final Set<HostFault> faults = EnumSet.noneOf(HostFault.class);
    private Outlet outlet = message -> {};
    private long incarnation;
    private long lastSampleEpochMillis;

    SimulatedHost(String id, String name, HostShape shape, long incarnation, World world) {
        this.id = id;
        this.name = name;
        this.shape = shape;
        this.incarnation = incarnation;
        this.world = world;
        this.operations = new VmOperations(this, world);
        this.desk = new CommandDesk(this, operations, world);
        this.moves = desk.moves();
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
        desk.command(command);
    }

    /** The results of a task need not be kept. */
    public synchronized void forgetTask(String taskId) {
        desk.forgetTask(taskId);
    }

    synchronized void say(ConnectRequest message) {
        outlet.send(message);
    }

    /** Sends a command's result, after how the virtual machine stands. */
    void answer(CommandResult result, @Nullable HostedVm vm) {
        if (vm != null) {
            report(vm);
        }
        outlet.send(Messages.result(result));
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
                FaultCode.VM_WRONG_POWER_STATE, vm.vmId(), vm.vmId() + " " + need + "; it is " + vm.state.word() + ".");
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

    VmStatus status(HostedVm vm) {
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
        say(ConnectRequest.newBuilder().setHostFacts(now).build());
    }

    /** Guests end and shadows with them; the lock files still name this host. */
    private synchronized void cutPower() {
        incarnation++;
        desk.clear();
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
