package dev.sternpost.ha.coordinator;

import dev.sternpost.ha.lease.HostLease;
import dev.sternpost.ha.lease.SlotWatch;
import dev.sternpost.ha.message.Message;
import dev.sternpost.ha.message.Sighting;
import dev.sternpost.ha.port.Effect;
import dev.sternpost.ha.port.Happening.Kind;
import dev.sternpost.ha.port.Input;
import dev.sternpost.ha.table.VmEntry;
import dev.sternpost.ha.table.VmTable;
import dev.sternpost.ha.timing.HaTiming;
import dev.sternpost.inventory.HostId;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Looks at the hosts' leases and tables, one turn of the machine. Whoever may become coordinator looks too; only the coordinator tells. */
final class Lookout {
    /** A new opinion that nothing is done upon must last so long before it is told. */
    private static final long INCLINED_MILLIS = 2_000;

    private static final long TABLE_AGAIN_MILLIS = 2_000;

    /** Nobody is believed about a lease that this host has not itself seen miss so many renewals. */
    private static final int OWN_RENEWALS = 3;

    private final Surroundings around;
    private final long at;
    private final List<Effect> effects;
    private final TreeMap<HostId, Watched> hosts;
    private SortedMap<Listed, Long> known;
    private long lookMillis;

    Lookout(Coordinator.State before, Surroundings around, long at, List<Effect> effects) {
        this.around = around;
        this.at = at;
        this.effects = effects;
        this.hosts = new TreeMap<>(before.hosts());
        this.known = before.known();
        this.lookMillis = before.lookMillis();
    }

    SortedMap<HostId, Watched> hosts() {
        return Collections.unmodifiableSortedMap(hosts);
    }

    Watched host(HostId host) {
        return hosts.getOrDefault(host, Watched.NEW);
    }

    /** Since when it is known what each host lists. */
    SortedMap<Listed, Long> known() {
        return known;
    }

    long lookMillis() {
        return lookMillis;
    }

    void tick() {
        hosts.keySet().retainAll(around.config().hosts().keySet());
        boolean look = at >= lookMillis;
        if (look) {
            lookMillis = at + timing().observeMillis();
        }
        for (HostId host : around.config().hosts().keySet()) {
            Watched watched = judged(host, host(host));
            if ((look || wouldProve(watched)) && watched.reading() < 0) {
                effects.add(new Effect.ReadSlot(HostLease.slotOf(host)));
                watched = watched.withReading(at);
            }
            hosts.put(host, askedForTable(host, watched));
        }
        if (look && !isListedStill()) {
            known = stillListed();
        }
    }

    /** Whether exactly that is listed which was, as it is nearly always. */
    private boolean isListedStill() {
        Iterator<Listed> before = known.keySet().iterator();
        for (Map.Entry<HostId, Watched> each : hosts.entrySet()) {
            for (VmEntry entry : entriesOf(each.getKey(), each.getValue())) {
                if (!before.hasNext() || !before.next().isOf(each.getKey(), entry)) {
                    return false;
                }
            }
        }
        return !before.hasNext();
    }

    private HaTiming timing() {
        return around.config().timing();
    }

    /** Whether a look now would show its lease to be over, if it shows what the last one did. */
    private boolean wouldProve(Watched watched) {
        SlotWatch watch = watched.watch();
        return watch != null
                && watched.overSinceMillis() < 0
                && at >= watch.firstSeenMillis() + Evidence.overMillis(watched.lease(), timing());
    }

    private Watched askedForTable(HostId host, Watched watched) {
        if (!around.isCoordinator() || !needsTable(host, watched)) {
            return watched;
        }
        effects.add(new Effect.ReadSlot(VmTable.slotOf(host)));
        return watched.withTable(watched.table(), watched.tableStartedMillis(), at);
    }

    /** Heartbeats say it for those who are heard; of the others the table on the datastore is read. */
    private boolean needsTable(HostId host, Watched watched) {
        if (watched.tableReading() >= 0 || watched.isTableFinal()) {
            return false;
        }
        boolean over = watched.overSinceMillis() >= 0;
        return over || (!around.heard().containsKey(host) && at >= watched.tableStartedMillis() + TABLE_AGAIN_MILLIS);
    }

    private Watched judged(HostId host, Watched watched) {
        Evidence evidence =
                new Evidence(watched.watch(), watched.lease(), around.heard().containsKey(host), at);
        boolean over = evidence.isOver(timing());
        long overSince = over ? (watched.overSinceMillis() >= 0 ? watched.overSinceMillis() : at) : -1;
        HostVerdict now = evidence.verdict(timing());
        long since = now == watched.inclined() ? watched.inclinedSinceMillis() : at;
        boolean sure = watched.verdict() == HostVerdict.UNKNOWN || at >= since + mustLastMillis(watched, now, over);
        HostVerdict verdict = sure ? now : watched.verdict();
        if (verdict != watched.verdict() && around.isCoordinator()) {
            effects.add(tell(host, verdict));
        }
        return watched.withVerdict(verdict, now, since, overSince);
    }

