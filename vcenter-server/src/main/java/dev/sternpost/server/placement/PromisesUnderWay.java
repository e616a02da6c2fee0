package dev.sternpost.server.placement;

import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.server.work.Reservations;
import dev.sternpost.server.work.Reservations.Promise;
import dev.sternpost.task.LogKind;
import dev.sternpost.task.LogRecord;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes the promises again that unfinished tasks were given before the server was started, from what they have recorded. */
public final class PromisesUnderWay {
    private static final int PAGE = 500;

    /** Knows some kinds of tasks. */
    @FunctionalInterface
    public interface Reader {
        /** @param outputs what the steps of the task have recorded, by name */
        Optional<Promise> promiseOf(Task task, Map<String, String> outputs, InventorySnapshot snapshot);
    }

    /** Told of each task that goes on, with what its steps have recorded. */
    @FunctionalInterface
    public interface Follower {
        void goesOn(Task task, Map<String, String> outputs);
    }

    private final TaskStore store;
    private final Inventory inventory;
    private final Reservations reservations;
    private final List<Reader> readers;
    private final Follower follower;

    public PromisesUnderWay(
            TaskStore store, Inventory inventory, Reservations reservations, List<Reader> readers, Follower follower) {
        this.store = store;
        this.inventory = inventory;
        this.reservations = reservations;
        this.readers = List.copyOf(readers);
        this.follower = follower;
    }

    /** To be called before tasks go on: none of them ends meanwhile, and none chooses anew. */
    public void renew() {
        InventorySnapshot snapshot = inventory.snapshot();
        long after = 0;
        List<Task> page;
        do {
            page = store.unfinished(after, PAGE);
            for (Task task : page) {
                after = task.id().number();
                Map<String, String> outputs = outputs(task);
                follower.goesOn(task, outputs);
                readers.stream()
                        .flatMap(reader -> reader.promiseOf(task, outputs, snapshot).stream())
                        .forEach(promise -> reservations.hold(task.id(), promise));
            }
        } while (page.size() == PAGE);
    }

    private Map<String, String> outputs(Task task) {
        Map<String, String> outputs = new HashMap<>();
        for (LogRecord record : store.log(task.id())) {
            if (record.kind() == LogKind.STEP_DONE) {
                outputs.put(record.step(), record.output());
            }
        }
        return outputs;
    }
}
