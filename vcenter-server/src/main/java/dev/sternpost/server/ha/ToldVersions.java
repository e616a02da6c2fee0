package dev.sternpost.server.ha;

import dev.sternpost.ha.policy.ConfigExchange;
import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.ClusterId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.availability.ToldVersion;
import dev.sternpost.inventory.availability.ToldVersionStore;
import dev.sternpost.server.availability.HaContent;
import dev.sternpost.server.availability.HaMode;
import dev.sternpost.server.work.Tasks;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Numbers what the hosts of each cluster are told: a new number for new words, stored before any host hears them. A number is above the
 * one before, above any that hosts go by, and not below the seconds of the epoch: a database that was restored from a backup gives none that
 * had another meaning in the time it does not know of. Safe for use from several threads.
 */
final class ToldVersions {
    private static final Logger LOG = LoggerFactory.getLogger(ToldVersions.class);

    private final ToldVersionStore store;
    private final InstantSource clock;
    private final Map<ClusterId, ToldVersion> told = new HashMap<>();

    private record Said(HaMode mode, @Nullable HaContent content) {}

    ToldVersions(ToldVersionStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
        store.all().forEach(each -> told.put(each.clusterId(), each));
    }

    /** The number of these words. */
    synchronized long of(ClusterId id, HaMode mode, @Nullable HaContent content) {
        String digest = Tasks.digest(new Said(mode, content));
        ToldVersion before = told.get(id);
        if (before != null && before.digest().equals(digest)) {
            return before.version();
        }
        long above = before == null ? 1 : before.version() + 1;
        return put(new ToldVersion(id, Math.max(above, clock.instant().getEpochSecond()), digest));
    }

    /** A host goes by this number. If none so high was given here, whatever is said next gets one above it. */
    synchronized void reported(ClusterId id, long version) {
        ToldVersion known = told.get(id);
        long before = known == null ? 0 : known.version();
        // By a number that cannot be, no host goes in truth.
        if (version > before && ConfigExchange.canFollow(before, version)) {
            LOG.warn(
                    "hosts of {} go by configuration {}, which this database does not know of; they are told anew",
                    id,
                    version);
            put(new ToldVersion(id, version, ""));
        }
    }

    private long put(ToldVersion version) {
        store.put(version);
        told.put(version.clusterId(), version);
        return version.version();
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
