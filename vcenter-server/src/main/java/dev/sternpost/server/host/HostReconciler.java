package dev.sternpost.server.host;

import dev.sternpost.ha.detection.HostWatch;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostConnectionState;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.server.availability.HaHappening;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns what agents report into what the inventory says. Each report is one commit, and none when it changes nothing.
 *
 * <p>Someone calls {@link #tick} about once a second, so that silence is noticed.
 */
public final class HostReconciler implements HostReports {
    private static final Logger LOG = LoggerFactory.getLogger(HostReconciler.class);

    /** How often agents must speak. */
    public static final Duration HEARTBEAT_INTERVAL = Duration.ofSeconds(1);

    /** How many heartbeats may be missed. */
    private static final int HEARTBEATS_MISSED_MAX = 5;

    private final Inventory inventory;
    private final InstantSource clock;
    private final HostWatch watch = new HostWatch(HEARTBEAT_INTERVAL, HEARTBEATS_MISSED_MAX);
    private final Map<HostId, HostWatch.State> states = new ConcurrentHashMap<>();
    private final SeenResources resources;
    private final VmObservations vms;

    /**
     * @param observed told the id of each VM that was reported, so that tasks which wait for it look again
     */
    public HostReconciler(Inventory inventory, InstantSource clock, Consumer<String> observed) {
        this(inventory, clock, observed, new Observed());
    }

    /**
     * @param observed told the id of each VM that was reported, so that tasks which wait for it look again
     * @param sightings what tasks may ask about
     */
    public HostReconciler(Inventory inventory, InstantSource clock, Consumer<String> observed, Observed sightings) {
        this.inventory = inventory;
        this.clock = clock;
        this.resources = new SeenResources(inventory);
        this.vms = new VmObservations(inventory, observed, sightings);
        Instant now = clock.instant();
        // What was connected when the server stopped gets its allowance to come back.
        for (Host host : inventory.snapshot().objects(Host.class)) {
            states.put(
                    host.id(), host.isConnected() ? new HostWatch.State.Lost(now) : new HostWatch.State.Disconnected());
        }
    }

    @Override
    public boolean connected(HostId hostId, long incarnation, String agentVersion) {
        Optional<Host> known = inventory.snapshot().find(hostId);
        if (known.isEmpty() || known.get().incarnation() > incarnation) {
            LOG.warn("refused the stream of {} with incarnation {}: {}", hostId, incarnation, known);
            return false;
        }
        Instant now = clock.instant();
        step(hostId, new HostWatch.Input.Heard(now));
        inventory.commit((InventorySnapshot snapshot) -> {
            Host host = snapshot.find(hostId).orElse(null);
            if (host == null || (host.isConnected() && host.incarnation() == incarnation)) {
                return InventoryWrite.NOTHING;
            }
            boolean restarted = host.isConnected() && host.incarnation() < incarnation;
            InventoryWrite.Builder write = InventoryWrite.builder();
            VmObservations.heard(snapshot, hostId, write);
            return write.put(host.withConnection(HostConnectionState.CONNECTED, incarnation, now))
                    .event(EventDraft.about(
                                    host,
                                    EventType.HOST_CONNECTED,
                                    restarted
                                            ? "The agent of %s was started again.".formatted(host.name())
                                            : "%s is connected.".formatted(host.name()))
                            .onHost(hostId))
                    .build();
        });
        return true;
    }

    @Override
    public void heard(HostId hostId) {
        step(hostId, new HostWatch.Input.Heard(clock.instant()));
    }

    @Override
    public void described(HostId hostId, HostDescription description) {
        resources.described(hostId, description);
    }

    @Override
    public void inventory(HostId hostId, List<VmObservation> observations) {
        vms.inventory(hostId, observations);
    }

    @Override
    public void observed(HostId hostId, VmObservation vm) {
        vms.observed(hostId, vm);
    }

    @Override
    public void happened(HostId hostId, VmHappening happening) {
        vms.happened(hostId, happening);
    }

    @Override
    public void happened(HostId hostId, HaHappening happening) {
        vms.happened(hostId, happening);
    }

    @Override
    public void streamEnded(HostId hostId, long incarnation) {
        step(hostId, new HostWatch.Input.StreamEnded(clock.instant()));
    }

    /** Lets time go by for every host. */
    public void tick() {
        Instant now = clock.instant();
        for (HostId hostId : List.copyOf(states.keySet())) {
            step(hostId, new HostWatch.Input.Tick(now));
        }
        vms.tick();
    }

    /** Forgets a removed host. */
    public void forget(HostId hostId) {
        states.remove(hostId);
    }

    private void step(HostId hostId, HostWatch.Input input) {
        states.compute(hostId, (id, before) -> {
            HostWatch.Step step = watch.step(before == null ? new HostWatch.State.Disconnected() : before, input);
            // Connecting is told with its incarnation, by connected(); only the other transitions are told here.
            for (HostWatch.Effect effect : step.effects()) {
                switch (effect) {
                    case HOST_NOT_RESPONDING -> silent(id);
                    case HOST_CONNECTED -> audible(id);
                    case HOST_DISCONNECTED -> {}
                }
            }
            return step.state();
        });
    }

    private void silent(HostId hostId) {
        boolean asleep = inventory
                .snapshot()
                .find(hostId)
                .filter(host -> host.mode().isAsleep())
                .isPresent();
        if (asleep) {
            fellAsleep(hostId);
            return;
        }
        change(
                hostId,
                HostConnectionState.NOT_RESPONDING,
                EventType.HOST_NOT_RESPONDING,
                "%s does not respond. Look at the machine and its agent; its virtual machines may still be running.");
    }

    /** Its power is off on purpose: nobody is alarmed, and what is registered there is as it was. */
    private void fellAsleep(HostId hostId) {
        inventory.commit((InventorySnapshot snapshot) -> snapshot.find(hostId)
                .filter(Host::isConnected)
                .map(host -> InventoryWrite.builder()
                        .put(host.withConnection(HostConnectionState.DISCONNECTED, host.incarnation(), host.lastSeen()))
                        .build())
                .orElse(InventoryWrite.NOTHING));
    }

    /** The stream stood still and goes on, without a new Hello. */
    private void audible(HostId hostId) {
        boolean wasSilent = inventory
                .snapshot()
                .find(hostId)
                .map(host -> host.connectionState() == HostConnectionState.NOT_RESPONDING
                        || host.mode().isAsleep() && !host.isConnected())
                .orElse(false);
        if (wasSilent) {
            change(hostId, HostConnectionState.CONNECTED, EventType.HOST_CONNECTED, "%s responds again.");
        }
    }

    private void change(HostId hostId, HostConnectionState state, EventType type, String message) {
        Instant now = clock.instant();
        inventory.commit((InventorySnapshot snapshot) -> snapshot.find(hostId)
                .filter(host -> host.connectionState() != state)
                .map(host -> {
                    InventoryWrite.Builder write = InventoryWrite.builder();
                    boolean connected = state == HostConnectionState.CONNECTED;
                    if (connected) {
                        VmObservations.heard(snapshot, hostId, write);
                    } else {
                        VmObservations.unheard(snapshot, hostId, write);
                    }
                    return write.put(host.withConnection(state, host.incarnation(), connected ? now : host.lastSeen()))
                            .event(EventDraft.about(host, type, message.formatted(host.name()))
                                    .onHost(hostId))
                            .build();
                })
                .orElse(InventoryWrite.NOTHING));
    }
}