    private long mustLastMillis(Watched watched, HostVerdict now, boolean over) {
        if (!over) {
            return INCLINED_MILLIS;
        }
        // One that comes back is heard before it has its lease again.
        boolean returns = watched.verdict() == HostVerdict.DEAD && now == HostVerdict.STORAGE_LOST;
        return returns ? timing().deadMillis() : 0;
    }

    static Effect tell(HostId host, HostVerdict verdict) {
        return Effect.tell(Kind.HOST_VERDICT, host + " is " + verdict.told());
    }

    /** What is listed now, each since it was first; of a host that is silent also what it listed before. */
    private SortedMap<Listed, Long> stillListed() {
        TreeMap<Listed, Long> listed = new TreeMap<>();
        known.forEach((entry, since) -> {
            if (hosts.containsKey(entry.hostId()) && !around.heard().containsKey(entry.hostId())) {
                listed.put(entry, since);
            }
        });
        hosts.forEach((host, watched) -> {
            for (VmEntry entry : entriesOf(host, watched)) {
                Listed one = new Listed(host, entry.vmId(), entry.generation());
                listed.put(one, known.getOrDefault(one, at));
            }
        });
        return listed;
    }

    /** What a host lists: as it says, or else as its table does. */
    Collection<VmEntry> entriesOf(HostId host, Watched watched) {
        Message.Heartbeat beat = around.heard().get(host);
        if (watched.overSinceMillis() < 0 && beat != null) {
            return beat.vms().values();
        }
        return watched.table() == null ? List.of() : watched.table().entries().values();
    }

    /**
     * A slot was read.
     *
     * @return whether it was the table of a host whose lease is over, so that it says all that is to be started elsewhere
     */
    boolean read(Input.SlotRead read) {
        HostId host = hostOf(read.slot());
        if (host == null) {
            return false;
        }
        Watched watched = host(host);
        if (read.slot().equals(VmTable.slotOf(host))) {
            Watched now = tableRead(host, watched, read);
            hosts.put(host, now);
            return now.isTableFinal();
        }
        SlotWatch watch = watched.watch();
        Watched now = watched.withReading(-1);
        if (!read.failed()) {
            now = now.withWatch(watch == null ? SlotWatch.first(read) : watch.seen(read), -1);
        }
        hosts.put(host, askedForTable(host, judged(host, now)));
        return false;
    }

    private @Nullable HostId hostOf(String slot) {
        for (HostId host : hosts.keySet()) {
            if (slot.equals(HostLease.slotOf(host)) || slot.equals(VmTable.slotOf(host))) {
                return host;
            }
        }
        return null;
    }

    private Watched tableRead(HostId host, Watched watched, Input.SlotRead read) {
        Optional<VmTable> table = read.content().isEmpty() && !read.failed()
                ? Optional.of(new VmTable(host, 0, new TreeMap<>()))
                : read.content().flatMap(VmTable::decode);
        // A torn table is read again; what it said before is still the best there is, but not final.
        return table.isPresent()
                ? watched.withTable(table.get(), read.startedMillis(), -1)
                : watched.withTable(watched.table(), watched.tableStartedMillis(), -1);
    }

    /**
     * Another host says which leases do not move. Who has paused, or has only now begun to look, need not begin the wait anew: the write was
     * there that long before it came to be told.
     */
    void told(Map<HostId, Sighting> sightings) {
        sightings.forEach((host, sighting) -> {
            Watched watched = host(host);
            HostLease lease = watched.lease();
            SlotWatch watch = watched.watch();
            if (watch != null
                    && lease != null
                    && watched.isWhole()
                    && lease.incarnation() == sighting.incarnation()
                    && lease.sequence() == sighting.sequence()
                    && watch.unmovedMillis() >= OWN_RENEWALS * timing().renewMillis()) {
                hosts.put(host, watched.withWatch(watch.knownSince(at - sighting.agoMillis()), watched.reading()));
            }
        });
    }

    /** What this host tells others of leases that do not move. */
    static SortedMap<HostId, Sighting> sightings(SortedMap<HostId, Watched> hosts, HaTiming timing, long at) {
        TreeMap<HostId, Sighting> sightings = new TreeMap<>();
        hosts.forEach((host, watched) -> {
            SlotWatch watch = watched.watch();
            HostLease lease = watched.lease();
            if (watch != null
                    && lease != null
                    && watched.isWhole()
                    && watch.unmovedMillis() >= timing.silenceMillis()
                    && watch.ageMillis(at) < timing.silenceMillis()) {
                sightings.put(host, new Sighting(lease.incarnation(), lease.sequence(), at - watch.firstSeenMillis()));
            }
        });
        return sightings;
    }
}
