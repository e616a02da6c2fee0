package dev.sternpost.server.placement;

import dev.sternpost.drs.placement.HostVerdict;
import dev.sternpost.inventory.InventoryDelta;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObjectId;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryStore;
import dev.sternpost.server.work.Newcomer;
import dev.sternpost.server.work.Reservations;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The {@link StandingCluster} of each owner that VMs are placed in. Safe for use from several threads. */
final class StandingClusters {
    /** How old the loads of VMs may be that have not changed; hosts measure every 20 s. */
    private static final Duration RENEWED_EVERY = Duration.ofSeconds(10);

    /** Who has missed more commits than this is made anew, which is quicker. */
    private static final int MISSED_MAX = InventoryStore.DELTAS_MAX;

    private record Kept(StandingCluster cluster, Instant until) {}

    private final Inventory inventory;
    private final ClusterInput input;
    private final Reservations reservations;
    private final InstantSource clock;
    private final Map<ManagedObjectId, Kept> kept = new HashMap<>();

    StandingClusters(Inventory inventory, ClusterInput input, Reservations reservations, InstantSource clock) {
        this.inventory = inventory;
        this.input = input;
        this.reservations = reservations;
        this.clock = clock;
    }

    /**
     * What is thought of each host for a VM.
     *
     * @param snapshot one that was the newest a moment ago
     * @return empty when that takes a look at the whole cluster: the VM runs, or is named in a rule
     */
    synchronized Optional<List<HostVerdict>> verdicts(InventorySnapshot snapshot, ManagedObjectId owner, Newcomer vm) {
        StandingCluster cluster = upToDate(snapshot, owner);
        return cluster != null && cluster.knowsAllOf(vm.id()) ? Optional.of(cluster.verdicts(vm)) : Optional.empty();
    }

    private @Nullable StandingCluster upToDate(InventorySnapshot snapshot, ManagedObjectId owner) {
        Instant now = clock.instant();
        Kept known = kept.get(owner);
        if (known != null && known.until().isAfter(now)) {
            if (known.cluster().revision() > snapshot.revision()) {
                return null;
            }
            Optional<List<InventoryDelta>> missed = missed(known.cluster().revision(), snapshot.revision());
            if (missed.isPresent() && known.cluster().follow(snapshot, missed.get(), reservations.open(snapshot))) {
                return known.cluster();
            }
        }
        kept.keySet().removeIf(id -> snapshot.find(id).isEmpty());
        StandingCluster made = StandingCluster.of(input, snapshot, owner);
        made.follow(snapshot, List.of(), reservations.open(snapshot));
        kept.put(owner, new Kept(made, now.plus(RENEWED_EVERY)));
        return made;
    }

    /** The commits after one revision up to another; empty when there are too many. */
    private Optional<List<InventoryDelta>> missed(long after, long upTo) {
        if (upTo - after > MISSED_MAX) {
            return Optional.empty();
        }
        return Optional.of(inventory.deltasAfter(after, MISSED_MAX).stream()
                .filter(delta -> delta.revision() <= upTo)
                .toList());
    }
}
