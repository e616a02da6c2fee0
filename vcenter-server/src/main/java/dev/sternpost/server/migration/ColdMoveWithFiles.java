package dev.sternpost.server.migration;

import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostFacts;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.store.AuditDraft;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.server.host.HostAnswer;
import dev.sternpost.server.host.HostOperation;
import dev.sternpost.server.host.HostProgress;
import dev.sternpost.server.host.VmLocation;
import dev.sternpost.server.placement.Placements;
import dev.sternpost.server.virtualmachine.VmOrders;
import dev.sternpost.server.work.Json;
import dev.sternpost.server.work.Reservations;
import dev.sternpost.task.RetryPolicy;
import dev.sternpost.task.Step;
import dev.sternpost.task.StepContext;
import dev.sternpost.task.StepOutput;
import dev.sternpost.task.StepProgress;
import dev.sternpost.task.TaskFault;
import dev.sternpost.task.Workflow;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Moves a VM that is off or suspended and its files to a host that need share no datastore with its own. Steps, and why in this order:
 *
 * <ol>
 *   <li>{@code choose-target}: host, directory and the secret between the two agents.
 *   <li>{@code receive-files}: the target makes the directory and expects files. Undone by deleting it.
 *   <li>{@code start-sending}, {@code send-files}: the source sends all of them; nobody can power the VM on meanwhile. Undone by stopping that.
 *   <li>{@code hand-over}: the source leaves a sign where the lock would be, and has the VM no more. Point of no return.
 *   <li>{@code flip-owner}: the record follows, host and place at once.
 *   <li>{@code take-files}: the target makes the files its VM. Until then nobody can power it on, so this is repeated until it succeeds.
 *   <li>{@code remove-old-files}: last; a source that is away is waited for, since nobody else sees them.
 * </ol>
 */
public final class ColdMoveWithFiles {
    /** Kind of the task. */
    public static final String KIND = "VirtualMachine.relocateWithFiles";

    private static final int COPY_WEIGHT = 10;

    private final Inventory inventory;
    private final VmOrders orders;
    private final TargetChoice targets;
    private final Tickets tickets = new Tickets();

    public ColdMoveWithFiles(Inventory inventory, VmOrders orders, Placements placements, Reservations reservations) {
        this.inventory = inventory;
        this.orders = orders;
        this.targets = new TargetChoice(placements, reservations);
    }

    /** What was decided at the start. The ticket is a secret. */
    record Plan(
            HostId targetHostId,
            String relayAddress,
            String ticket,
            long generation,
            VmLocation source,
            VmLocation target) {
        @Override
        public String toString() {
            return "Plan[" + targetHostId + ", generation " + generation + "]";
        }
    }

    /** The workflow, to be registered with the task runner. */
    public Workflow workflow() {
        return new Workflow(
                KIND,
                Step.decide("choose-target", this::chooseTarget).withLocalUndo(this::tellTheEnd),
                Step.remote("receive-files", this::receiveFiles)
                        .withRemoteUndo(this::abortTarget)
                        .withUndoOptional()
                        .withTimeout(VmOrders.QUICK.plus(VmOrders.GRACE))
                        .withRetry(VmOrders.REPEAT),
                Step.remote("start-sending", this::startSending)
                        .withRemoteUndo(this::cancelSource)
                        .withUndoOptional()
                        .withTimeout(StorageMove.COPY_TIMEOUT.plus(VmOrders.GRACE))
                        .withRetry(VmOrders.REPEAT),
                Step.remote("send-files", this::sendFiles)
                        .withTimeout(StorageMove.COPY_TIMEOUT.plus(VmOrders.GRACE))
                        .withRetry(VmOrders.REPEAT)
                        .withWeight(COPY_WEIGHT),
                Step.remote("hand-over", this::handOver)
                        .withTimeout(VmOrders.QUICK.plus(VmOrders.GRACE))
                        .withRetry(RetryPolicy.PATIENT)
                        .asPointOfNoReturn(),
                Step.local("flip-owner", this::flipOwner),
                Step.remote("take-files", this::takeFiles)
                        .withTimeout(VmOrders.QUICK.plus(VmOrders.GRACE))
                        .withRetry(RetryPolicy.PATIENT),
                Step.remote("remove-old-files", this::removeOldFiles)
                        .withTimeout(VmOrders.QUICK.plus(VmOrders.GRACE))
                        .withRetry(RetryPolicy.PATIENT));
    }

