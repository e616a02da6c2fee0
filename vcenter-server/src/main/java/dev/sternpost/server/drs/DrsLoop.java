package dev.sternpost.server.drs;

import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.ClusterId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObjectId;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.event.Event;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.store.Inventory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When each cluster is looked at: every interval, and soon after something has changed that makes a difference. Not at once: changes
 * come in flocks, and what was just powered on has not used anything yet.
 */
public final class DrsLoop {
    private static final Logger LOG = LoggerFactory.getLogger(DrsLoop.class);

    /** How long things settle after a change before they are looked at. */
    private static final Duration SETTLE = Duration.ofSeconds(5);

    /** After a pass that a change has asked for, no other such pass is made for so many times as long as it took, in any cluster. */
    private static final int REST_FACTOR = 20;

    private static final Map<EventType, String> TRIGGERS = new EnumMap<>(Map.ofEntries(
            Map.entry(EventType.HOST_CONNECTED, "a host connected"),
            Map.entry(EventType.HOST_ENTERED_MAINTENANCE, "a host entered maintenance mode"),
            Map.entry(EventType.HOST_EXITED_MAINTENANCE, "a host left maintenance mode"),
            Map.entry(EventType.HOST_EXITED_STANDBY, "a host left stand-by"),
            Map.entry(EventType.HOST_QUARANTINED, "a host was quarantined"),
            Map.entry(EventType.HOST_QUARANTINE_ENDED, "a quarantine ended"),
            Map.entry(EventType.VM_POWERED_ON, "a virtual machine was powered on"),
            Map.entry(EventType.VM_MIGRATED, "a virtual machine was moved"),
            Map.entry(EventType.CLUSTER_RULE_CREATED, "a rule was made"),
            Map.entry(EventType.CLUSTER_RULE_CHANGED, "a rule was changed"),
            Map.entry(EventType.CLUSTER_RULE_REMOVED, "a rule was removed"),
            Map.entry(EventType.CLUSTER_DRS_RECONFIGURED, "load balancing was reconfigured"),
            Map.entry(EventType.RESOURCE_POOL_RECONFIGURED, "a resource pool was reconfigured")));

    private record Soon(Instant dueTime, String trigger) {}

    private final Inventory inventory;
    private final Advices advices;
    private final MoveHistory history;
    private final InstantSource clock;
    private final Map<ClusterId, Instant> lastTimes = new HashMap<>();
    private final Map<ClusterId, Soon> soon = new ConcurrentHashMap<>();
    private Instant restsUntil = Instant.MIN;

    DrsLoop(Inventory inventory, Advices advices, MoveHistory history, InstantSource clock) {
        this.inventory = inventory;
        this.advices = advices;
        this.history = history;
        this.clock = clock;
        inventory.subscribe((committed, snapshot) -> committed.events().forEach(event -> noticed(event, snapshot)));
    }

    private void noticed(Event event, InventorySnapshot snapshot) {
        String trigger = TRIGGERS.get(event.type());
        ManagedObjectId subject = event.subjectId();
        if (trigger != null && subject != null && snapshot.find(subject).isPresent()) {
            clusterOf(snapshot, subject)
                    .ifPresent(cluster -> soon.putIfAbsent(
                            cluster.id(), new Soon(clock.instant().plus(SETTLE), trigger)));
        }
    }

    /** VMs lie in folders, but run in clusters. */
    private static Optional<Cluster> clusterOf(InventorySnapshot snapshot, ManagedObjectId id) {
        return snapshot.clusterOf(
                id instanceof VirtualMachineId vmId ? snapshot.get(vmId).hostId() : id);
    }

    /** Looks at the clusters whose time has come; called every second or so. */
    public void tick() {
        Instant now = clock.instant();
        history.learn();
        history.forgetBefore(now);
        advices.forgetGone();
        InventorySnapshot snapshot = inventory.snapshot();
        for (Cluster cluster : snapshot.objects(Cluster.class)) {
            if (!cluster.drs().enabled()) {
                soon.remove(cluster.id());
            } else if (isTime(cluster, now)) {
                pass(cluster, "interval", now);
            }
        }
        soon.keySet().removeIf(id -> snapshot.find(id).isEmpty());
        // Those that wait longest come first. Where things change all the time, looking at them must not take all the
        // time.
        soon.entrySet().stream()
                .filter(each -> !each.getValue().dueTime().isAfter(now))
                .sorted(Comparator.comparing(each -> each.getValue().dueTime()))
                .map(each -> Map.entry(each.getKey(), each.getValue().trigger()))
                .toList()
                .forEach(each -> passSoon(snapshot.get(each.getKey()), each.getValue()));
    }

    private boolean isTime(Cluster cluster, Instant now) {
        Duration interval = Duration.ofSeconds(cluster.drs().intervalSeconds());
        Instant last = lastTimes.computeIfAbsent(cluster.id(), id -> now);
        return !last.plus(interval).isAfter(now);
    }

    private void passSoon(Cluster cluster, String trigger) {
        Instant begin = clock.instant();
        if (!begin.isBefore(restsUntil)) {
            pass(cluster, trigger, begin);
            Instant done = clock.instant();
            restsUntil = done.plus(Duration.between(begin, done).multipliedBy(REST_FACTOR));
        }
    }

    private void pass(Cluster cluster, String trigger, Instant now) {
        lastTimes.put(cluster.id(), now);
        soon.remove(cluster.id());
        Pass pass;
        try {
            pass = advices.make(cluster.id(), trigger, now);
        } catch (RuntimeException e) {
            // Wide on purpose: what is wrong with one cluster must not keep the others from being looked at.
            LOG.warn("a pass of {} failed; it is made again at its next time", cluster.name(), e);
            return;
        }
        LOG.debug(
                "pass {} of {} ({}): {} recommendations, score {} to {}",
                pass.stored().number(),
                cluster.name(),
                trigger,
                pass.advice().size(),
                pass.stored().scoreBefore(),
                pass.stored().scoreAfter());
    }
}
