package dev.sternpost.server.ha;

import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.ClusterId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.availability.ToldVersion;
import dev.sternpost.inventory.availability.ToldVersionStore;
import dev.sternpost.server.availability.HaContent;
import dev.sternpost.server.availability.HaMode;
import dev.sternpost.server.work.Tasks;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Numbers what the hosts of each cluster are told: a new number for new words, stored before any host hears them. Safe for use from several threads. */
final class ToldVersions {
    private final ToldVersionStore store;
    private final Map<ClusterId, ToldVersion> told = new HashMap<>();

    private record Said(HaMode mode, @Nullable HaContent content) {}

    ToldVersions(ToldVersionStore store) {
        this.store = store;
        store.all().forEach(each -> told.put(each.clusterId(), each));
    }

    /** The number of these words. */
    synchronized long of(ClusterId id, HaMode mode, @Nullable HaContent content) {
        String digest = Tasks.digest(new Said(mode, content));
        ToldVersion before = told.get(id);
        if (before != null && before.digest().equals(digest)) {
            return before.version();
        }
        ToldVersion now = new ToldVersion(id, before == null ? 1 : before.version() + 1, digest);
        store.put(now);
        told.put(id, now);
        return now.version();
    }

    /** The newest number; empty when nobody was ever told anything. */
    synchronized OptionalLong newest(ClusterId id) {
        ToldVersion known = told.get(id);
        return known == null ? OptionalLong.empty() : OptionalLong.of(known.version());
    }

    /** Forgets clusters that are gone. */
    synchronized void forgetGone(InventorySnapshot snapshot) {
        for (ClusterId id : List.copyOf(told.keySet())) {
            if (snapshot.find(id).filter(Cluster.class::isInstance).isEmpty()) {
                store.remove(id);
                told.remove(id);
            }
        }
    }
}
