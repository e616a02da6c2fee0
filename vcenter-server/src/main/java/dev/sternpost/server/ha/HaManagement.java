package dev.sternpost.server.ha;

import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.HaSettings.State;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.availability.ToldVersionStore;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.server.availability.HaLink;
import dev.sternpost.server.placement.Placements;
import dev.sternpost.server.work.Reservations;
import dev.sternpost.server.work.Tasks;
import dev.sternpost.task.Workflow;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;

/** The parts of high availability, wired to each other: the workflows first, since tasks are made of them, then what callers may ask. */
public final class HaManagement {
    private final Inventory inventory;
    private final InstantSource clock;
    private final ToldVersions versions;
    private final ConfigPush push;
    private final HaRecords records;

    public HaManagement(Inventory inventory, ToldVersionStore store, HaLink link, InstantSource clock) {
        this.inventory = inventory;
        this.clock = clock;
        this.versions = new ToldVersions(store, clock);
        this.push = new ConfigPush(inventory, link, versions, clock);
        this.records = new HaRecords(inventory);
    }

    /** Its kinds of tasks. */
    public List<Workflow> workflows() {
        return new HaWorkflows(records, push).all();
    }

    /**
     * What callers may ask.
     *
     * @param tick to be run every second or so
     */
    public record Running(HighAvailability clusters, HaVmAdmin vms, HaOverview overview, Runnable tick) {}

    /**
     * With tasks to do it by.
     *
     * @param fence told of each host that is taken for dead, once each time
     */
    public Running run(Tasks tasks, Placements placements, Reservations reservations, Consumer<Host> fence) {
        DeathWatch deaths = new DeathWatch(inventory, push, fence);
        DownMarks marks = new DownMarks(inventory, push);
        placements.guardBy(new FailoverPromise(reservations, push));
        return new Running(
                new HighAvailability(records, push, tasks, clock),
                new HaVmAdmin(records),
                new HaOverview(inventory, push, versions),
                () -> tick(tasks, deaths, marks));
    }

    private void tick(Tasks tasks, DeathWatch deaths, DownMarks marks) {
        push.tick();
        deaths.tick();
        marks.tick();
        for (Cluster cluster : inventory.snapshot().objects(Cluster.class)) {
            State state = cluster.ha().state();
            if (state == State.ENABLING || state == State.DISABLING) {
                tasks.observed(cluster.id().value());
            }
        }
    }
}
