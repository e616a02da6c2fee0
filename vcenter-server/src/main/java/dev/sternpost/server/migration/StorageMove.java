package dev.sternpost.server.migration;

import dev.sternpost.inventory.DatastoreId;
import dev.sternpost.inventory.DiskProvisioning;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.AuditDraft;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.server.host.HostAnswer;
import dev.sternpost.server.host.HostOperation;
import dev.sternpost.server.host.HostPayload;
import dev.sternpost.server.host.HostProgress;
import dev.sternpost.server.host.VmLocation;
import dev.sternpost.server.host.VmShape;
import dev.sternpost.server.virtualmachine.VmOrders;
import dev.sternpost.server.work.Json;
import dev.sternpost.task.RetryPolicy;
import dev.sternpost.task.Step;
import dev.sternpost.task.StepContext;
import dev.sternpost.task.StepOutput;
import dev.sternpost.task.StepProgress;
import dev.sternpost.task.TaskFault;
import dev.sternpost.task.Workflow;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Moves the files of a VM to another datastore; the VM stays on its host, and runs on if it runs. Steps, and why in this order:
 *
 * <ol>
 *   <li>{@code choose-directory}: a directory of its own on the target.
 *   <li>{@code start-copy}: the host copies. Undone by cancelling, which deletes the copies; the guest never noticed.
 *   <li>{@code copy-disks}: joins the same command until the copies are equal and kept so.
 *   <li>{@code change-over}: the guest stands still for a moment, and the host makes the new files the true ones by one write, to the old
 *       lock file. Point of no return: a refusal means that the old files count as before; after success only the new ones may be used.
 *   <li>{@code record-place}: the record follows. What was left at the old place leads whoever still looks there to the new one.
 *   <li>{@code remove-old-files}: last, since from here on nobody is led any more. A host that is away is waited for: nobody else knows
 *       that nobody uses them.
 * </ol>
 */
public final class StorageMove {
    /** Kind of the task. */
    public static final String KIND = "VirtualMachine.moveStorage";

    private static final String PRIVILEGE = "Resource.HotMigrate";

    private static final int COPY_WEIGHT = 10;

    /** Large disks over slow paths take their time; who has waited for too long can cancel. */
    static final Duration COPY_TIMEOUT = Duration.ofHours(12);

    private final Inventory inventory;
    private final VmOrders orders;

    public StorageMove(Inventory inventory, VmOrders orders) {
        this.inventory = inventory;
        this.orders = orders;
    }

    /** What is settled when the request is accepted. */
    record Input(
            VirtualMachineId vmId,
            HostId hostId,
            DatastoreId sourceId,
            DatastoreId targetId,
            @Nullable DiskProvisioning provisioning,
            long bandwidthLimitBytesPerSecond) {}

    /** What was decided at the start and holds for the whole move. */
    record Plan(VmLocation source, VmLocation target, long generation) {}

    /** The workflow, to be registered with the task runner. */
    public Workflow workflow() {
        return new Workflow(
                KIND,
                Step.decide("choose-directory", this::chooseDirectory).withLocalUndo(this::tellTheEnd),
                Step.remote("start-copy", this::startCopy)
                        .withRemoteUndo(this::cancel)
                        .withUndoOptional()
                        .withTimeout(COPY_TIMEOUT.plus(VmOrders.GRACE))
                        .withRetry(VmOrders.REPEAT),
                Step.remote("copy-disks", this::copyDisks)
                        .withTimeout(COPY_TIMEOUT.plus(VmOrders.GRACE))
                        .withRetry(VmOrders.REPEAT)
                        .withWeight(COPY_WEIGHT),
                Step.remote("change-over", this::changeOver)
                        .withTimeout(VmOrders.QUICK.plus(VmOrders.GRACE))
                        .withRetry(RetryPolicy.PATIENT)
                        .asPointOfNoReturn(),
                Step.local("record-place", this::recordPlace),
                Step.remote("remove-old-files", this::removeOldFiles)
                        .withTimeout(VmOrders.QUICK.plus(VmOrders.GRACE))
                        .withRetry(RetryPolicy.PATIENT));
    }

    private StepOutput chooseDirectory(StepContext context) {
        Input input = input(context);
        InventorySnapshot snapshot = inventory.snapshot();
        VirtualMachine vm = snapshot.get(input.vmId());
        VmLocation source = VmOrders.locationOf(snapshot, vm);
        VmLocation target = NewDirectory.choose(snapshot, vm, input.targetId());
        return StepOutput.of(
                Json.write(new Plan(source, target, vm.generation())),
                "To directory %s of %s"
                        .formatted(
                                target.directory(),
                                snapshot.get(input.targetId()).name()));
    }

    /** Done when copying goes on; the command itself runs on and is joined by the next step. */
    private CompletionStage<StepOutput> startCopy(StepContext context) {
        CompletableFuture<StepOutput> begun = new CompletableFuture<>();
        StepOutput output = StepOutput.of(context.operationKey(), "Copying began");
        copy(context, context.operationKey(), progress -> begun.complete(output))
                .whenComplete((answer, error) -> {
                    if (error == null) {
                        begun.complete(output);
                    } else {
                        begun.completeExceptionally(error);
                    }
                });
        return begun;
    }

