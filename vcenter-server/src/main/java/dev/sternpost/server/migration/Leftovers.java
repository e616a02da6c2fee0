package dev.sternpost.server.migration;

import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.server.host.HostCommand;
import dev.sternpost.server.host.HostCommands;
import dev.sternpost.server.host.HostOperation;
import dev.sternpost.server.host.VmLocation;
import dev.sternpost.server.host.VmObservation;
import dev.sternpost.server.virtualmachine.VmOrders;
import dev.sternpost.server.work.Caller;
import dev.sternpost.server.work.Json;
import dev.sternpost.server.work.Submission;
import dev.sternpost.server.work.Tasks;
import dev.sternpost.task.Step;
import dev.sternpost.task.StepContext;
import dev.sternpost.task.StepOutput;
import dev.sternpost.task.TaskId;
import dev.sternpost.task.TaskQuery;
import dev.sternpost.task.TaskView;
import dev.sternpost.task.Workflow;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A reconciler: no host keeps what a move left behind. When a host that is not a VM's owner reports a stopped source, a
 * shadow or a VM that is off, and no task on that VM is under way, a task is filed that takes it away there. Its orders
 * are the same as those of the move, refused by the agent when the VM runs there.
 */
public final class Leftovers {
    /** Kind of the task. */
    public static final String KIND = "VirtualMachine.sweep";

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    /** Tasks of a VM that are searched for the move that left something. */
    private static final int TASKS_SEARCHED_MAX = 100;

    /** What the task is given; the migration id is empty for a VM that is off. */
    record Input(VirtualMachineId vmId, HostId hostId, VmObservation.State state, String migrationId) {}

    private Leftovers() {}

    /** The workflow, to be registered with the task runner. */
    public static Workflow workflow(Inventory inventory, HostCommands hosts) {
        return new Workflow(
                KIND,
                Step.remote("sweep", context -> sweep(context, inventory, hosts))
                        .asFinalEffect()
                        .withTimeout(TIMEOUT.plus(VmOrders.GRACE))
                        .withRetry(VmOrders.REPEAT));
    }

    /** Files a task if the observation is of a leftover; to be told each observation by a host that is not the owner. */
    public static void observed(Inventory inventory, Tasks tasks, HostId hostId, VmObservation vm) {
        String subject = vm.vmId().value();
        InventorySnapshot snapshot = inventory.snapshot();
        Optional<VirtualMachine> known = snapshot.find(vm.vmId());
        boolean stranger = known.isPresent() && !known.get().hostId().equals(hostId);
        if (!stranger || tasks.isBusy(subject)) {
            return;
        }
        Optional<String> migration = migration(tasks, hostId, vm);
        if (migration.isPresent()) {
            Input input = new Input(vm.vmId(), hostId, vm.state(), migration.get());
            Submission submission = Submission.of(KIND, subject, known.get().name(), input);
            tasks.submit(submission, Caller.SYSTEM, input);
        }
    }

    /** The migration it is left from; empty when it is none of ours to take away. */
    private static Optional<String> migration(Tasks tasks, HostId hostId, VmObservation vm) {
        return switch (vm.state()) {
            case POWERED_ON -> Optional.empty();
            case POWERED_OFF, SUSPENDED -> Optional.of("");
            case INCOMING -> lastMigration(tasks, vm.vmId(), hostId, false);
            case HANDED_OVER -> lastMigration(tasks, vm.vmId(), hostId, true);
        };
    }

    private static Optional<String> lastMigration(Tasks tasks, VirtualMachineId vm, HostId hostId, boolean asSource) {
        return tasks.list(new TaskQuery(vm.value(), false, null, TASKS_SEARCHED_MAX)).stream()
                .map(TaskView::task)
                .filter(task -> task.draft().kind().equals(LiveMigration.KIND))
                .filter(task -> MigrationView.of(task.summary())
                        .filter(view -> hostId.value().equals(asSource ? view.sourceHostId() : view.targetHostId()))
                        .isPresent())
                .map(task -> task.id())
                .map(TaskId::toString)
                .findFirst();
    }

    private static CompletionStage<StepOutput> sweep(StepContext context, Inventory inventory, HostCommands hosts) {
        Input input = Json.read(context.input(), Input.class);
        InventorySnapshot snapshot = inventory.snapshot();
        VirtualMachine vm = snapshot.get(input.vmId());
        VmLocation location = VmOrders.locationOf(snapshot, vm);
        HostOperation operation = switch (input.state()) {
            case INCOMING -> new HostOperation.AbortIncoming(input.migrationId());
            case HANDED_OVER -> new HostOperation.ReleaseSource(input.migrationId());
            case POWERED_OFF, SUSPENDED, POWERED_ON -> new HostOperation.ForgetVm();
        };
        HostCommand command = new HostCommand(
                context.operationKey(),
                context.task().id().toString(),
                context.epoch(),
                vm.id(),
                vm.generation(),
                location,
                operation);
        String there = snapshot.find(input.hostId())
                .map(host -> host.name())
                .orElse(input.hostId().value());
        return hosts.send(input.hostId(), command, TIMEOUT, progress -> {})
                .thenApply(answer -> StepOutput.said("Taken away from " + there));
    }
}
