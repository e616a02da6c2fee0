package dev.sternpost.server.power;

import dev.sternpost.inventory.power.PowerStore;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.server.availability.HaLink;
import dev.sternpost.server.drs.PassInput;
import dev.sternpost.server.host.HostCommands;
import dev.sternpost.server.maintenance.HostMaintenance;
import dev.sternpost.server.maintenance.Maintenance;
import dev.sternpost.server.placement.Placements;
import dev.sternpost.server.powercontrol.PowerControls;
import dev.sternpost.server.powercontrol.SecretBox;
import dev.sternpost.server.work.Tasks;
import dev.sternpost.task.Workflow;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * The parts of power management, wired to each other: the workflows first, since tasks are made of them, then what looks at clusters
 * and what callers may ask.
 */
public final class PowerManagement {
    private final Inventory inventory;
    private final PowerBook book;
    private final ControlCalls controls;
    private final HaLink availability;

    /** @param threads for calls that block, each at most as long as {@code PowerControl} says */
    public PowerManagement(
            Inventory inventory, PowerStore store, PowerControls controls, Executor threads, HaLink availability) {
        this.availability = availability;
        this.inventory = inventory;
        this.book = new PowerBook(store);
        this.controls = new ControlCalls(controls, book, threads);
    }

    /** Its kinds of tasks. */
    public List<Workflow> workflows(HostMaintenance maintenance, Placements placements, HostCommands commands) {
        PowerRecords records = new PowerRecords(inventory, book);
        List<Workflow> all = new ArrayList<>(
                new StandbyWorkflows(maintenance.emptying(), placements, commands, records, controls, availability)
                        .all());
        all.add(Fencing.workflow(records, controls));
        return all;
    }

    /** What callers may ask, and what is to be run every second or so. */
    public record Running(PowerAdmin admin, Standby standby, PowerPasses passes, PowerLoop loop, Fencing fencing) {}

    /** With tasks to do it by. */
    public Running run(
            SecretBox secrets,
            Maintenance maintenance,
            PassInput input,
            Placements placements,
            Tasks tasks,
            InstantSource clock) {
        WakingOnDemand demand = new WakingOnDemand(book, placements, clock);
        placements.wakeBy(demand);
        Standby standby = new Standby(inventory, maintenance, controls, tasks);
        PowerPasses passes =
                new PowerPasses(inventory, new PowerLooks(book, input, demand, placements), standby, clock);
        return new Running(
                new PowerAdmin(inventory, book, secrets),
                standby,
                passes,
                new PowerLoop(inventory, book, passes, standby, demand, tasks, clock),
                new Fencing(tasks, controls, book));
    }
}