    private CompletionStage<StepOutput> copyDisks(StepContext context) {
        return copy(
                        context,
                        context.output("start-copy"),
                        progress ->
                                context.progress().accept(new StepProgress(progress.percent(), progress.detail(), "")))
                .thenApply(answer -> StepOutput.said("Copies are equal"));
    }

    private CompletionStage<HostAnswer> copy(StepContext context, String key, Consumer<HostProgress> progress) {
        Input input = input(context);
        HostOperation operation = new HostOperation.MoveFiles(
                moveId(context), plan(context).target(), input.provisioning(), input.bandwidthLimitBytesPerSecond());
        return orders.send(context, key, address(context), operation, COPY_TIMEOUT, progress);
    }

    private CompletionStage<StepOutput> cancel(StepContext context) {
        return orders.send(
                        context,
                        address(context),
                        new HostOperation.CancelFileMove(
                                moveId(context), plan(context).target()),
                        VmOrders.QUICK)
                .thenApply(answer -> StepOutput.said("Copies deleted; the VM uses its files where they were"));
    }

    private CompletionStage<StepOutput> changeOver(StepContext context) {
        return orders.send(
                        context,
                        address(context),
                        new HostOperation.SwitchFiles(
                                moveId(context), plan(context).target()),
                        VmOrders.QUICK)
                .thenApply(answer -> {
                    if (!(answer.payload() instanceof HostPayload.Shape(VmShape shape))) {
                        throw new FaultException(
                                FaultCode.HOST_ERROR,
                                input(context).hostId().value(),
                                "The host moved the files and told nothing of them. Update its agent.");
                    }
                    return StepOutput.of(Json.write(shape), "The VM uses its files on the new datastore");
                });
    }

    private StepOutput recordPlace(StepContext context) {
        Input input = input(context);
        VmShape shape = Json.read(context.output("change-over"), VmShape.class);
        String user = context.task().draft().userName();
        inventory.commit((InventorySnapshot snapshot) -> {
            VirtualMachine vm = snapshot.get(input.vmId());
            return InventoryWrite.builder()
                    .put(vm.withPlace(input.targetId(), plan(context).target().directory())
                            .withConfig(vm.config().withDisks(shape.disks())))
                    .event(event(
                            context,
                            vm,
                            EventType.VM_STORAGE_MOVED,
                            "The files of %s have moved from %s to %s."
                                    .formatted(
                                            vm.name(),
                                            snapshot.get(input.sourceId()).name(),
                                            snapshot.get(input.targetId()).name())))
                    .audit(new AuditDraft(user, PRIVILEGE, vm.id(), moveId(context)))
                    .build();
        });
        return StepOutput.NONE.withResult(input.vmId().value());
    }

    private CompletionStage<StepOutput> removeOldFiles(StepContext context) {
        Plan plan = plan(context);
        return orders.send(
                        context,
                        address(context),
                        new HostOperation.RemoveMovedFiles(plan.source(), plan.target()),
                        VmOrders.QUICK)
                .thenApply(answer -> StepOutput.said("Old files deleted"));
    }

    /** The last thing undone: everything is as it was, and people learn why. */
    private StepOutput tellTheEnd(StepContext context) {
        Input input = input(context);
        TaskFault fault = context.task().summary().fault();
        inventory.commit((InventorySnapshot snapshot) -> {
            VirtualMachine vm = snapshot.get(input.vmId());
            String source = snapshot.get(input.sourceId()).name();
            return InventoryWrite.builder()
                    .event(
                            fault == null
                                    ? event(
                                            context,
                                            vm,
                                            EventType.VM_STORAGE_MOVE_CANCELLED,
                                            "Moving the files of %s was cancelled; they stay on %s."
                                                    .formatted(vm.name(), source))
                                    : event(
                                            context,
                                            vm,
                                            EventType.VM_STORAGE_MOVE_FAILED,
                                            "Moving the files of %s failed; they stay on %s. %s"
                                                    .formatted(vm.name(), source, fault.message())))
                    .build();
        });
        return StepOutput.NONE;
    }

    private static EventDraft event(StepContext context, VirtualMachine vm, EventType type, String message) {
        return EventDraft.about(vm, type, message)
                .onHost(vm.hostId())
                .byUser(context.task().draft().userName())
                .byTask(moveId(context));
    }

    private static VmOrders.Address address(StepContext context) {
        Input input = input(context);
        Plan plan = plan(context);
        return new VmOrders.Address(input.hostId(), input.vmId(), plan.generation(), plan.source());
    }

    private static Input input(StepContext context) {
        return Json.read(context.input(), Input.class);
    }

    private static Plan plan(StepContext context) {
        return Json.read(context.output("choose-directory"), Plan.class);
    }

    private static String moveId(StepContext context) {
        return context.task().id().toString();
    }
}
