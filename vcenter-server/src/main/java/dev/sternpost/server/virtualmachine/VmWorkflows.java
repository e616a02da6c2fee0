package dev.sternpost.server.virtualmachine;

import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.server.host.Observed;
import dev.sternpost.server.host.VmLocation;
import dev.sternpost.server.placement.Placements;
import dev.sternpost.server.work.Json;
import dev.sternpost.server.work.Newcomer;
import dev.sternpost.server.work.Reservations.Promise;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskState;
import dev.sternpost.task.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All workflows of this package. */
public final class VmWorkflows {
    private VmWorkflows() {}

    public static List<Workflow> all(VmOrders orders, VmRecords records, Placements placements, Observed observed) {
        List<Workflow> all = new ArrayList<>();
        all.add(new CreateWorkflow(orders, records, placements, observed).workflow());
        all.add(new RegisterWorkflow(orders, records).workflow());
        all.addAll(new PowerWorkflows(orders, records, placements, observed).all());
        all.addAll(new ChangeWorkflows(orders, records, placements).all());
        return List.copyOf(all);
    }

    /**
     * The room that an unfinished task was promised before the server was started again; empty when it was promised none.
     *
     * @param outputs what its steps have recorded, by name
     */
    public static Optional<Promise> promiseOf(Task task, Map<String, String> outputs, InventorySnapshot snapshot) {
        String input = task.draft().input();
        return switch (task.draft().kind()) {
            case PowerWorkflows.POWER_ON ->
                PowerWorkflows.chosen(outputs)
                        .flatMap(host -> snapshot.find(Json.read(input, PowerWorkflows.Input.class)
                                        .vmId())
                                .map(vm -> new Promise(host, Newcomer.of(vm))));
            case CreateWorkflow.KIND -> {
                CreateWorkflow.Input create = Json.read(input, CreateWorkflow.Input.class);
                yield create.powerOn()
                        ? CreateWorkflow.chosen(outputs).map(host -> new Promise(host, create.newcomer()))
                        : Optional.empty();
            }
            case String other -> Optional.empty();
        };
    }

    /** Where a task was about to make a VM; empty when it is no such task, or made it. */
    public static Optional<VmLocation> placeOfFailedCreate(Task task) {
        return hasFailed(task, CreateWorkflow.KIND)
                ? Optional.of(Json.read(task.draft().input(), CreateWorkflow.Input.class)
                        .location())
                : Optional.empty();
    }

    /** Where a task was about to register a VM from; empty when it is no such task, or did it. */
    public static Optional<VmLocation> placeOfFailedRegister(Task task) {
        return hasFailed(task, RegisterWorkflow.KIND)
                ? Optional.of(Json.read(task.draft().input(), RegisterWorkflow.Input.class)
                        .location())
                : Optional.empty();
    }

    /** Where a VM was that a task deleted or unregistered; empty when it is no such task, or did not do it. */
    public static Optional<VmLocation> placeOfRemoved(Task task) {
        String kind = task.draft().kind();
        boolean removes = kind.equals(ChangeWorkflows.DELETE) || kind.equals(ChangeWorkflows.UNREGISTER);
        return removes && task.state() == TaskState.SUCCEEDED
                ? Optional.ofNullable(Json.read(task.draft().input(), ChangeWorkflows.Remove.class)
                        .location())
                : Optional.empty();
    }

    private static boolean hasFailed(Task task, String kind) {
        return task.draft().kind().equals(kind)
                && (task.state() == TaskState.FAILED || task.state() == TaskState.CANCELLED);
    }
}
