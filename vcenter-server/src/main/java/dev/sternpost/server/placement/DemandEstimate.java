package dev.sternpost.server.placement;

import dev.sternpost.drs.snapshot.VmDemand;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.VmConfig;
import dev.sternpost.server.statistics.Counter;
import dev.sternpost.server.statistics.Sample;
import dev.sternpost.server.statistics.Statistics;
import java.time.Duration;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What a VM would use, from what it used of late. The newest intervals count most, so that a load that has come to stay is
 * believed within a minute and a single spike is not.
 */
final class DemandEstimate {
    private static final Duration WINDOW = Duration.ofMinutes(5);

    /** Share of an interval in the estimate after the one that follows it. */
    private static final double FADING = 0.6;

    /** What is taken for a VM of which nothing was measured yet, as a part of its virtual CPUs. */
    private static final double CPU_UNKNOWN = 0.25;

    /** The same for its memory. */
    private static final double MEMORY_UNKNOWN = 0.5;

    private static final long KIBIBYTE = 1_024;

    private final Statistics statistics;
    private final long nowEpochMillis;

    DemandEstimate(Statistics statistics, long nowEpochMillis) {
        this.statistics = statistics;
        this.nowEpochMillis = nowEpochMillis;
    }

    /** @param cpuMhz clock of its host */
    VmDemand of(VirtualMachineId vm, VmConfig config, int cpuMhz) {
        List<Sample> samples = statistics.between(vm, nowEpochMillis - WINDOW.toMillis(), Long.MAX_VALUE);
        double cpuAll = (double) config.cpuCount() * cpuMhz;
        double[] demands = samples.stream()
                .map(sample -> sample.value(Counter.CPU_DEMAND))
                .flatMap(value -> value.stream().boxed())
                .mapToDouble(value -> Math.clamp(value, 0, cpuAll))
                .toArray();
        double memory = memory(samples, config.memoryBytes());
        if (demands.length == 0) {
            return new VmDemand(CPU_UNKNOWN * cpuAll, cpuAll, memory);
        }
        double expected = demands[0];
        DoubleSummaryStatistics seen = new DoubleSummaryStatistics();
        for (double demand : demands) {
            expected = FADING * expected + (1 - FADING) * demand;
            seen.accept(demand);
        }
        return new VmDemand(expected, Math.max(expected, seen.getMax()), memory);
    }

    private static double memory(List<Sample> samples, long memoryBytes) {
        for (Sample sample : samples.reversed()) {
            OptionalDouble active = sample.value(Counter.MEMORY_ACTIVE);
            OptionalDouble known = active.isPresent() ? active : sample.value(Counter.MEMORY_CONSUMED);
            if (known.isPresent()) {
                return Math.clamp(known.getAsDouble() * KIBIBYTE, 0, memoryBytes);
            }
        }
        return MEMORY_UNKNOWN * memoryBytes;
    }
}
