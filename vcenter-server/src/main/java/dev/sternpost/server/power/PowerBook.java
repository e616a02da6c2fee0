package dev.sternpost.server.power;

import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.ClusterId;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.power.ClusterPower;
import dev.sternpost.inventory.power.HostPowerSetup;
import dev.sternpost.inventory.power.PowerLevel;
import dev.sternpost.inventory.power.PowerStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** How power is managed, in memory; written through to the store. Safe for use from several threads. */
final class PowerBook {
    private final PowerStore store;
    private final Map<ClusterId, ClusterPower> clusters = new HashMap<>();
    private final Map<HostId, HostPowerSetup> hosts = new HashMap<>();

    PowerBook(PowerStore store) {
        this.store = store;
        store.clusters().forEach(power -> clusters.put(power.clusterId(), power));
        store.hosts().forEach(setup -> hosts.put(setup.hostId(), setup));
    }

    synchronized ClusterPower of(ClusterId id) {
        ClusterPower known = clusters.get(id);
        return known == null ? ClusterPower.standard(id) : known;
    }

    synchronized HostPowerSetup of(HostId id) {
        HostPowerSetup known = hosts.get(id);
        return known == null ? HostPowerSetup.none(id) : known;
    }

    /** How much is done with a host: what is said of itself, else of its cluster; nothing where its cluster does nothing. */
    PowerLevel levelOf(InventorySnapshot snapshot, Host host) {
        PowerLevel ofCluster = snapshot.clusterOf(host.id())
                .map(Cluster::id)
                .map(this::of)
                .map(ClusterPower::level)
                .orElse(PowerLevel.OFF);
        PowerLevel own = of(host.id()).override();
        return ofCluster == PowerLevel.OFF || own == null ? ofCluster : own;
    }

    synchronized ClusterPower change(ClusterId id, UnaryOperator<ClusterPower> change) {
        ClusterPower before = of(id);
        ClusterPower after = change.apply(before);
        if (!after.equals(before)) {
            store.put(after);
            clusters.put(id, after);
        }
        return after;
    }

    synchronized HostPowerSetup change(HostId id, UnaryOperator<HostPowerSetup> change) {
        HostPowerSetup before = of(id);
        HostPowerSetup after = change.apply(before);
        if (!after.equals(before)) {
            store.put(after);
            hosts.put(id, after);
        }
        return after;
    }

    /** Forgets clusters and hosts that are gone. */
    synchronized void forgetGone(InventorySnapshot snapshot) {
        for (ClusterId id : List.copyOf(clusters.keySet())) {
            if (snapshot.find(id).isEmpty()) {
                store.remove(id);
                clusters.remove(id);
            }
        }
        for (HostId id : List.copyOf(hosts.keySet())) {
            if (snapshot.find(id).isEmpty()) {
                store.remove(id);
                hosts.remove(id);
            }
        }
    }
}
