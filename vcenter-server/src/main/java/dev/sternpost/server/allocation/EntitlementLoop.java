package dev.sternpost.server.allocation;

import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.ClusterId;
import dev.sternpost.inventory.Datacenter;
import dev.sternpost.inventory.Datastore;
import dev.sternpost.inventory.Folder;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.InventoryDelta;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.ManagedObjectId;
import dev.sternpost.inventory.Network;
import dev.sternpost.inventory.ResourcePool;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.server.placement.ClusterInput;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Works out what VMs are entitled to, after every change of their cluster and each time new figures have come in, and lets hosts
 * know what is different. A condition that must hold, not a task. Changes that do not stop are gathered, so that this takes no more than
 * a small part of a CPU however large the inventory is.
 */
public final class EntitlementLoop {
    /** Hosts measure that often. */
    private static final Duration INTERVAL = Duration.ofSeconds(20);

    /** For what has changed: so many times as long as it took the last time, it is not done again. */
    private static final int REST_FACTOR = 10;

    private final Inventory inventory;
    private final ClusterInput input;
    private final HostAllocations allocations;
    private final InstantSource clock;
    private final Set<ManagedObjectId> changed = ConcurrentHashMap.newKeySet();
    private Instant nextTime = Instant.MIN;
    private Instant restsUntil = Instant.MIN;

    public EntitlementLoop(Inventory inventory, ClusterInput input, HostAllocations allocations, InstantSource clock) {
        this.inventory = inventory;
        this.input = input;
        this.allocations = allocations;
        this.clock = clock;
        inventory.subscribe((committed, snapshot) -> committed.delta().changes().forEach(this::noticed));
    }

    /** What has gone changes nothing for those who stay before the next figures come. */
    private void noticed(InventoryDelta.ObjectChange change) {
        if (change instanceof InventoryDelta.Put(ManagedObject object)) {
            switch (object) {
                case VirtualMachine vm -> changed.add(vm.resourcePoolId());
                case ResourcePool pool -> changed.add(pool.ownerId());
                case Host host -> changed.add(host.parentId() instanceof ClusterId ? host.parentId() : host.id());
                case Cluster cluster -> changed.add(cluster.id());
                case Folder ignored -> {}
                case Datacenter ignored -> {}
                case Datastore ignored -> {}
                case Network ignored -> {}
            }
        }
    }

    /** Works it out when it is time to; called every second or so. */
    public synchronized void tick() {
        Instant now = clock.instant();
        boolean all = !now.isBefore(nextTime);
        if (!all && (changed.isEmpty() || now.isBefore(restsUntil))) {
            return;
        }
        InventorySnapshot snapshot = inventory.snapshot();
        Set<ManagedObjectId> owners = changedOwners(snapshot);
        if (all) {
            nextTime = now.plus(INTERVAL);
            owners = new LinkedHashSet<>(owners(snapshot));
        }
        owners.forEach(owner -> entitle(snapshot, owner));
        Instant done = clock.instant();
        restsUntil = done.plus(Duration.between(now, done).multipliedBy(REST_FACTOR));
    }

    private Set<ManagedObjectId> changedOwners(InventorySnapshot snapshot) {
        Set<ManagedObjectId> owners = new LinkedHashSet<>();
        for (ManagedObjectId id : List.copyOf(changed)) {
            changed.remove(id);
            snapshot.find(id)
                    .map(object -> object instanceof ResourcePool pool ? pool.ownerId() : id)
                    .filter(owner -> snapshot.find(owner).isPresent())
                    .ifPresent(owners::add);
        }
        return owners;
    }

    private void entitle(InventorySnapshot snapshot, ManagedObjectId owner) {
        HostEntitlements.of(input.running(snapshot, owner)).forEach((host, entitlements) -> {
            if (entitlements.isEmpty()) {
                allocations.withdraw(host);
            } else {
                allocations.entitle(host, entitlements);
            }
        });
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
