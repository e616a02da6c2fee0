package dev.sternpost.server.virtualmachine;

import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObjectId;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.ResourcePoolId;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.VmConfig;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.server.host.HostOperation;
import dev.sternpost.server.host.HostPayload;
import dev.sternpost.server.host.VmLocation;
import dev.sternpost.server.host.VmShape;
import dev.sternpost.server.placement.Placements;
import dev.sternpost.server.resource.ResourcePools;
import dev.sternpost.server.work.Json;
import dev.sternpost.server.work.Newcomer;
import dev.sternpost.task.Step;
import dev.sternpost.task.StepContext;
import dev.sternpost.task.StepOutput;
import dev.sternpost.task.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Reconfigure, rename, delete, unregister. A host changes the files first and the inventory follows, but for a rename:
 * the name belongs to the inventory, and the file's copy of it may lag.
 */
final class ChangeWorkflows {
    static final String RECONFIGURE = "VirtualMachine.reconfigure";
    static final String RENAME = "VirtualMachine.rename";
    static final String DELETE = "VirtualMachine.delete";
    static final String UNREGISTER = "VirtualMachine.unregister";

    /**
     * What a reconfigure is given.
     *
     * @param base the shape that the new one was made from
     * @param config the whole new shape
     * @param resourcePoolId the pool it is to draw from; null leaves it
     * @param allocationOnly whether only settings change that no file of the VM knows and which may change while
     *     it runs
     */
    record Reconfigure(
            VirtualMachineId vmId,
            VmConfig base,
            VmConfig config,
            @Nullable ResourcePoolId resourcePoolId,
            boolean allocationOnly) {}

    /** What a rename is given. */
    record Rename(VirtualMachineId vmId, String name) {}

    /** How to go on after the rename in the inventory, and how to take it back. */
    private record Renamed(String nameBefore, VmOrders.Address address) {}

    /**
     * What a delete and an unregister are given.
     *
     * @param location where its directory is, for whoever finds a trace of it later; null in tasks of older servers
     */
    record Remove(VirtualMachineId vmId, @Nullable VmLocation location) {}

    private final VmOrders orders;
    private final VmRecords records;
    private final Placements placements;

    ChangeWorkflows(VmOrders orders, VmRecords records, Placements placements) {
        this.orders = orders;
        this.records = records;
        this.placements = placements;
    }

    List<Workflow> all() {
        return List.of(
                reconfigure(),
                rename(),
                removal(DELETE, "delete-files", new HostOperation.DeleteVm(), EventType.VM_REMOVED, "%s is deleted."),
                removal(
                        UNREGISTER,
                        "forget",
                        new HostOperation.ForgetVm(),
                        EventType.VM_UNREGISTERED,
                        "%s is unregistered; its directory stays where it is."));
    }

    private Workflow reconfigure() {
        return new Workflow(
                RECONFIGURE,
                Step.decide("check", this::checkReconfigure),
                Step.remote("write-files", this::writeFiles)
                        .asFinalEffect()
                        .withTimeout(VmOrders.DISK_WORK.plus(VmOrders.GRACE))
                        .withRetry(VmOrders.REPEAT)
                        .withWeight(5),
                Step.local("record", this::recordConfig).withSharedTransaction());
    }

    private StepOutput checkReconfigure(StepContext context) {
        Reconfigure input = reconfigureInput(context);
        InventorySnapshot snapshot = records.snapshot();
        VirtualMachine vm = snapshot.get(input.vmId());
        if (!input.allocationOnly() && !vm.config().equals(input.base())) {
            // Tasks queue: another reconfigure came first, and this one's whole shape would undo it.
            throw new FaultException(
                    FaultCode.VERSION_CONFLICT,
                    vm.id().value(),
                    vm.name() + " was reconfigured meanwhile. Read it again and repeat.");
        }
        ResourcePools.requirePromises(snapshot, vm.resourcePoolId(), List.of(allocated(vm, input)), List.of());
        boolean moreCpu = input.config().cpuAllocation().reservation()
                > vm.config().cpuAllocation().reservation();
        if (moreCpu && vm.powerState() == PowerState.POWERED_ON) {
            placements.failover().requireWith(snapshot, Newcomer.of(allocated(vm, input)), vm.hostId());
        }
        return input.allocationOnly() ? StepOutput.NONE : checked(input.vmId());
    }

    /** A VM with what it draws, and with its other settings, from now on. */
    static VirtualMachine allocated(VirtualMachine vm, Reconfigure input) {
        VmConfig wanted = input.config();
        // Tasks queue: what another has changed meanwhile, and this one does not, stays.
        VirtualMachine allocated = vm.withConfig(vm.config().withSettings(input.base(), wanted));
        return input.resourcePoolId() == null ? allocated : allocated.withResourcePoolId(input.resourcePoolId());
    }

