package dev.sternpost.server.maintenance;

import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.server.drs.PassInput;
import dev.sternpost.server.migration.Migrations;
import dev.sternpost.server.placement.Placements;
import dev.sternpost.server.work.TaskBoard;
import dev.sternpost.server.work.Tasks;
import dev.sternpost.task.Workflow;
import java.time.InstantSource;
import java.util.List;

/**
 * The parts of maintenance, wired to each other: the workflows first, since tasks are made of them, then what files the moves and what
 * callers may ask.
 */
public final class HostMaintenance {
    private final Inventory inventory;
    private final Placements placements;
    private final InstantSource clock;
    private final EvacuationLedger ledger = new EvacuationLedger();

    public HostMaintenance(Inventory inventory, Placements placements, InstantSource clock) {
        this.inventory = inventory;
        this.placements = placements;
        this.clock = clock;
    }

    /** Its kinds of tasks. */
    public List<Workflow> workflows() {
        return new MaintenanceWorkflows(inventory, placements, ledger).all();
    }

    /** For who empties hosts for another reason. */
    public HostEmptying emptying() {
        return new MaintenanceWorkflows(inventory, placements, ledger).emptying();
    }

    /**
     * What callers may ask.
     *
     * @param tick to be run every second or so
     */
    public record Running(Maintenance face, Runnable tick) {}

    /** What the moves are done by. */
    public record Work(TaskBoard board, Tasks tasks, Migrations migrations) {}

    /** With tasks to do it by. */
    public Running run(PassInput input, Work work) {
        EvacuationPlans plans = new EvacuationPlans(inventory, input);
        Evacuations evacuations = new Evacuations(plans, ledger, work, clock);
        return new Running(new Maintenance(inventory, plans, work.tasks(), placements), evacuations::tick);
    }
}
