package dev.sternpost.server.migration;

import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.server.host.HostAnswer;
import dev.sternpost.server.host.HostCommand;
import dev.sternpost.server.host.HostCommands;
import dev.sternpost.server.host.HostOperation;
import dev.sternpost.server.host.VmLocation;
import dev.sternpost.server.host.VmObservation;
import dev.sternpost.server.virtualmachine.VmOrders;
import dev.sternpost.server.virtualmachine.VmWorkflows;
import dev.sternpost.server.work.Caller;
import dev.sternpost.server.work.Json;
import dev.sternpost.server.work.Submission;
import dev.sternpost.server.work.Tasks;
import dev.sternpost.task.Step;
import dev.sternpost.task.StepContext;
import dev.sternpost.task.StepOutput;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskQuery;
import dev.sternpost.task.TaskView;
import dev.sternpost.task.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * A reconciler: no host keeps what a task could not take away from it because the host was lost. When a host reports a
 * VM that it does not own, and no task on that VM is under way, the ended tasks on it tell what it is: the stopped
 * source or the shadow of a live migration, a VM that was given to another host while off, or one whose making failed, or
 * one that was deleted or unregistered from another host.
 * Then a task is filed that takes it away. Its orders are those of the task that could not: the agent refuses them when
 * the VM runs there. A VM that no task explains is left alone.
 */
public final class Leftovers {
    /** Kind of the task. */
    public static final String KIND = "VirtualMachine.sweep";

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    /** Tasks of a VM that are searched for the one that left something. */
    private static final int TASKS_SEARCHED_MAX = 100;

    /** What is to be done about a leftover. */
    enum Order {
        /** Drop a VM that is off from the host's ledger; files stay. */
        FORGET,
        /** End the shadow of a migration. */
        ABORT_INCOMING,
        /** End the stopped source of a migration. */
        RELEASE_SOURCE,
        /** Delete what a failed create made. */
        DELETE
    }

    /** What the task is given; the migration id is empty unless the order needs one. */
    record Input(
            VirtualMachineId vmId,
            HostId hostId,
            long generation,
            VmLocation location,
            Order order,
            String migrationId,
            boolean on) {}

    private final Inventory inventory;
    private final Tasks tasks;

    public Leftovers(Inventory inventory, Tasks tasks) {
        this.inventory = inventory;
        this.tasks = tasks;
    }

    /** To be told each observation by a host that is not the VM's owner. */
    public void observed(HostId hostId, VmObservation vm) {
        String subject = vm.vmId().value();
        if (tasks.isBusy(subject)) {
            return;
        }
        List<Task> history = tasks.list(new TaskQuery(subject, false, null, TASKS_SEARCHED_MAX)).stream()
                .map(TaskView::task)
                .toList();
        InventorySnapshot snapshot = inventory.snapshot();
        Optional<VirtualMachine> known = snapshot.find(vm.vmId());
        Optional<Input> leftover = known.isPresent()
                ? ofStranger(snapshot, known.get(), hostId, vm, history)
                : ofNobody(hostId, vm, history);
        leftover.ifPresent(input -> tasks.submit(
                Submission.of(KIND, subject, known.map(VirtualMachine::name).orElse(subject), input),
                Caller.SYSTEM,
                input));
    }

    private static Optional<Input> ofStranger(
            InventorySnapshot snapshot, VirtualMachine known, HostId hostId, VmObservation vm, List<Task> history) {
        if (known.hostId().equals(hostId)) {
            return Optional.empty();
        }
        Input forget = new Input(
                known.id(), hostId, known.generation(), VmOrders.locationOf(snapshot, known), Order.FORGET, "", false);
        return switch (vm.state()) {
            case POWERED_ON -> Optional.empty();
            case POWERED_OFF, SUSPENDED -> Optional.of(forget);
            case INCOMING -> migration(history, hostId, false).map(id -> with(forget, Order.ABORT_INCOMING, id));
            case HANDED_OVER -> migration(history, hostId, true).map(id -> with(forget, Order.RELEASE_SOURCE, id));
        };
    }

    private static Input with(Input input, Order order, String migrationId) {
        return new Input(
                input.vmId(), input.hostId(), input.generation(), input.location(), order, migrationId, input.on());
    }

    /** The newest migration that had this host as its source or target. */
    private static Optional<String> migration(List<Task> history, HostId hostId, boolean asSource) {
        return history.stream()
                .filter(task -> wasEndOf(task, hostId, asSource))
                .map(task -> task.id().toString())
                .findFirst();
    }

