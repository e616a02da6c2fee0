package dev.sternpost.server.power;

import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.ClusterId;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostMode;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.power.PowerLevel;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.server.work.Caller;
import dev.sternpost.server.work.Tasks;
import dev.sternpost.task.TaskView;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the power of clusters, as often as they are balanced; lets the tasks that wait for machines look again; and brings hosts
 * back into use that somebody has switched on by hand. Someone calls {@link #tick} about once a second.
 */
public final class PowerLoop {
    private static final Logger LOG = LoggerFactory.getLogger(PowerLoop.class);

    private final Inventory inventory;
    private final PowerBook book;
    private final PowerPasses passes;
    private final Tasks tasks;
    private final InstantSource clock;
    private final WakingOnDemand demand;
    private final Standby standby;
    private final Map<ClusterId, Instant> lastTimes = new HashMap<>();

    PowerLoop(
            Inventory inventory,
            PowerBook book,
            PowerPasses passes,
            Standby standby,
            WakingOnDemand demand,
            Tasks tasks,
            InstantSource clock) {
        this.standby = standby;
        this.demand = demand;
        this.inventory = inventory;
        this.book = book;
        this.passes = passes;
        this.tasks = tasks;
        this.clock = clock;
    }

    public void tick() {
        InventorySnapshot snapshot = inventory.snapshot();
        book.forgetGone(snapshot);
        passes.forgetGone(snapshot);
        lastTimes.keySet().removeIf(id -> snapshot.find(id).isEmpty());
        for (Host host : snapshot.objects(Host.class)) {
            if (host.mode() == HostMode.STANDBY
                    && host.isConnected()
                    && !tasks.isBusy(host.id().value())) {
                awake(host);
            } else if (host.mode() == HostMode.ENTERING_STANDBY || host.mode().isAsleep()) {
                tasks.observed(host.id().value());
            }
        }
        demand.wanted()
                .forEach((id, wanted) -> inventory
                        .snapshot()
                        .find(id)
                        .filter(host -> host.mode() == HostMode.STANDBY && !tasks.isBusy(id.value()))
                        .ifPresent(host -> wake(host, wanted)));
        snapshot.objects(Cluster.class).forEach(this::look);
    }

    private void wake(Host host, WakingOnDemand.Wanted wanted) {
        try {
            TaskView task =
                    standby.exit(Caller.named(PowerPasses.USER_NAME), host.id().value());
            inventory.commit(InventoryWrite.builder()
                    .event(EventDraft.about(
                                    host,
                                    EventType.POWER_RECOMMENDATION_APPLIED,
                                    "%s is woken, since no host that is on can take %s."
                                            .formatted(host.name(), wanted.vmName()))
                            .onHost(host.id())
                            .byUser(PowerPasses.USER_NAME)
                            .byTask(task.task().id().toString()))
                    .build());
        } catch (FaultException e) {
            LOG.warn("{} is wanted and not woken: {}", host.name(), e.fault().message());
        }
    }

    private void look(Cluster cluster) {
        if (book.of(cluster.id()).level() == PowerLevel.OFF) {
            lastTimes.remove(cluster.id());
            return;
        }
        Instant now = clock.instant();
        Instant since = lastTimes.computeIfAbsent(cluster.id(), id -> now);
        if (!since.plus(Duration.ofSeconds(cluster.drs().intervalSeconds())).isAfter(now)) {
            lastTimes.put(cluster.id(), now);
            PowerPass pass = passes.make(cluster.id(), "interval");
            LOG.debug(
                    "power of {}: {} recommendations, {}",
                    cluster.name(),
                    pass.recommended().size(),
                    pass.stopped());
        }
    }

    /** Somebody pressed the button. */
    private void awake(Host asleep) {
        inventory.commit((InventorySnapshot snapshot) -> snapshot.find(asleep.id())
                .filter(host -> host.mode() == HostMode.STANDBY && host.isConnected())
                .map(host -> InventoryWrite.builder()
                        .put(host.withMode(HostMode.NORMAL))
                        .event(EventDraft.about(
                                        host,
                                        EventType.HOST_EXITED_STANDBY,
                                        "%s was switched on by somebody, and is in normal use.".formatted(host.name()))
                                .onHost(host.id()))
                        .build())
                .orElse(InventoryWrite.NOTHING));
        book.change(asleep.id(), setup -> setup.withChangedTime(clock.instant()));
    }
}
