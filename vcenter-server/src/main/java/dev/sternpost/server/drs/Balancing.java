package dev.sternpost.server.drs;

import dev.sternpost.inventory.pass.PassStore;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.server.migration.Migrations;
import dev.sternpost.server.placement.ClusterInput;
import dev.sternpost.server.work.TaskBoard;
import dev.sternpost.server.work.Tasks;
import java.time.InstantSource;

/** The parts of load balancing, wired to each other: what goes on by itself, and what callers may ask. */
public record Balancing(LoadBalancing face, DrsLoop loop, PassInput input) {
    /** What it needs of tasks. */
    public record Work(TaskBoard board, Tasks tasks, Migrations migrations) {}

    public static Balancing of(
            Inventory inventory, ClusterInput clusters, Work work, PassStore store, InstantSource clock) {
        MoveHistory history = new MoveHistory(work.board(), work.tasks());
        PassInput input = new PassInput(clusters, history, work.migrations(), work.tasks()::isBusy);
        MoveOrders orders = new MoveOrders(inventory, work.migrations(), work.tasks());
        Advices advices = new Advices(inventory, input, store, orders);
        return new Balancing(
                new LoadBalancing(inventory, input, store, advices, clock),
                new DrsLoop(inventory, advices, history, clock),
                input);
    }
}
