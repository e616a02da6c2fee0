package dev.sternpost.server.statistics;

import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObjectId;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.store.Inventory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What every host and VM used in the last hour. Reports of one host come one after the other; reading is free of locks but
 * for the one object that is read. Times are the server's: a host's clock does not matter.
 */
public final class Statistics {
    /** The field's usual interval. */
    public static final Duration INTERVAL_DEFAULT = Duration.ofSeconds(20);

    public static final Duration INTERVAL_MIN = Duration.ofSeconds(1);
    public static final Duration INTERVAL_MAX = Duration.ofMinutes(5);

    /** What is older than so many intervals says nothing of now. */
    private static final int FRESH_INTERVALS = 3;

    /** What a host is said to use because its VMs do. */
    private static final Set<Meter> SUMMED = EnumSet.of(
            Meter.DISK_READ_KIB,
            Meter.DISK_WRITE_KIB,
            Meter.DISK_READS,
            Meter.DISK_WRITES,
            Meter.NET_RECEIVED_KIB,
            Meter.NET_TRANSMITTED_KIB,
            Meter.NET_RECEIVED_PACKETS,
            Meter.NET_TRANSMITTED_PACKETS);

    private final Inventory inventory;
    private final InstantSource clock;
    private final Duration interval;
    private final Map<ManagedObjectId, Series> series = new ConcurrentHashMap<>();
    private final Map<HostId, Newest> newest = new ConcurrentHashMap<>();
    private final LongAdder stored = new LongAdder();

    /** A report, by the start of the agent and the name it gave. */
    private record Newest(long incarnation, long name) {}

    /** @param interval how long intervals are that hosts are asked for */
    public Statistics(Inventory inventory, InstantSource clock, Duration interval) {
        if (interval.compareTo(INTERVAL_MIN) < 0 || interval.compareTo(INTERVAL_MAX) > 0) {
            throw new IllegalArgumentException(
                    "the interval of statistics is 1 s to 5 min, not %d ms".formatted(interval.toMillis()));
        }
        this.inventory = inventory;
        this.clock = clock;
        this.interval = interval;
    }

    /** How long intervals are. */
    public Duration interval() {
        return interval;
    }

    /** The newest report there is of a host since that start of its agent; 0 for none. */
    public long newestName(HostId host, long incarnation) {
        Newest last = newest.get(host);
        return last != null && last.incarnation == incarnation ? last.name : 0;
    }

    /** Takes a report. VMs that are not on that host are passed over: the host they are on speaks for them. */
    public void measured(HostId host, long incarnation, HostMeasurement measurement) {
        newest.put(host, new Newest(incarnation, measurement.name()));
        if (measurement.ageMillis() > Series.KEPT_MILLIS) {
            return;
        }
        long endEpochMillis = clock.millis() - measurement.ageMillis();
        InventorySnapshot snapshot = inventory.snapshot();
        measurement.vms().forEach((vm, figures) -> {
            if (isOn(snapshot, vm, host)) {
                SUMMED.forEach(meter -> measurement.host().add(meter, figures));
                store(vm, figures.at(endEpochMillis));
            }
        });
        if (snapshot.find(host).isPresent()) {
            store(host, measurement.host().at(endEpochMillis));
        }
    }

    private static boolean isOn(InventorySnapshot snapshot, VirtualMachineId vm, HostId host) {
        return snapshot.find(vm).filter(known -> known.hostId().equals(host)).isPresent();
    }

    private void store(ManagedObjectId object, Sample sample) {
        if (series.computeIfAbsent(object, id -> new Series()).add(sample)) {
            stored.increment();
        }
    }

    /** What an object used in the last interval; empty when nothing is known of the last few. */
    public Optional<Sample> latest(ManagedObjectId object) {
        long oldest = clock.millis() - FRESH_INTERVALS * interval.toMillis();
        return Optional.ofNullable(series.get(object))
                .map(Series::last)
                .filter(sample -> sample.endEpochMillis() >= oldest);
    }

    /** What an object used in intervals that ended at the first time or later, and before the second; oldest first. */
    public List<Sample> between(ManagedObjectId object, long fromEpochMillis, long toEpochMillis) {
        Series found = series.get(object);
        return found == null ? List.of() : found.between(fromEpochMillis, toEpochMillis);
    }

    /** Forgets objects that are gone, and those of which nothing was heard for as long as anything is kept. */
    public void sweep() {
        InventorySnapshot snapshot = inventory.snapshot();
        long oldest = clock.millis() - Series.KEPT_MILLIS;
        series.entrySet().removeIf(entry -> {
            Sample last = entry.getValue().last();
            return snapshot.find(entry.getKey()).isEmpty() || last == null || last.endEpochMillis() < oldest;
        });
        newest.keySet().removeIf(host -> snapshot.find(host).isEmpty());
    }

    /** Objects of which something is known. */
    public int seriesCount() {
        return series.size();
    }

    /** Samples taken since the start. */
    public long storedCount() {
        return stored.sum();
    }

    /** Bytes the samples take, objects around them not counted. */
    public long sizeBytes() {
        return series.values().stream().mapToLong(Series::sizeBytes).sum();
    }
}
