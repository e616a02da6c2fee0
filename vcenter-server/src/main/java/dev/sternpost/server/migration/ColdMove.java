package dev.sternpost.server.migration;

import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.OverallStatus;
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
import dev.sternpost.server.host.HostCommand;
import dev.sternpost.server.host.HostCommands;
import dev.sternpost.server.host.HostOperation;
import dev.sternpost.server.host.VmLocation;
import dev.sternpost.server.placement.Placements;
import dev.sternpost.server.work.Json;
import dev.sternpost.server.work.Reservations;
import dev.sternpost.task.Step;
import dev.sternpost.task.StepContext;
import dev.sternpost.task.StepOutput;
import dev.sternpost.task.Workflow;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Gives a VM that is off or suspended to another host of its cluster. Its files stay where they are: the target takes it into
 * its ledger first, then the record changes, then the source forgets it. While both know it neither runs it, and a power-on
 * needs the record.
 */
public final class ColdMove {
    /** Kind of the task. */
    public static final String KIND = "VirtualMachine.relocate";

    static final String PRIVILEGE = "Resource.ColdMigrate";

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Inventory inventory;
    private final HostCommands hosts;
    private final TargetChoice targets;

    public ColdMove(Inventory inventory, HostCommands hosts, Placements placements, Reservations reservations) {
        this.inventory = inventory;
        this.hosts = hosts;
        this.targets = new TargetChoice(placements, reservations);
    }

    record Plan(String targetHostId, long generation) {}

    /** The workflow, to be registered with the task runner. */
    public Workflow workflow() {
        return new Workflow(
                KIND,
                Step.decide("choose-target", this::chooseTarget),
                Step.remote("adopt-at-target", this::adopt)
                        .withRemoteUndo(this::forgetAtTarget)
                        .withUndoOptional()
                        .withTimeout(TIMEOUT),
                Step.local("flip-owner", this::flipOwner).asFinalEffect(),
                Step.remote("forget-at-source", this::forgetAtSource)
                        .withTimeout(TIMEOUT)
                        .asOptional());
    }

    private StepOutput chooseTarget(StepContext context) {
        MigrationInput input = Json.read(context.input(), MigrationInput.class);
        InventorySnapshot snapshot = inventory.snapshot();
        VirtualMachine vm = snapshot.get(new VirtualMachineId(input.vmId()));
        if (vm.powerState() == PowerState.POWERED_ON) {
            throw Fault.of(
                            FaultCode.VM_WRONG_POWER_STATE,
                            "%s was powered on meanwhile. Ask again to migrate it live.".formatted(vm.name()))
                    .about(vm.id().value())
                    .exception();
        }
        Host target = targets.choose(snapshot, vm, input.targetHostId(), false);
        return StepOutput.of(
                Json.write(new Plan(target.id().value(), vm.generation())),
                "%s, %s".formatted(target.name(), input.targetHostId().isEmpty() ? "chosen by placement" : "as asked"));
    }

    private CompletionStage<StepOutput> adopt(StepContext context) {
        return send(context, target(context), plan(context).generation() + 1, new HostOperation.AdoptVm())
                .thenApply(answer -> StepOutput.NONE);
    }

    private CompletionStage<StepOutput> forgetAtTarget(StepContext context) {
        return send(context, target(context), plan(context).generation() + 1, new HostOperation.ForgetVm())
                .thenApply(answer -> StepOutput.NONE);
    }

    private StepOutput flipOwner(StepContext context) {
        MigrationInput input = Json.read(context.input(), MigrationInput.class);
        Plan plan = plan(context);
        inventory.commit((InventorySnapshot snapshot) -> {
            VirtualMachine vm = snapshot.get(new VirtualMachineId(input.vmId()));
            Host target = snapshot.get(target(context));
            String user = context.task().draft().userName();
            String task = context.task().id().toString();
            return InventoryWrite.builder()
                    .put(vm.withOwner(target.id(), plan.generation() + 1).withStatus(OverallStatus.GREEN, ""))
                    .event(EventDraft.about(
                                    vm,
                                    EventType.VM_RELOCATED,
                                    "%s belongs to %s now.".formatted(vm.name(), target.name()))
                            .onHost(target.id())
                            .byUser(user)
                            .byTask(task))
                    .audit(new AuditDraft(user, PRIVILEGE, vm.id(), task))
                    .build();
        });
        return StepOutput.NONE.withResult(input.vmId());
    }

    private CompletionStage<StepOutput> forgetAtSource(StepContext context) {
        HostId source =
                new HostId(Json.read(context.input(), MigrationInput.class).sourceHostId());
        Optional<Host> there = inventory.snapshot().find(source).filter(Host::isConnected);
        if (there.isEmpty()) {
            return CompletableFuture.completedFuture(
                    StepOutput.said("its host is not connected; it is told when it is back"));
        }
        return send(context, source, plan(context).generation() + 1, new HostOperation.ForgetVm())
                .thenApply(answer -> StepOutput.NONE);
    }

    private CompletionStage<HostAnswer> send(
            StepContext context, HostId hostId, long generation, HostOperation operation) {
        InventorySnapshot snapshot = inventory.snapshot();
        VirtualMachine vm = snapshot.get(new VirtualMachineId(
                Json.read(context.input(), MigrationInput.class).vmId()));
        HostCommand command = new HostCommand(
                context.operationKey(),
                context.task().id().toString(),
                context.epoch(),
                vm.id(),
                generation,
                new VmLocation(snapshot.get(vm.datastoreId()).uuid(), vm.directory(), vm.vmxName()),
                operation);
        return hosts.send(hostId, command, TIMEOUT, progress -> {});
    }

    private static Plan plan(StepContext context) {
        return Json.read(context.output("choose-target"), Plan.class);
    }

    private static HostId target(StepContext context) {
        return new HostId(plan(context).targetHostId());
    }
}
