package dev.sternpost.server.virtualmachine;

import dev.sternpost.inventory.DatastoreId;
import dev.sternpost.inventory.FolderId;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ObjectName;
import dev.sternpost.inventory.OverallStatus;
import dev.sternpost.inventory.ResourcePoolId;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.VmConfig;
import dev.sternpost.inventory.VmRuntime;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.server.host.HostOperation;
import dev.sternpost.server.host.HostPayload;
import dev.sternpost.server.host.Observed;
import dev.sternpost.server.host.VmLocation;
import dev.sternpost.server.host.VmObservation;
import dev.sternpost.server.host.VmShape;
import dev.sternpost.server.work.Json;
import dev.sternpost.task.Step;
import dev.sternpost.task.StepContext;
import dev.sternpost.task.StepOutput;
import dev.sternpost.task.Workflow;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Takes a VM into the inventory whose directory lies on a datastore: a host reads the directory, what is in it is
 * checked against the inventory, the host takes the VM, then the row is written.
 */
final class RegisterWorkflow {
    static final String KIND = "VirtualMachine.register";

    /** What is settled when the request is accepted; an empty name takes the one in the .vmx file. */
    record Input(
            VirtualMachineId vmId,
            String name,
            FolderId folderId,
            ResourcePoolId resourcePoolId,
            List<HostId> hostIds,
            DatastoreId datastoreId,
            VmLocation location,
            boolean template) {
        Input {
            hostIds = List.copyOf(hostIds);
        }
    }

    /** What the directory holds. */
    private record Found(String name, UUID uuid, VmConfig config) {}

    private final VmOrders orders;
    private final VmRecords records;

    RegisterWorkflow(VmOrders orders, VmRecords records) {
        this.orders = orders;
        this.records = records;
    }

    Workflow workflow() {
        return new Workflow(
                KIND,
                Step.decide("choose-host", this::chooseHost),
                Step.remote("read-directory", this::readDirectory)
                        .withTimeout(VmOrders.QUICK.plus(VmOrders.GRACE))
                        .withRetry(VmOrders.REPEAT),
                Step.decide("check", this::check),
                Step.remote("adopt", this::adopt)
                        .withRemoteUndo(this::forget)
                        .withUndoOptional()
                        .withTimeout(VmOrders.QUICK.plus(VmOrders.GRACE))
                        .withRetry(VmOrders.REPEAT),
                Step.local("insert", this::insert).withSharedTransaction());
    }

    private StepOutput chooseHost(StepContext context) {
        Input input = input(context);
        InventorySnapshot snapshot = records.snapshot();
        Host host = input.hostIds().stream()
                .flatMap(id -> snapshot.find(id).stream())
                .filter(candidate -> candidate.isConnected()
                        && !candidate.inMaintenance()
                        && candidate.datastoreIds().contains(input.datastoreId()))
                .findFirst()
                .orElseThrow(() -> new FaultException(
                        FaultCode.NO_SUITABLE_HOST,
                        "No connected host sees datastore %s. Connect one, or choose another cluster."
                                .formatted(snapshot.get(input.datastoreId()).name())));
        return StepOutput.of(host.id().value(), "By " + host.name());
    }

    private CompletionStage<StepOutput> readDirectory(StepContext context) {
        HostId hostId = hostId(context);
        return orders.send(context, address(context), new HostOperation.ReadVmDirectory(), VmOrders.QUICK)
                .thenApply(answer -> {
                    if (!(answer.payload() instanceof HostPayload.Shape(VmShape shape))) {
                        throw new FaultException(
                                FaultCode.HOST_ERROR,
                                hostId.value(),
                                "The host read the directory and told nothing of it. Update its agent.");
                    }
                    return StepOutput.of(Json.write(shape));
                });
    }

    private StepOutput check(StepContext context) {
        Input input = input(context);
        InventorySnapshot snapshot = records.snapshot();
        VmShape shape = Json.read(context.output("read-directory"), VmShape.class);
        snapshot.findByUuid(shape.uuid()).ifPresent(holder -> {
            throw new FaultException(
                    FaultCode.VM_ALREADY_REGISTERED,
                    holder.id().value(),
                    "This VM is in the inventory already as %s. Unregister that one first."
                            .formatted(snapshot.pathOf(holder.id())));
        });
        String name = input.name().isEmpty() ? shape.name() : input.name();
        ObjectName.check(name);
        VirtualMachines.requireNameFree(snapshot, input.folderId(), name);
        VmConfig config = VmOrders.configOf(snapshot, hostId(context), shape);
        return StepOutput.of(Json.write(new Found(name, shape.uuid(), config)), "Found " + name);
    }

    private CompletionStage<StepOutput> adopt(StepContext context) {
        return orders.send(context, address(context), new HostOperation.AdoptVm(), VmOrders.QUICK)
                .thenApply(PowerWorkflows::observation);
    }

    private CompletionStage<StepOutput> forget(StepContext context) {
        return orders.send(context, address(context), new HostOperation.ForgetVm(), VmOrders.QUICK)
                .thenApply(answer -> StepOutput.NONE);
    }

    private StepOutput insert(StepContext context) {
        Input input = input(context);
        Found found = Json.read(context.output("check"), Found.class);
        VirtualMachine vm = new VirtualMachine(
                input.vmId(),
                found.name(),
                input.folderId(),
                0,
                found.uuid(),
                found.config(),
                input.template(),
                hostId(context),
                input.resourcePoolId(),
                input.datastoreId(),
                input.location().directory(),
                vmxName(input),
                1,
                input.template() ? VmRuntime.OFF : stopped(context.output("adopt")),
                OverallStatus.GREEN,
                "");
        records.insert(
                context,
                snapshot -> vm,
                VmRecords.Note.of(
                        EventType.VM_REGISTERED,
                        registered -> "%s is registered from %s."
                                .formatted(registered.name(), input.location().directory())));
        return StepOutput.NONE.withResult(input.vmId().value());
    }

    /** A directory may hold the memory of a suspended VM. */
    private static VmRuntime stopped(String observation) {
        @Nullable
        VmRuntime seen = observation.isEmpty() ? null : Observed.runtime(Json.read(observation, VmObservation.class));
        return seen == null ? VmRuntime.OFF : seen;
    }

    /** By convention the .vmx file is named like its directory. */
    private static String vmxName(Input input) {
        String directory = input.location().directory();
        String last = directory.substring(directory.lastIndexOf('/') + 1);
        return input.location().vmxName().isEmpty() ? last : input.location().vmxName();
    }

    private static Input input(StepContext context) {
        return Json.read(context.input(), Input.class);
    }

    private static HostId hostId(StepContext context) {
        return new HostId(context.output("choose-host"));
    }

    private static VmOrders.Address address(StepContext context) {
        Input input = input(context);
        return new VmOrders.Address(hostId(context), input.vmId(), 1, input.location());
    }
}