    private static boolean wasEndOf(Task task, HostId hostId, boolean asSource) {
        String kind = task.draft().kind();
        if (kind.equals(ColdMoveWithFiles.KIND)) {
            MigrationInput input = Json.read(task.draft().input(), MigrationInput.class);
            return !asSource && input.targetHostId().equals(hostId.value());
        }
        return LiveMigration.isLive(kind)
                && MigrationView.of(task.summary())
                        .filter(view -> hostId.value().equals(asSource ? view.sourceHostId() : view.targetHostId()))
                        .isPresent();
    }

    /** A VM the inventory never had, because the task that was to make or register it failed, or has no more. */
    private static Optional<Input> ofNobody(HostId hostId, VmObservation vm, List<Task> history) {
        boolean on = vm.state() == VmObservation.State.POWERED_ON;
        boolean atRest = vm.state() == VmObservation.State.POWERED_OFF || vm.state() == VmObservation.State.SUSPENDED;
        for (Task task : history) {
            Optional<VmLocation> made = VmWorkflows.placeOfFailedCreate(task);
            if (made.isPresent()) {
                return Optional.of(new Input(vm.vmId(), hostId, vm.generation(), made.get(), Order.DELETE, "", on));
            }
            Optional<VmLocation> registered = VmWorkflows.placeOfFailedRegister(task);
            if (registered.isPresent()) {
                return Optional.of(
                        new Input(vm.vmId(), hostId, vm.generation(), registered.get(), Order.FORGET, "", false));
            }
            Optional<VmLocation> removed = VmWorkflows.placeOfRemoved(task);
            if (removed.isPresent() && atRest) {
                return Optional.of(
                        new Input(vm.vmId(), hostId, vm.generation(), removed.get(), Order.FORGET, "", false));
            }
        }
        return Optional.empty();
    }

    // ---- the task ----

    /** The workflow, to be registered with the task runner. */
    public static Workflow workflow(HostCommands hosts) {
        return new Workflow(
                KIND,
                Step.remote("stop", context -> stop(context, hosts))
                        .withTimeout(TIMEOUT.plus(VmOrders.GRACE))
                        .withRetry(VmOrders.REPEAT),
                Step.remote("sweep", context -> sweep(context, hosts))
                        .asFinalEffect()
                        .withTimeout(TIMEOUT.plus(VmOrders.GRACE))
                        .withRetry(VmOrders.REPEAT));
    }

    private static CompletionStage<StepOutput> stop(StepContext context, HostCommands hosts) {
        Input input = Json.read(context.input(), Input.class);
        return input.order() == Order.DELETE && input.on()
                ? send(context, hosts, input, new HostOperation.PowerOffVm())
                        .thenApply(answer -> StepOutput.said("Powered off"))
                : CompletableFuture.completedFuture(StepOutput.NONE);
    }

    private static CompletionStage<StepOutput> sweep(StepContext context, HostCommands hosts) {
        Input input = Json.read(context.input(), Input.class);
        HostOperation operation = switch (input.order()) {
            case FORGET -> new HostOperation.ForgetVm();
            case ABORT_INCOMING -> new HostOperation.AbortIncoming(input.migrationId());
            case RELEASE_SOURCE -> new HostOperation.ReleaseSource(input.migrationId());
            case DELETE -> new HostOperation.DeleteVm();
        };
        return send(context, hosts, input, operation).handle((answer, error) -> {
            if (error == null) {
                return StepOutput.said("Taken away from " + input.hostId());
            }
            // It was started there again since, by high availability or a later task.
            if (MigrationAnswers.is(error, FaultCode.STALE_GENERATION)
                    || MigrationAnswers.is(error, FaultCode.VM_RUNNING)) {
                return StepOutput.said("Nothing to take away: it belongs to " + input.hostId() + " again");
            }
            throw new CompletionException(MigrationAnswers.cause(error));
        });
    }

    private static CompletionStage<HostAnswer> send(
            StepContext context, HostCommands hosts, Input input, HostOperation operation) {
        HostCommand command = new HostCommand(
                context.operationKey(),
                context.task().id().toString(),
                context.epoch(),
                input.vmId(),
                input.generation(),
                input.location(),
                operation);
        return hosts.send(input.hostId(), command, TIMEOUT, progress -> {});
    }
}
