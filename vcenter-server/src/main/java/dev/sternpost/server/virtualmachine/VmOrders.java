package dev.sternpost.server.virtualmachine;

import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.Network;
import dev.sternpost.inventory.VirtualDisk;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.VirtualNic;
import dev.sternpost.inventory.VmConfig;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.server.host.HostAnswer;
import dev.sternpost.server.host.HostCommand;
import dev.sternpost.server.host.HostCommands;
import dev.sternpost.server.host.HostOperation;
import dev.sternpost.server.host.HostProgress;
import dev.sternpost.server.host.VmLocation;
import dev.sternpost.server.host.VmShape;
import dev.sternpost.task.RetryPolicy;
import dev.sternpost.task.StepContext;
import dev.sternpost.task.StepProgress;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Sends the orders of tasks to agents, each with its operation key and fences. */
public final class VmOrders {
    /** How long the link may take for an order that is quick at the host. */
    public static final Duration QUICK = Duration.ofSeconds(60);

    /** How long copying and zeroing disks may take. */
    public static final Duration DISK_WORK = Duration.ofMinutes(30);

    /** What a step allows over the link's time, so that the link's own answer is heard. */
    public static final Duration GRACE = Duration.ofSeconds(5);

    /** An order that was not answered is sent again, under the same key. */
    public static final RetryPolicy REPEAT = new RetryPolicy(3, Duration.ofMillis(200), Duration.ofSeconds(2));

    private final HostCommands commands;
    private final String readPrefix = "read-" + UUID.randomUUID().toString().substring(0, 8) + "-";
    private final AtomicLong reads = new AtomicLong();

    public VmOrders(HostCommands commands) {
        this.commands = commands;
    }

    /**
     * What an order to a VM is addressed to.
     *
     * @param hostId the host that gets it
     * @param generation fence number of the VM
     */
    public record Address(HostId hostId, VirtualMachineId vmId, long generation, VmLocation location) {
        public Address withHost(HostId newHostId) {
            return new Address(newHostId, vmId, generation, location);
        }

        public Address withGeneration(long newGeneration) {
            return new Address(hostId, vmId, newGeneration, location);
        }
    }

    /** The VM where it is now. */
    public static Address addressOf(InventorySnapshot snapshot, VirtualMachine vm) {
        return new Address(vm.hostId(), vm.id(), vm.generation(), locationOf(snapshot, vm));
    }

    /** Where the VM's directory lies. */
    public static VmLocation locationOf(InventorySnapshot snapshot, VirtualMachine vm) {
        return new VmLocation(snapshot.get(vm.datastoreId()).uuid(), vm.directory(), vm.vmxName());
    }

    /** The shape of a VM in the words of agents. */
    public static VmShape shapeOf(
            InventorySnapshot snapshot, VirtualMachineId vmId, String name, UUID uuid, VmConfig config) {
        List<VirtualDisk> disks = config.disks();
        return new VmShape(
                vmId.value(),
                name,
                uuid,
                config.cpuCount(),
                config.memoryBytes(),
                config.firmware(),
                disks,
                config.nics().stream()
                        .map(nic -> new VmShape.Nic(
                                nic.label(), snapshot.get(nic.networkId()).name(), nic.macAddress()))
                        .toList(),
                config.annotation());
    }

    /** The shape that a host answered, in the words of the inventory. */
    static VmConfig configOf(InventorySnapshot snapshot, HostId hostId, VmShape shape) {
        return new VmConfig(
                shape.cpuCount(),
                shape.memoryBytes(),
                shape.firmware(),
                shape.disks(),
                shape.nics().stream()
                        .map(nic -> new VirtualNic(
                                nic.label(),
                                network(snapshot, hostId, nic.networkName()).id(),
                                nic.macAddress()))
                        .toList(),
                shape.annotation());
    }

    private static Network network(InventorySnapshot snapshot, HostId hostId, String name) {
        return snapshot.get(hostId).networkIds().stream()
                .map(snapshot::get)
                .filter(network -> network.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new FaultException(
                        FaultCode.CONFIG_INVALID,
                        "The VM has a card on network \"%s\", which %s does not have. Add that network to the host, or change the .vmx file."
                                .formatted(name, snapshot.get(hostId).name())));
    }

    /** Sends the order of a step. */
    public CompletionStage<HostAnswer> send(
            StepContext context, Address address, HostOperation operation, Duration timeout) {
        return send(
                context,
                context.operationKey(),
                address,
                operation,
                timeout,
                progress -> context.progress().accept(new StepProgress(progress.percent(), progress.detail(), "")));
    }

    /** The same under a key of its own and with a listener to its progress. */
    public CompletionStage<HostAnswer> send(
            StepContext context,
            String operationKey,
            Address address,
            HostOperation operation,
            Duration timeout,
            Consumer<HostProgress> progress) {
        HostCommand command = new HostCommand(
                operationKey,
                context.task().id().toString(),
                context.epoch(),
                address.vmId(),
                address.generation(),
                address.location(),
                operation);
        return commands.send(address.hostId(), command, timeout, progress);
    }

    /** Asks something of a VM outside of any task. */
    CompletionStage<HostAnswer> read(Address address, HostOperation operation, Duration timeout) {
        String key = readPrefix + reads.incrementAndGet();
        HostCommand command =
                new HostCommand(key, "", 0, address.vmId(), address.generation(), address.location(), operation);
        return commands.send(address.hostId(), command, timeout, progress -> {});
    }

    /** Asks something of a host outside of any task. */
    public CompletionStage<HostAnswer> read(HostId hostId, HostOperation operation, Duration timeout) {
        String key = readPrefix + reads.incrementAndGet();
        return commands.send(hostId, new HostCommand(key, "", 0, null, 0, null, operation), timeout, progress -> {});
    }
}