    private StepOutput chooseTarget(StepContext context) {
        MigrationInput input = input(context);
        InventorySnapshot snapshot = inventory.snapshot();
        VirtualMachine vm = snapshot.get(new VirtualMachineId(input.vmId()));
        if (vm.powerState() == PowerState.POWERED_ON) {
            throw Fault.of(
                            FaultCode.VM_WRONG_POWER_STATE,
                            "%s was powered on meanwhile. Ask again to migrate it live.".formatted(vm.name()))
                    .about(vm.id().value())
                    .exception();
        }
        Host target = targets.choose(snapshot, input.atTarget(vm), input.targetHostId(), false);
        HostFacts facts = target.facts();
        Plan plan = new Plan(
                target.id(),
                facts == null ? "" : facts.relayAddress(),
                tickets.next(),
                vm.generation(),
                VmOrders.locationOf(snapshot, vm),
                NewDirectory.choose(snapshot, vm, files(input).datastoreId()));
        return StepOutput.of(
                Json.write(plan),
                "%s, directory %s of %s"
                        .formatted(
                                target.name(),
                                plan.target().directory(),
                                snapshot.get(files(input).datastoreId()).name()));
    }

    private CompletionStage<StepOutput> receiveFiles(StepContext context) {
        Plan plan = plan(context);
        HostOperation operation = new HostOperation.ReceiveFiles(
                moveId(context), plan.ticket(), new HostId(input(context).sourceHostId()), plan.generation() + 1);
        return toTarget(context, plan.generation(), operation)
                .thenApply(answer -> StepOutput.said("Directory made at the target"));
    }

    private CompletionStage<StepOutput> abortTarget(StepContext context) {
        return toTarget(context, plan(context).generation(), new HostOperation.AbortIncoming(moveId(context)))
                .thenApply(answer -> StepOutput.said("Copies deleted"));
    }

    /** Done when the first bytes flow; the command itself runs on and is joined by the next step. */
    private CompletionStage<StepOutput> startSending(StepContext context) {
        CompletableFuture<StepOutput> begun = new CompletableFuture<>();
        StepOutput output = StepOutput.of(context.operationKey(), "Sending began");
        send(context, context.operationKey(), progress -> begun.complete(output))
                .whenComplete((answer, error) -> {
                    if (error == null) {
                        begun.complete(output);
                    } else {
                        begun.completeExceptionally(error);
                    }
                });
        return begun;
    }

    private CompletionStage<StepOutput> sendFiles(StepContext context) {
        return send(
                        context,
                        context.output("start-sending"),
                        progress ->
                                context.progress().accept(new StepProgress(progress.percent(), progress.detail(), "")))
                .thenApply(answer -> StepOutput.said("All files are at the target"));
    }

    private CompletionStage<HostAnswer> send(StepContext context, String key, Consumer<HostProgress> progress) {
        Plan plan = plan(context);
        HostOperation operation = new HostOperation.SendFiles(
                moveId(context),
                plan.ticket(),
                plan.targetHostId(),
                plan.relayAddress(),
                plan.target(),
                plan.generation() + 1,
                input(context).bandwidthLimitBytesPerSecond());
        return orders.send(
                context, key, source(context, plan.generation()), operation, StorageMove.COPY_TIMEOUT, progress);
    }

    private CompletionStage<StepOutput> cancelSource(StepContext context) {
        return toSource(context, plan(context).generation(), new HostOperation.CancelMigration(moveId(context)))
                .thenApply(answer -> StepOutput.said("Sending stopped; the VM is where it was"));
    }

    private CompletionStage<StepOutput> handOver(StepContext context) {
        Plan plan = plan(context);
        return toSource(context, plan.generation(), new HostOperation.HandOverFiles(moveId(context), plan.target()))
                .thenApply(answer -> StepOutput.said("The source has given it away"));
    }

