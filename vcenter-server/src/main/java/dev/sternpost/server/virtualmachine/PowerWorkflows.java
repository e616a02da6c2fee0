package dev.sternpost.server.virtualmachine;

import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.VmRuntime;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.server.baseline.CpuNeeds;
import dev.sternpost.server.host.HostAnswer;
import dev.sternpost.server.host.HostOperation;
import dev.sternpost.server.host.Observed;
import dev.sternpost.server.host.VmObservation;
import dev.sternpost.server.placement.Placements;
import dev.sternpost.server.work.Json;
import dev.sternpost.server.work.Newcomer;
import dev.sternpost.task.RetryPolicy;
import dev.sternpost.task.Step;
import dev.sternpost.task.StepContext;
import dev.sternpost.task.StepOutput;
import dev.sternpost.task.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Power on, off, shut down, reset, suspend. Each change of intent first raises the VM's generation, recorded before the
 * order leaves, so that whatever was ordered before is refused from then on; then the host acts; then the inventory
 * shows it. Nothing is undone but a power-on whose outcome is unknown: a generation that rose too often harms nobody.
 */
final class PowerWorkflows {
    static final String POWER_ON = "VirtualMachine.powerOn";
    static final String POWER_OFF = "VirtualMachine.powerOff";
    static final String SHUTDOWN = "VirtualMachine.shutdownGuest";
    static final String RESET = "VirtualMachine.reset";
    static final String SUSPEND = "VirtualMachine.suspend";

    /** Longest a guest may take to shut down. */
    static final Duration SHUTDOWN_MAX = Duration.ofMinutes(30);

    /** Writing the memory to disk. */
    private static final Duration SUSPEND_MAX = Duration.ofMinutes(30);

    /** What each of them is given. */
    record Input(VirtualMachineId vmId, long timeoutMillis) {}

    /** Where a VM is to be powered on, and where it was. */
    private record Choice(HostId hostId, HostId previousHostId, boolean resume) {
        boolean moves() {
            return !hostId.equals(previousHostId);
        }
    }

    private final VmOrders orders;
    private final VmRecords records;
    private final Placements placements;
    private final Observed observed;

    PowerWorkflows(VmOrders orders, VmRecords records, Placements placements, Observed observed) {
        this.orders = orders;
        this.records = records;
        this.placements = placements;
        this.observed = observed;
    }

    List<Workflow> all() {
        return List.of(powerOn(), powerOff(), shutdown(), reset(), suspend());
    }

    // ---- power on ----

    private Workflow powerOn() {
        return new Workflow(
                POWER_ON,
                Step.decide("choose-host", this::chooseHost).withRetry(RetryPolicy.PATIENT),
                Step.local("raise-generation", this::takeOwner)
                        .withSharedTransaction()
                        .withLocalUndo(this::giveBack),
                Step.remote("power-on", this::orderOn)
                        .withRemoteUndo(this::takeBack)
                        .withUndoOptional()
                        .withTimeout(VmOrders.QUICK.multipliedBy(2).plus(VmOrders.GRACE))
                        .withRetry(VmOrders.REPEAT)
                        .withWeight(5),
                Step.local("record", this::recordOn).withSharedTransaction().asFinalEffect(),
                Step.remote("forget-at-previous-host", this::forgetAtPrevious)
                        .withTimeout(VmOrders.QUICK.plus(VmOrders.GRACE))
                        .asOptional());
    }

    private StepOutput chooseHost(StepContext context) {
        InventorySnapshot snapshot = records.snapshot();
        VirtualMachine vm = snapshot.get(input(context).vmId());
        VmChecks.requireCanPowerOn(vm);
        boolean resume = vm.powerState() == PowerState.SUSPENDED;
        Host home = snapshot.get(vm.hostId());
        Host host = placements.toRun(
                context.task().id(),
                Newcomer.of(vm),
                new Placements.Candidates(VmChecks.candidates(snapshot, vm), home.id(), resume));
        Choice choice = new Choice(host.id(), home.id(), resume);
        return StepOutput.of(
                Json.write(choice),
                choice.moves() ? "On " + host.name() + " instead of " + home.name() : "On " + host.name());
    }

    /** Where a task that powers a VM on has chosen to; empty when it has not yet. */
    static Optional<HostId> chosen(Map<String, String> outputs) {
        return Optional.ofNullable(outputs.get("choose-host"))
                .map(output -> Json.read(output, Choice.class).hostId());
    }

