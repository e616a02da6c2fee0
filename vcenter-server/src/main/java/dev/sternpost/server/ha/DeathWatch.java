package dev.sternpost.server.ha;

import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.store.Inventory;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/** Has the power of a host cut, once each time its cluster's coordinator takes it for dead and the server does not hear it either. */
final class DeathWatch {
    private static final String DEAD = "dead";

    private final Inventory inventory;
    private final ConfigPush push;
    private final Consumer<Host> fence;

    /** Heard by this server since they were last switched off. */
    private final Set<HostId> seenAlive = new HashSet<>();

    DeathWatch(Inventory inventory, ConfigPush push, Consumer<Host> fence) {
        this.inventory = inventory;
        this.push = push;
        this.fence = fence;
    }

    void tick() {
        InventorySnapshot snapshot = inventory.snapshot();
        Set<HostId> dead = new HashSet<>();
        for (Cluster cluster : snapshot.objects(Cluster.class)) {
            if (cluster.ha().isArmed()) {
                push.outlook(snapshot, cluster).coordinator().stream()
                        .flatMap(coordinator -> coordinator.words().verdicts().stream())
                        .filter(verdict -> verdict.word().equals(DEAD))
                        .forEach(verdict -> snapshot.find(verdict.hostId())
                                .filter(host ->
                                        !host.isConnected() && !host.mode().isClosed())
                                .ifPresent(host -> dead.add(host.id())));
            }
        }
        dead.stream().filter(seenAlive::contains).forEach(id -> {
            fence.accept(snapshot.get(id));
            seenAlive.remove(id);
        });
        snapshot.objects(Host.class).stream()
                .filter(Host::isConnected)
                .map(Host::id)
                .forEach(seenAlive::add);
    }
}