    private StepOutput flipOwner(StepContext context) {
        MigrationInput input = input(context);
        Plan plan = plan(context);
        inventory.commit((InventorySnapshot snapshot) -> {
            VirtualMachine vm = snapshot.get(new VirtualMachineId(input.vmId()));
            String message = "%s belongs to %s now, with its files on %s."
                    .formatted(
                            vm.name(),
                            snapshot.get(plan.targetHostId()).name(),
                            snapshot.get(files(input).datastoreId()).name());
            return InventoryWrite.builder()
                    .put(vm.withOwner(plan.targetHostId(), plan.generation() + 1)
                            .withPlace(files(input).datastoreId(), plan.target().directory()))
                    .event(event(context, vm, EventType.VM_RELOCATED, message, plan.targetHostId()))
                    .audit(new AuditDraft(
                            context.task().draft().userName(), ColdMove.PRIVILEGE, vm.id(), moveId(context)))
                    .build();
        });
        return StepOutput.NONE.withResult(input.vmId());
    }

    private CompletionStage<StepOutput> takeFiles(StepContext context) {
        return toTarget(context, plan(context).generation() + 1, new HostOperation.TakeFiles(moveId(context)))
                .thenApply(answer -> StepOutput.said("The target has it"));
    }

    private CompletionStage<StepOutput> removeOldFiles(StepContext context) {
        Plan plan = plan(context);
        return toSource(
                        context,
                        plan.generation() + 1,
                        new HostOperation.RemoveMovedFiles(plan.source(), plan.target()))
                .thenApply(answer -> StepOutput.said("Old files deleted"));
    }

    /** The last thing undone: everything is as it was, and people learn why. */
    private StepOutput tellTheEnd(StepContext context) {
        TaskFault fault = context.task().summary().fault();
        inventory.commit((InventorySnapshot snapshot) -> {
            VirtualMachine vm = snapshot.get(new VirtualMachineId(input(context).vmId()));
            String where = snapshot.get(vm.hostId()).name();
            String message = fault == null
                    ? "Moving %s and its files was cancelled; it stays on %s.".formatted(vm.name(), where)
                    : "Moving %s and its files failed; it stays on %s. %s".formatted(vm.name(), where, fault.message());
            EventType type = fault == null ? EventType.VM_STORAGE_MOVE_CANCELLED : EventType.VM_STORAGE_MOVE_FAILED;
            return InventoryWrite.builder()
                    .event(event(context, vm, type, message, vm.hostId()))
                    .build();
        });
        return StepOutput.NONE;
    }

    private static EventDraft event(
            StepContext context, VirtualMachine vm, EventType type, String message, HostId host) {
        return EventDraft.about(vm, type, message)
                .onHost(host)
                .byUser(context.task().draft().userName())
                .byTask(moveId(context));
    }

    private CompletionStage<HostAnswer> toTarget(StepContext context, long generation, HostOperation operation) {
        Plan plan = plan(context);
        VirtualMachineId vm = new VirtualMachineId(input(context).vmId());
        return orders.send(
                context,
                new VmOrders.Address(plan.targetHostId(), vm, generation, plan.target()),
                operation,
                VmOrders.QUICK);
    }

    private CompletionStage<HostAnswer> toSource(StepContext context, long generation, HostOperation operation) {
        return orders.send(context, source(context, generation), operation, VmOrders.QUICK);
    }

    private static VmOrders.Address source(StepContext context, long generation) {
        MigrationInput input = input(context);
        return new VmOrders.Address(
                new HostId(input.sourceHostId()),
                new VirtualMachineId(input.vmId()),
                generation,
                plan(context).source());
    }

    private static MigrationInput input(StepContext context) {
        return Json.read(context.input(), MigrationInput.class);
    }

    private static MigrationInput.FilesAlong files(MigrationInput input) {
        return Objects.requireNonNull(input.files(), "a move of files goes somewhere");
    }

    private static Plan plan(StepContext context) {
        return Json.read(context.output("choose-target"), Plan.class);
    }

    private static String moveId(StepContext context) {
        return context.task().id().toString();
    }
}
