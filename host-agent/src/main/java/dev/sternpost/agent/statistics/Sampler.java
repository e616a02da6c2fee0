package dev.sternpost.agent.statistics;

import dev.sternpost.agent.engine.HypervisorEngine;
import dev.sternpost.agent.engine.RunningVm;
import dev.sternpost.agent.engine.VmMeters;
import dev.sternpost.inventory.fault.FaultException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes rounds: what each virtual machine and the host used since the round before. For one thread. */
final class Sampler {

    private static final Logger log = LoggerFactory.getLogger(Sampler.class);
    /** A hypervisor that hangs must not hold the round up. */
    private static final long ROUND_SECONDS_MAX = 4;

    private final HypervisorEngine engine;
    private final HostMeterReader host;
    private final Map<String, Reading> before = new HashMap<>();
    private @Nullable HostMeters hostBefore;

    /** Of one life of a virtual machine: started again, it counts anew. */
    private record Reading(RunningVm vm, VmMeters meters) {}

    Sampler(HypervisorEngine engine, HostMeterReader host) {
        this.engine = engine;
        this.host = host;
    }

    /** A round; empty for the first one, which has nothing to compare with. */
    Optional<StatisticsReport> round(long epochMillis) throws InterruptedException {
        long nanoTime = System.nanoTime();
        List<VmSample> samples = new ArrayList<>();
        Map<String, Reading> now = readAll();
        now.forEach((vmId, reading) -> {
            Reading last = before.get(vmId);
            if (last != null && last.vm().equals(reading.vm())) {
                samples.add(Deltas.between(
                        vmId,
                        reading.vm().launch().shape().cpuCount(),
                        reading.vm().launch().shape().memoryBytes(),
                        last.meters(),
                        reading.meters()));
            }
        });
        before.clear();
        before.putAll(now);
        HostMeters hostLast = hostBefore;
        HostMeters hostNow = host.read().orElse(null);
        hostBefore = hostNow;
        return hostLast == null || hostNow == null
                ? Optional.empty()
                : Optional.of(new StatisticsReport(epochMillis, nanoTime, Deltas.between(hostLast, hostNow), samples));
    }

    private Map<String, Reading> readAll() throws InterruptedException {
        List<RunningVm> vms = engine.running();
        Map<String, Reading> readings = new ConcurrentHashMap<>();
        CountDownLatch done = new CountDownLatch(vms.size());
        for (RunningVm vm : vms) {
            Thread.ofVirtual().name("meters-" + vm.vmId()).start(() -> {
                try {
                    vm.meters().ifPresent(meters -> readings.put(vm.vmId(), new Reading(vm, meters)));
                } catch (FaultException e) {
                    log.debug("{}: not read: {}", vm.vmId(), e.toString());
                } finally {
                    done.countDown();
                }
            });
        }
        if (!done.await(ROUND_SECONDS_MAX, TimeUnit.SECONDS)) {
            log.warn("{} virtual machines could not be read in {} s", done.getCount(), ROUND_SECONDS_MAX);
        }
        return Map.copyOf(readings);
    }
}
