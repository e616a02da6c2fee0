package dev.sternpost.server.migration;

import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.ManagedObjectId;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.server.work.CostQueue;
import dev.sternpost.server.work.CostQueue.Kind;
import dev.sternpost.server.work.CostQueue.Use;
import dev.sternpost.server.work.Json;
import dev.sternpost.task.Step;
import dev.sternpost.task.StepContext;
import dev.sternpost.task.StepOutput;
import dev.sternpost.task.StepProgress;
import dev.sternpost.task.Task;
import dev.sternpost.task.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Lets moves begin only as fast as hosts and datastores bear: what comes before the first step of each. A live migration whose target placement
 * chooses burdens the source's side only.
 */
public final class MoveQueue {
    static final String STEP = "await-turn";

    /** Who has waited for longer had better look why. */
    private static final Duration WAIT_MAX = Duration.ofDays(1);

    private static final int STORAGE_HOST_COST = 4;
    private static final int STORAGE_DATASTORE_COST = 16;

    private final Inventory inventory;
    private final CostQueue queue;

    public MoveQueue(Inventory inventory, CostQueue queue) {
        this.inventory = inventory;
        this.queue = queue;
    }

    /** The workflow of a kind of move, with its turn to wait for first. */
    public Workflow before(Workflow move) {
        List<Step> steps = new ArrayList<>(List.of(Step.await(STEP, WAIT_MAX, this::turn)));
        steps.addAll(move.steps());
        return new Workflow(move.kind(), steps);
    }

    /** A task goes on that had its turn before the server was started. */
    public void renew(Task task, Map<String, String> outputs) {
        if (outputs.containsKey(STEP)) {
            queue.hold(
                    task.id(),
                    uses(inventory.snapshot(), task.draft().kind(), task.draft().input()));
        }
    }

    private Optional<StepOutput> turn(StepContext context) {
        InventorySnapshot snapshot = inventory.snapshot();
        List<Use> uses = uses(snapshot, context.task().draft().kind(), context.input());
        Optional<CostQueue.Wait> wait = queue.enter(context.task(), uses);
        if (wait.isEmpty()) {
            return Optional.of(StepOutput.NONE);
        }
        context.progress().accept(new StepProgress(0, words(snapshot, wait.get()), ""));
        return Optional.empty();
    }

    private static List<Use> uses(InventorySnapshot snapshot, String kind, String input) {
        return kind.equals(StorageMove.KIND)
                ? storage(Json.read(input, StorageMove.Input.class))
                : hosts(snapshot, kind, Json.read(input, MigrationInput.class));
    }

    private static List<Use> hosts(InventorySnapshot snapshot, String kind, MigrationInput input) {
        List<Use> uses = new ArrayList<>();
        MigrationInput.FilesAlong files = input.files();
        for (String host : List.of(input.sourceHostId(), input.targetHostId())) {
            if (!host.isEmpty()) {
                if (LiveMigration.isLive(kind)) {
                    uses.add(new Use(Kind.LINK, host, 1));
                }
                uses.add(new Use(Kind.HOST, host, files == null ? 1 : STORAGE_HOST_COST));
            }
        }
        int datastoreCost = files == null ? 1 : STORAGE_DATASTORE_COST;
        snapshot.find(new VirtualMachineId(input.vmId()))
                .ifPresent(
                        vm -> uses.add(new Use(Kind.DATASTORE, vm.datastoreId().value(), datastoreCost)));
        if (files != null) {
            uses.add(new Use(Kind.DATASTORE, files.datastoreId().value(), datastoreCost));
        }
        return uses;
    }

    private static List<Use> storage(StorageMove.Input input) {
        return List.of(
                new Use(Kind.HOST, input.hostId().value(), STORAGE_HOST_COST),
                new Use(Kind.DATASTORE, input.sourceId().value(), STORAGE_DATASTORE_COST),
                new Use(Kind.DATASTORE, input.targetId().value(), STORAGE_DATASTORE_COST));
    }

    private static String words(InventorySnapshot snapshot, CostQueue.Wait wait) {
        String name = ManagedObjectId.tryParse(wait.on().objectId())
                .flatMap(snapshot::find)
                .map(ManagedObject::name)
                .orElse(wait.on().objectId());
        String full = switch (wait.on().kind()) {
            case LINK -> "%d of %d live migrations come to or leave %s".formatted(wait.used(), wait.limit(), name);
            case HOST -> "moves take %d of %d units of %s".formatted(wait.used(), wait.limit(), name);
            case DATASTORE -> "moves take %d of %d units of datastore %s".formatted(wait.used(), wait.limit(), name);
        };
        return wait.before() == 0 ? "waits: " + full : "waits: %s, and %d came first".formatted(full, wait.before());
    }
}