    private StepOutput takeOwner(StepContext context) {
        Choice choice = choice(context);
        VirtualMachine vm = records.change(
                context,
                input(context).vmId(),
                before -> choice.moves()
                        ? before.withOwner(choice.hostId(), before.generation() + 1)
                        : before.withNextGeneration(),
                null);
        return StepOutput.of(Json.write(VmOrders.addressOf(records.snapshot(), vm)));
    }

    private StepOutput giveBack(StepContext context) {
        Choice choice = choice(context);
        if (choice.moves()) {
            records.change(
                    context,
                    input(context).vmId(),
                    vm -> vm.withOwner(choice.previousHostId(), vm.generation() + 1),
                    null);
        }
        return StepOutput.NONE;
    }

    /** A host that the VM comes to has to take it first. */
    private CompletionStage<StepOutput> orderOn(StepContext context) {
        CompletionStage<HostAnswer> answer = choice(context).moves()
                ? orders.send(
                                context,
                                context.operationKey() + ".adopt",
                                address(context),
                                new HostOperation.AdoptVm(),
                                VmOrders.QUICK,
                                progress -> {})
                        .thenCompose(adopted -> sendOn(context))
                : sendOn(context);
        return answer.thenApply(PowerWorkflows::observation);
    }

    private CompletionStage<HostAnswer> sendOn(StepContext context) {
        InventorySnapshot snapshot = records.snapshot();
        VirtualMachine vm = snapshot.get(input(context).vmId());
        String cpuModel = CpuNeeds.descriptionOf(snapshot, vm.config(), vm.resourcePoolId());
        return orders.send(context, address(context), new HostOperation.PowerOnVm(cpuModel), VmOrders.QUICK);
    }

    /** The host it left must not keep an entry of it; one that is away is swept when it is heard again. */
    private CompletionStage<StepOutput> forgetAtPrevious(StepContext context) {
        Choice choice = choice(context);
        boolean reachable = records.snapshot()
                .find(choice.previousHostId())
                .filter(Host::isConnected)
                .isPresent();
        return choice.moves() && reachable
                ? forget(context, address(context).withHost(choice.previousHostId()))
                : nothingToDo();
    }

    private CompletionStage<StepOutput> forget(StepContext context, VmOrders.Address address) {
        return orders.send(
                        context,
                        context.operationKey() + ".forget",
                        address,
                        new HostOperation.ForgetVm(),
                        VmOrders.QUICK,
                        progress -> {})
                .thenApply(answer -> StepOutput.NONE);
    }

    /** What was begun is stopped, and a host that had taken the VM for this gives it back. */
    private CompletionStage<StepOutput> takeBack(StepContext context) {
        return orderOffAgain(context)
                .thenCompose(off -> choice(context).moves() ? forget(context, address(context)) : nothingToDo());
    }

    /** A VM that was resumed is suspended again: cutting its power would lose its memory. */
    private CompletionStage<StepOutput> orderOffAgain(StepContext context) {
        if (!choice(context).resume()) {
            return orders.send(context, address(context), new HostOperation.PowerOffVm(), VmOrders.QUICK)
                    .thenApply(answer -> StepOutput.NONE);
        }
        return orders.send(context, address(context), new HostOperation.SuspendVm(), SUSPEND_MAX)
                .handle((answer, error) -> {
                    boolean neverRan =
                            error instanceof FaultException fault && fault.code() == FaultCode.VM_WRONG_POWER_STATE;
                    if (error != null && !neverRan) {
                        throw new CompletionException(error);
                    }
                    return StepOutput.NONE;
                });
    }

    private StepOutput recordOn(StepContext context) {
        VmRuntime runtime = runtime(context.output("power-on"));
        boolean resumed = choice(context).resume();
        long generation = address(context).generation();
        records.change(
                context,
                input(context).vmId(),
                vm -> vm.powerState() == PowerState.POWERED_ON || observed.hasEnded(vm.id(), generation)
                        ? vm
                        : vm.withRuntime(runtime),
                VmRecords.Note.of(
                        resumed ? EventType.VM_RESUMED : EventType.VM_POWERED_ON,
                        vm -> "%s is %s.".formatted(vm.name(), resumed ? "running again" : "powered on")));
        return StepOutput.NONE;
    }

    // ---- off, shut down, suspend, reset ----

    private Workflow powerOff() {
        return new Workflow(
                POWER_OFF,
                check(VmChecks::requireCanPowerOff),
                raiseGeneration(),
                order("power-off", new HostOperation.PowerOffVm(), VmOrders.QUICK),
                recordStopped(VmRuntime.OFF, EventType.VM_POWERED_OFF, "%s is powered off."));
    }

