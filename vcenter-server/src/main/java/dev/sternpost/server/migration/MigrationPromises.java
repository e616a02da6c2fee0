package dev.sternpost.server.migration;

import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.server.work.Json;
import dev.sternpost.server.work.Newcomer;
import dev.sternpost.server.work.Reservations.Promise;
import dev.sternpost.task.Task;
import java.util.Map;
import java.util.Optional;

/** The room that live migrations were promised at their targets. */
public final class MigrationPromises {
    private MigrationPromises() {}

    /**
     * The room that an unfinished task was promised before the server was started again; empty when it was promised none.
     *
     * @param outputs what its steps have recorded, by name
     */
    public static Optional<Promise> promiseOf(Task task, Map<String, String> outputs, InventorySnapshot snapshot) {
        if (!LiveMigration.isLive(task.draft().kind()) || !outputs.containsKey("reserve-target")) {
            return Optional.empty();
        }
        HostId target = new HostId(Json.read(outputs.get("reserve-target"), LiveMigration.Plan.class)
                .targetHostId());
        MigrationInput input = Json.read(task.draft().input(), MigrationInput.class);
        return snapshot.find(new VirtualMachineId(input.vmId())).map(vm -> new Promise(target, Newcomer.of(vm)));
    }
}
