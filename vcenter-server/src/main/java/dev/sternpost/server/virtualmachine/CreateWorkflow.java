package dev.sternpost.server.virtualmachine;

import dev.sternpost.inventory.DatastoreId;
import dev.sternpost.inventory.FolderId;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.OverallStatus;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.ResourcePoolId;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.VmConfig;
import dev.sternpost.inventory.VmRuntime;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.server.baseline.CpuNeeds;
import dev.sternpost.server.host.HostAnswer;
import dev.sternpost.server.host.HostOperation;
import dev.sternpost.server.host.HostPayload;
import dev.sternpost.server.host.Observed;
import dev.sternpost.server.host.VmLocation;
import dev.sternpost.server.host.VmShape;
import dev.sternpost.server.placement.Placements;
import dev.sternpost.server.placement.Placements.Candidates;
import dev.sternpost.server.work.Json;
import dev.sternpost.server.work.Newcomer;
import dev.sternpost.task.RetryPolicy;
import dev.sternpost.task.Step;
import dev.sternpost.task.StepContext;
import dev.sternpost.task.StepOutput;
import dev.sternpost.task.Workflow;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Makes a VM: files first, then the row, so that nothing shows in the inventory that does not exist. Its name and
 * directory are claimed by the task from the moment it is accepted. When it is to be powered on and that fails, all of
 * it is undone, files included.
 */
final class CreateWorkflow {
    static final String KIND = "VirtualMachine.create";

    /**
     * What is settled when the request is accepted.
     *
     * @param hostIds hosts to choose from
     * @param templateLocation where to copy the disks from; null for empty disks
     */
    record Input(
            VirtualMachineId vmId,
            UUID uuid,
            String name,
            FolderId folderId,
            ResourcePoolId resourcePoolId,
            List<HostId> hostIds,
            DatastoreId datastoreId,
            VmLocation location,
            @Nullable VmLocation templateLocation,
            VmConfig config,
            boolean powerOn) {
        Input {
            hostIds = List.copyOf(hostIds);
        }

        Newcomer newcomer() {
            return new Newcomer(vmId, name, resourcePoolId, datastoreId, config);
        }

        /** Powering on is a change of intent, and has a generation of its own. */
        long generation() {
            return powerOn ? 2 : 1;
        }
    }

    private final VmOrders orders;
    private final VmRecords records;
    private final Placements placements;
    private final Observed observed;

    CreateWorkflow(VmOrders orders, VmRecords records, Placements placements, Observed observed) {
        this.orders = orders;
        this.records = records;
        this.placements = placements;
        this.observed = observed;
    }

    Workflow workflow() {
        return new Workflow(
                KIND,
                Step.decide("choose-host", this::chooseHost).withRetry(RetryPolicy.PATIENT),
                Step.remote("create-files", this::createFiles)
                        .withRemoteUndo(this::deleteFiles)
                        // What a lost host still has is swept when it is heard again.
                        .withUndoOptional()
                        .withTimeout(VmOrders.DISK_WORK.plus(VmOrders.GRACE))
                        .withRetry(VmOrders.REPEAT)
                        .withWeight(10),
                Step.local("insert", this::insert).withSharedTransaction().withLocalUndo(this::remove),
                Step.remote("power-on", this::powerOn)
                        .withRemoteUndo(this::powerOff)
                        .withUndoOptional()
                        .withTimeout(VmOrders.QUICK.plus(VmOrders.GRACE))
                        .withRetry(VmOrders.REPEAT)
                        .withWeight(5),
                Step.local("record", this::record).withSharedTransaction());
    }

    private StepOutput chooseHost(StepContext context) {
        Input input = input(context);
        Newcomer vm = input.newcomer();
        Host host = input.powerOn()
                ? placements.toRun(context.task().id(), vm, Candidates.of(input.hostIds()))
                : placements.chooseNow(vm, Candidates.of(input.hostIds()));
        return StepOutput.of(host.id().value(), "On " + host.name());
    }

    /** Where a task that makes a running VM has chosen to; empty when it has not yet. */
    static Optional<HostId> chosen(Map<String, String> outputs) {
        return Optional.ofNullable(outputs.get("choose-host")).map(HostId::new);
    }