    private Workflow shutdown() {
        return new Workflow(
                SHUTDOWN,
                check((snapshot, vm) -> VmChecks.requireOn(vm)),
                raiseGeneration(),
                Step.remote("shut-down", this::orderShutdown)
                        .withTimeout(SHUTDOWN_MAX.plus(VmOrders.QUICK).plus(VmOrders.GRACE))
                        .withRetry(VmOrders.REPEAT)
                        .asFinalEffectOnceDone()
                        .withWeight(5),
                recordStopped(VmRuntime.OFF, EventType.VM_GUEST_SHUTDOWN, "The guest of %s has shut down."));
    }

    private CompletionStage<StepOutput> orderShutdown(StepContext context) {
        Duration patience = Duration.ofMillis(input(context).timeoutMillis());
        return orders.send(
                        context,
                        address(context),
                        new HostOperation.ShutdownVm(patience),
                        patience.plus(VmOrders.QUICK))
                .thenApply(answer -> StepOutput.NONE);
    }

    private Workflow suspend() {
        return new Workflow(
                SUSPEND,
                check((snapshot, vm) -> VmChecks.requireOn(vm)),
                raiseGeneration(),
                order("suspend", new HostOperation.SuspendVm(), SUSPEND_MAX),
                recordStopped(VmRuntime.SUSPENDED, EventType.VM_SUSPENDED, "%s is suspended."));
    }

    private Workflow reset() {
        return new Workflow(
                RESET,
                check((snapshot, vm) -> VmChecks.requireOn(vm)),
                order("reset", new HostOperation.ResetVm(), VmOrders.QUICK),
                Step.local("record", context -> {
                            records.note(
                                    context,
                                    input(context).vmId(),
                                    VmRecords.Note.of(EventType.VM_RESET, vm -> vm.name() + " was reset."));
                            return StepOutput.NONE;
                        })
                        .withSharedTransaction());
    }

    private Step check(BiConsumer<InventorySnapshot, VirtualMachine> check) {
        return Step.decide("check", context -> {
            InventorySnapshot snapshot = records.snapshot();
            VirtualMachine vm = snapshot.get(input(context).vmId());
            check.accept(snapshot, vm);
            VmChecks.requireConnected(snapshot.get(vm.hostId()));
            return StepOutput.of(Json.write(VmOrders.addressOf(snapshot, vm)));
        });
    }

    private Step raiseGeneration() {
        return Step.local("raise-generation", context -> {
                    VirtualMachine vm =
                            records.change(context, input(context).vmId(), VirtualMachine::withNextGeneration, null);
                    return StepOutput.of(Json.write(VmOrders.addressOf(records.snapshot(), vm)));
                })
                .withSharedTransaction();
    }

    private Step order(String name, HostOperation operation, Duration timeout) {
        return Step.remote(
                        name,
                        context -> orders.send(context, address(context), operation, timeout)
                                .thenApply(answer -> StepOutput.NONE))
                .withTimeout(timeout.plus(VmOrders.GRACE))
                .withRetry(VmOrders.REPEAT)
                .asFinalEffect()
                .withWeight(5);
    }

    private Step recordStopped(VmRuntime runtime, EventType type, String message) {
        return Step.local("record", context -> {
                    records.change(
                            context,
                            input(context).vmId(),
                            vm -> vm.withRuntime(runtime),
                            VmRecords.Note.of(type, vm -> message.formatted(vm.name())));
                    return StepOutput.NONE;
                })
                .withSharedTransaction();
    }

    // ---- what they share ----

    static CompletionStage<StepOutput> nothingToDo() {
        return CompletableFuture.completedFuture(StepOutput.said("not needed"));
    }

    /** The VM as the host answered it to be, for {@link #runtime}. */
    static StepOutput observation(HostAnswer answer) {
        return answer.vm() == null ? StepOutput.NONE : StepOutput.of(Json.write(answer.vm()));
    }

    /** What a step recorded by {@link #observation}. */
    static VmRuntime runtime(String output) {
        @Nullable VmRuntime seen = output.isEmpty() ? null : Observed.runtime(Json.read(output, VmObservation.class));
        return seen == null || seen.powerState() != PowerState.POWERED_ON ? Observed.running() : seen;
    }

    private static Input input(StepContext context) {
        return Json.read(context.input(), Input.class);
    }

    private static Choice choice(StepContext context) {
        return Json.read(context.output("choose-host"), Choice.class);
    }

    private static VmOrders.Address address(StepContext context) {
        String raised = context.outputOf("raise-generation").orElseGet(() -> context.output("check"));
        return Json.read(raised, VmOrders.Address.class);
    }
}