    private CompletionStage<StepOutput> writeFiles(StepContext context) {
        Reconfigure input = reconfigureInput(context);
        if (input.allocationOnly()) {
            return PowerWorkflows.nothingToDo();
        }
        InventorySnapshot snapshot = records.snapshot();
        VirtualMachine vm = snapshot.get(input.vmId());
        VmShape shape = VmOrders.shapeOf(snapshot, vm.id(), vm.name(), vm.uuid(), input.config());
        return orders.send(context, address(context), new HostOperation.ReconfigureVm(shape), VmOrders.DISK_WORK)
                .thenApply(answer -> answer.payload() instanceof HostPayload.Shape(VmShape made)
                        ? StepOutput.of(Json.write(VmOrders.configOf(records.snapshot(), vm.hostId(), made)))
                        : StepOutput.NONE);
    }

    private StepOutput recordConfig(StepContext context) {
        Reconfigure input = reconfigureInput(context);
        String made = context.output("write-files");
        records.change(
                context,
                input.vmId(),
                (snapshot, before) -> {
                    VmConfig shape = input.allocationOnly()
                            ? before.config()
                            : made.isEmpty() ? input.config() : Json.read(made, VmConfig.class);
                    boolean poolIsGone = input.resourcePoolId() != null
                            && snapshot.find((ManagedObjectId) input.resourcePoolId())
                                    .isEmpty();
                    // No host knows the settings.
                    VirtualMachine after = allocated(before.withConfig(shape.withSettingsOf(before.config())), input);
                    return poolIsGone ? after.withResourcePoolId(before.resourcePoolId()) : after;
                },
                VmRecords.Note.of(EventType.VM_RECONFIGURED, vm -> vm.name() + " is reconfigured."));
        return StepOutput.NONE;
    }

    private Workflow rename() {
        return new Workflow(
                RENAME,
                Step.local("rename", this::recordName).withSharedTransaction().withLocalUndo(this::renameBack),
                Step.remote("write-name", this::writeName)
                        .asOptional()
                        .withTimeout(Duration.ofSeconds(15))
                        .withRetry(VmOrders.REPEAT));
    }

    private StepOutput recordName(StepContext context) {
        Rename input = Json.read(context.input(), Rename.class);
        String before = records.snapshot().get(input.vmId()).name();
        VirtualMachine vm = records.change(
                context,
                input.vmId(),
                old -> old.withName(input.name()),
                VmRecords.Note.of(EventType.VM_RENAMED, renamed -> before + " is now named " + renamed.name() + "."));
        return StepOutput.of(Json.write(new Renamed(before, VmOrders.addressOf(records.snapshot(), vm))));
    }

    private StepOutput renameBack(StepContext context) {
        Renamed renamed = Json.read(context.output("rename"), Renamed.class);
        records.change(
                context,
                renamed.address().vmId(),
                vm -> vm.withName(renamed.nameBefore()),
                VmRecords.Note.of(EventType.VM_RENAMED, vm -> "The rename of " + vm.name() + " was taken back."));
        return StepOutput.NONE;
    }

    private CompletionStage<StepOutput> writeName(StepContext context) {
        Rename input = Json.read(context.input(), Rename.class);
        VmOrders.Address address =
                Json.read(context.output("rename"), Renamed.class).address();
        return orders.send(context, address, new HostOperation.RenameVm(input.name()), Duration.ofSeconds(10))
                .thenApply(answer -> StepOutput.NONE);
    }

    private Workflow removal(String kind, String step, HostOperation operation, EventType type, String message) {
        return new Workflow(
                kind,
                Step.decide("check", context -> checked(removeInput(context).vmId())),
                Step.remote(
                                step,
                                context -> orders.send(context, address(context), operation, VmOrders.QUICK)
                                        .thenApply(answer -> StepOutput.NONE))
                        .asFinalEffect()
                        .withTimeout(VmOrders.QUICK.plus(VmOrders.GRACE))
                        .withRetry(VmOrders.REPEAT)
                        .withWeight(5),
                Step.local("remove", context -> {
                            records.remove(
                                    context,
                                    removeInput(context).vmId(),
                                    VmRecords.Note.of(type, vm -> message.formatted(vm.name())));
                            return StepOutput.NONE;
                        })
                        .withSharedTransaction());
    }

    private StepOutput checked(VirtualMachineId id) {
        InventorySnapshot snapshot = records.snapshot();
        VirtualMachine vm = snapshot.get(id);
        VmChecks.requireOff(vm);
        VmChecks.requireConnected(snapshot.get(vm.hostId()));
        return StepOutput.of(Json.write(VmOrders.addressOf(snapshot, vm)));
    }

    private static Reconfigure reconfigureInput(StepContext context) {
        return Json.read(context.input(), Reconfigure.class);
    }

    private static Remove removeInput(StepContext context) {
        return Json.read(context.input(), Remove.class);
    }

    private static VmOrders.Address address(StepContext context) {
        return Json.read(context.output("check"), VmOrders.Address.class);
    }
}
