package dev.sternpost.inventory.power;

import dev.sternpost.inventory.ClusterId;
import dev.sternpost.inventory.HostId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Settings that are forgotten with the process. */
public final class InMemoryPowerStore implements PowerStore {
    private final Map<ClusterId, ClusterPower> clusters = new ConcurrentHashMap<>();
    private final Map<HostId, HostPowerSetup> hosts = new ConcurrentHashMap<>();

    @Override
    public List<ClusterPower> clusters() {
        return List.copyOf(clusters.values());
    }

    @Override
    public List<HostPowerSetup> hosts() {
        return List.copyOf(hosts.values());
    }

    @Override
    public void put(ClusterPower power) {
        clusters.put(power.clusterId(), power);
    }

    @Override
    public void put(HostPowerSetup setup) {
        hosts.put(setup.hostId(), setup);
    }

    @Override
    public void remove(ClusterId id) {
        clusters.remove(id);
    }

    @Override
    public void remove(HostId id) {
        hosts.remove(id);
    }
}
