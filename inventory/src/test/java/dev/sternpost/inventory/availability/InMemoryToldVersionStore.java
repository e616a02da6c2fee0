package dev.sternpost.inventory.availability;

import dev.sternpost.inventory.ClusterId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Versions that are forgotten with the process. */
public final class InMemoryToldVersionStore implements ToldVersionStore {
    private final Map<ClusterId, ToldVersion> clusters = new ConcurrentHashMap<>();

    @Override
    public List<ToldVersion> all() {
        return List.copyOf(clusters.values());
    }

    @Override
    public void put(ToldVersion told) {
        clusters.put(told.clusterId(), told);
    }

    @Override
    public void remove(ClusterId id) {
        clusters.remove(id);
    }
}
