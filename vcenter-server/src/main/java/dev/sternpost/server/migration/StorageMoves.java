package dev.sternpost.server.migration;

import dev.sternpost.inventory.Datastore;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.server.work.Caller;
import dev.sternpost.server.work.Json;
import dev.sternpost.server.work.Tasks;
import dev.sternpost.task.TaskDraft;
import dev.sternpost.task.TaskView;
import java.util.Optional;
import java.util.Set;

/** Accepts moves of a VM's files to another datastore: what can be refused now is refused now; the rest is a task. */
public final class StorageMoves {
    private final Inventory inventory;
    private final Tasks tasks;

    public StorageMoves(Inventory inventory, Tasks tasks) {
        this.inventory = inventory;
        this.tasks = tasks;
    }

    /**
     * Moves the files of a VM, which runs on if it runs.
     *
     * @throws FaultException OBJECT_NOT_FOUND, NAME_AMBIGUOUS, REQUEST_INVALID (they are there already), HOST_INCOMPATIBLE (its host
     *     does not see the datastore), VM_WRONG_POWER_STATE (it is being moved), REQUEST_ID_REUSED, OVERLOADED
     */
    public TaskView move(Caller caller, StorageMoveRequest request) {
        Optional<TaskView> earlier = tasks.earlier(caller, StorageMove.KIND, request);
        if (earlier.isPresent()) {
            return earlier.get();
        }
        InventorySnapshot snapshot = inventory.snapshot();
        VirtualMachine vm = snapshot.resolve(request.vm(), VirtualMachine.class);
        Datastore target = snapshot.resolve(request.datastore(), Datastore.class);
        if (vm.datastoreId().equals(target.id())) {
            throw Fault.of(
                            FaultCode.REQUEST_INVALID,
                            "The files of %s are on %s already. Name another datastore."
                                    .formatted(vm.name(), target.name()))
                    .about(vm.id().value())
                    .exception();
        }
        Host host = snapshot.get(vm.hostId());
        if (!host.datastoreIds().contains(target.id())) {
            throw Fault.of(
                            FaultCode.HOST_INCOMPATIBLE,
                            "%s, where %s is, does not see datastore %s. Connect the datastore to it, or name a host that sees it, to which the VM goes with its files."
                                    .formatted(host.name(), vm.name(), target.name()))
                    .about(vm.id().value())
                    .exception();
        }
        StorageMove.Input input = new StorageMove.Input(
                vm.id(),
                vm.hostId(),
                vm.datastoreId(),
                target.id(),
                request.provisioning(),
                request.bandwidthLimitBytesPerSecond());
        TaskDraft draft = new TaskDraft(
                StorageMove.KIND,
                vm.id().value(),
                vm.name(),
                caller.userName(),
                caller.requestId(),
                Tasks.digest(request),
                Json.write(input),
                Set.of("move:" + vm.id().value()));
        return tasks.submit(
                draft,
                task -> {},
                taken -> Fault.of(
                                FaultCode.VM_WRONG_POWER_STATE,
                                "%s is being moved already, by %s. Wait for it or cancel it first."
                                        .formatted(vm.name(), taken.holder()))
                        .about(vm.id().value())
                        .exception());
    }
}