    private CompletionStage<StepOutput> createFiles(StepContext context) {
        Input input = input(context);
        VmShape shape = VmOrders.shapeOf(records.snapshot(), input.vmId(), input.name(), input.uuid(), input.config());
        HostOperation operation = new HostOperation.CreateVm(shape, input.templateLocation());
        HostId hostId = hostId(context);
        return orders.send(context, address(context).withGeneration(1), operation, VmOrders.DISK_WORK)
                .thenApply(answer -> made(hostId, answer));
    }

    /** The shape as it was made, with the names of its files. */
    private StepOutput made(HostId hostId, HostAnswer answer) {
        return answer.payload() instanceof HostPayload.Shape(VmShape shape)
                ? StepOutput.of(Json.write(VmOrders.configOf(records.snapshot(), hostId, shape)))
                : StepOutput.NONE;
    }

    private CompletionStage<StepOutput> deleteFiles(StepContext context) {
        return orders.send(context, address(context), new HostOperation.DeleteVm(), VmOrders.QUICK)
                .thenApply(answer -> StepOutput.NONE);
    }

    private StepOutput insert(StepContext context) {
        Input input = input(context);
        String made = context.output("create-files");
        VmConfig wanted = input.config();
        VmConfig config = made.isEmpty()
                ? wanted
                // The agent does not know what the VM draws.
                : Json.read(made, VmConfig.class).withSettingsOf(wanted);
        VirtualMachine vm = new VirtualMachine(
                input.vmId(),
                input.name(),
                input.folderId(),
                0,
                input.uuid(),
                config,
                false,
                hostId(context),
                input.resourcePoolId(),
                input.datastoreId(),
                input.location().directory(),
                input.location().vmxName(),
                input.generation(),
                VmRuntime.OFF,
                OverallStatus.GREEN,
                "");
        records.insert(
                context,
                snapshot -> vm,
                VmRecords.Note.of(EventType.VM_CREATED, created -> created.name() + " is created."));
        return StepOutput.NONE.withResult(input.vmId().value());
    }

    private StepOutput remove(StepContext context) {
        records.remove(
                context,
                input(context).vmId(),
                VmRecords.Note.of(
                        EventType.VM_REMOVED, vm -> vm.name() + " is removed again: it could not be powered on."));
        return StepOutput.NONE;
    }

    private CompletionStage<StepOutput> powerOn(StepContext context) {
        Input input = input(context);
        String cpuModel = CpuNeeds.descriptionOf(records.snapshot(), input.config(), input.resourcePoolId());
        return input.powerOn()
                ? orders.send(context, address(context), new HostOperation.PowerOnVm(cpuModel), VmOrders.QUICK)
                        .thenApply(PowerWorkflows::observation)
                : PowerWorkflows.nothingToDo();
    }

    private CompletionStage<StepOutput> powerOff(StepContext context) {
        return input(context).powerOn()
                ? orders.send(context, address(context), new HostOperation.PowerOffVm(), VmOrders.QUICK)
                        .thenApply(answer -> StepOutput.NONE)
                : PowerWorkflows.nothingToDo();
    }

    private StepOutput record(StepContext context) {
        Input input = input(context);
        if (!input.powerOn()) {
            return StepOutput.NONE;
        }
        VmRuntime runtime = PowerWorkflows.runtime(context.output("power-on"));
        records.change(
                context,
                input.vmId(),
                vm -> vm.powerState() == PowerState.POWERED_ON || observed.hasEnded(vm.id(), input.generation())
                        ? vm
                        : vm.withRuntime(runtime),
                VmRecords.Note.of(EventType.VM_POWERED_ON, vm -> vm.name() + " is powered on."));
        return StepOutput.NONE;
    }

    private static Input input(StepContext context) {
        return Json.read(context.input(), Input.class);
    }

    private static HostId hostId(StepContext context) {
        return new HostId(context.output("choose-host"));
    }

    private static VmOrders.Address address(StepContext context) {
        Input input = input(context);
        return new VmOrders.Address(hostId(context), input.vmId(), input.generation(), input.location());
    }
}
