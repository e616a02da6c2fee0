package dev.sternpost.server.allocation;

import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObjectId;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.server.placement.ClusterInput;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Works out what VMs are entitled to, after every change of the inventory and each time new figures have come in, and lets hosts
 * know what is different. A condition that must hold, not a task.
 */
public final class EntitlementLoop {
    /** Hosts measure that often. */
    private static final Duration INTERVAL = Duration.ofSeconds(20);

    private final Inventory inventory;
    private final ClusterInput input;
    private final HostAllocations allocations;
    private final InstantSource clock;
    private final AtomicBoolean changed = new AtomicBoolean();
    private Instant nextTime = Instant.MIN;

    public EntitlementLoop(Inventory inventory, ClusterInput input, HostAllocations allocations, InstantSource clock) {
        this.inventory = inventory;
        this.input = input;
        this.allocations = allocations;
        this.clock = clock;
        inventory.subscribe((committed, snapshot) -> {
            if (!committed.delta().changes().isEmpty()) {
                changed.set(true);
            }
        });
    }

    /** Works it out when it is time to; called every second or so. */
    public synchronized void tick() {
        Instant now = clock.instant();
        if (!changed.getAndSet(false) && now.isBefore(nextTime)) {
            return;
        }
        nextTime = now.plus(INTERVAL);
        InventorySnapshot snapshot = inventory.snapshot();
        for (ManagedObjectId owner : owners(snapshot)) {
            HostEntitlements.of(input.running(snapshot, owner)).forEach((host, entitlements) -> {
                if (entitlements.isEmpty()) {
                    allocations.withdraw(host);
                } else {
                    allocations.entitle(host, entitlements);
                }
            });
        }
    }

    private static List<ManagedObjectId> owners(InventorySnapshot snapshot) {
        List<ManagedObjectId> owners = new ArrayList<>();
        snapshot.objects(Cluster.class).forEach(cluster -> owners.add(cluster.id()));
        snapshot.objects(Host.class).stream()
                .filter(host -> snapshot.clusterOf(host.id()).isEmpty())
                .forEach(host -> owners.add(host.id()));
        return owners;
    }
}
