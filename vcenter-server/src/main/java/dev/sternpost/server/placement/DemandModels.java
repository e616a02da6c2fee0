package dev.sternpost.server.placement;

import dev.sternpost.drs.demand.ContentionModel;
import dev.sternpost.drs.demand.DemandModel;
import dev.sternpost.drs.demand.HostSample;
import dev.sternpost.drs.demand.UsageSample;
import dev.sternpost.drs.snapshot.HostContention;
import dev.sternpost.drs.snapshot.VmDemand;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObjectId;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.VmConfig;
import dev.sternpost.inventory.demand.DemandStore;
import dev.sternpost.server.statistics.Counter;
import dev.sternpost.server.statistics.Sample;
import dev.sternpost.server.statistics.Statistics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What VMs want and hosts lack: one model for each, which is given every sample once and lives as long as its object. Safe for use by
 * several threads.
 *
 * <p>What was learnt of VMs is written down now and then ({@link #keep}) and read at the start, so that a restart does not forget what their
 * days are like; of the quarter of an hour that may be lost, and of hosts, it is learnt again from the hour of samples that hosts send anew.
 */
public final class DemandModels {
    /** How often what was learnt is to be written down: as often as a day has slots. */
    public static final Duration KEPT_EVERY = Duration.ofMinutes(15);

    private static final Logger LOG = LoggerFactory.getLogger(DemandModels.class);

    /** What is taken for a VM of which nothing was measured yet, as a part of its virtual CPUs. */
    private static final double CPU_UNKNOWN = 0.25;

    /** The same for its memory. */
    private static final double MEMORY_UNKNOWN = 0.5;

    private static final double BYTES_PER_KILOBYTE = 1_024;
    private static final double PERCENT = 100;
    private static final long MILLIS_PER_SECOND = 1_000;

    /** A model and how far it was fed. */
    private static final class Fed<M> {
        private final M model;
        private long untilEpochMillis;
        private long keptEpochMillis;
        private @Nullable Planned planned;

        private Fed(M model) {
            this.model = model;
        }
    }

    /** What was worked out of a model, and what of; good until the model is fed again. */
    private record Planned(long untilEpochMillis, double cpuMost, double memoryMost, VmDemand demand) {
        boolean holdsFor(long until, double cpu, double memory) {
            return until == untilEpochMillis && cpu == cpuMost && memory == memoryMost;
        }
    }

    private final Statistics statistics;
    private final DemandStore store;
    private final Set<VirtualMachineId> gone = ConcurrentHashMap.newKeySet();
    private final Map<VirtualMachineId, Fed<DemandModel>> vms = new ConcurrentHashMap<>();
    private final Map<HostId, Fed<ContentionModel>> hosts = new ConcurrentHashMap<>();

    private volatile boolean learnt;

    public DemandModels(Statistics statistics, DemandStore store) {
        this.statistics = statistics;
        this.store = store;
    }

    /** Writes down what has changed; to be called every {@link #KEPT_EVERY}. */
    public synchronized void keep() {
        learn();
        Map<VirtualMachineId, byte[]> changed = new HashMap<>();
        vms.forEach((id, fed) -> {
            byte[] model = changedOf(fed);
            if (model != null) {
                changed.put(id, model);
            }
            if (changed.size() == DemandStore.SAVED_AT_ONCE_MAX) {
                store.save(changed);
                changed.clear();
            }
        });
        store.save(changed);
        List<VirtualMachineId> forgotten = List.copyOf(gone);
        store.removeAll(forgotten);
        gone.removeAll(forgotten);
    }

    private static byte @Nullable [] changedOf(Fed<DemandModel> fed) {
        synchronized (fed) {
            if (fed.keptEpochMillis == fed.untilEpochMillis) {
                return null;
            }
            fed.keptEpochMillis = fed.untilEpochMillis;
            return fed.model.toBytes();
        }
    }

    /** Reads what was written down, before the first answer. When that fails it is tried again at the next. */
    private void learn() {
        if (!learnt) {
            readAll();
        }
    }

    private synchronized void readAll() {
        if (!learnt) {
            store.forEach((id, bytes) -> {
                try {
                    vms.putIfAbsent(id, new Fed<>(DemandModel.fromBytes(bytes)));
                } catch (IllegalArgumentException e) {
                    LOG.info("what was learnt of {} cannot be read and is learnt anew: {}", id, e.getMessage());
                    gone.add(id);
                }
            });
            learnt = true;
        }
    }

    /** Forgets what is gone. */
    void keepThoseOf(InventorySnapshot snapshot) {
        vms.keySet().stream().filter(id -> snapshot.find(id).isEmpty()).forEach(gone::add);
        vms.keySet().removeAll(gone);
        hosts.keySet().removeIf(id -> snapshot.find(id).isEmpty());
    }

    /**
     * @param cpuMhz clock of its host
     * @param ahead whether the hour ahead counts, as for plans; what there is to share now goes by what is wanted now
     */
    VmDemand of(VirtualMachineId vm, VmConfig config, int cpuMhz, boolean ahead) {
        learn();
        double cpuMost = (double) config.cpuCount() * cpuMhz;
        double memoryMost = config.memoryBytes();
        Fed<DemandModel> fed = vms.computeIfAbsent(vm, id -> new Fed<>(new DemandModel()));
        synchronized (fed) {
            feed(vm, fed, (model, sample) -> observe(model, sample, cpuMost, memoryMost));
            if (ahead) {
                return planned(fed, cpuMost, memoryMost);
            }
            return fed.model.blank()
                    ? unknown(cpuMost, memoryMost)
                    : new VmDemand(
                            Math.min(cpuMost, fed.model.cpuForecast().now()),
                            cpuMost,
                            Math.min(memoryMost, fed.model.memoryForecast().now()));
        }
    }

    private static VmDemand planned(Fed<DemandModel> fed, double cpuMost, double memoryMost) {
        Planned before = fed.planned;
        if (before != null && before.holdsFor(fed.untilEpochMillis, cpuMost, memoryMost)) {
            return before.demand();
        }
        VmDemand demand = fed.model.blank() ? unknown(cpuMost, memoryMost) : fed.model.planned(cpuMost, memoryMost);
        fed.planned = new Planned(fed.untilEpochMillis, cpuMost, memoryMost, demand);
        return demand;
    }

    private static VmDemand unknown(double cpuMost, double memoryMost) {
        return new VmDemand(CPU_UNKNOWN * cpuMost, cpuMost, MEMORY_UNKNOWN * memoryMost);
    }

    /** What a host lacks. */
    HostContention of(HostId host) {
        Fed<ContentionModel> fed = hosts.computeIfAbsent(host, id -> new Fed<>(new ContentionModel()));
        synchronized (fed) {
            feed(host, fed, DemandModels::observe);
            return fed.model.planned();
        }
    }

    private <M> void feed(ManagedObjectId id, Fed<M> fed, BiConsumer<M, Sample> observe) {
        for (Sample sample : statistics.between(id, fed.untilEpochMillis + 1, Long.MAX_VALUE)) {
            observe.accept(fed.model, sample);
            fed.untilEpochMillis = Math.max(fed.untilEpochMillis, sample.endEpochMillis());
        }
    }

    private static void observe(DemandModel model, Sample sample, double cpuMost, double memoryMost) {
        OptionalDouble demand = sample.value(Counter.CPU_DEMAND);
        if (demand.isEmpty()) {
            return;
        }
        double wanted = Math.clamp(demand.getAsDouble(), 0, cpuMost);
        double used =
                Math.min(wanted, Math.max(0, sample.value(Counter.CPU_USAGE_MHZ).orElse(wanted)));
        double consumed = bytes(sample, Counter.MEMORY_CONSUMED, MEMORY_UNKNOWN * memoryMost, memoryMost);
        double active = bytes(sample, Counter.MEMORY_ACTIVE, consumed, memoryMost);
        model.observe(new UsageSample(
                sample.endEpochMillis() / MILLIS_PER_SECOND,
                used,
                wanted - used,
                Math.max(consumed, active),
                active,
                part(sample, Counter.MEMORY_PRESSURE)));
    }

    private static void observe(ContentionModel model, Sample sample) {
        model.observe(new HostSample(
                sample.endEpochMillis() / MILLIS_PER_SECOND,
                part(sample, Counter.CPU_STEAL),
                part(sample, Counter.MEMORY_PRESSURE)));
    }

    private static double bytes(Sample sample, Counter counter, double unknown, double most) {
        return Math.clamp(sample.value(counter).orElse(unknown / BYTES_PER_KILOBYTE) * BYTES_PER_KILOBYTE, 0, most);
    }

    private static double part(Sample sample, Counter counter) {
        return Math.clamp(sample.value(counter).orElse(0) / PERCENT, 0, 1);
    }
}
