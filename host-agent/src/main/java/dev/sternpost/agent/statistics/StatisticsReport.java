package dev.sternpost.agent.statistics;

import java.util.List;

/**
 * One round.
 *
 * @param sampleEpochMillis when the interval ended, by this host's clock; rises from round to round and names this one
 * @param nanoTime the same moment, by {@link System#nanoTime}
 * @param host the host
 * @param vms the virtual machines that were here all through the interval
 */
public record StatisticsReport(long sampleEpochMillis, long nanoTime, HostSample host, List<VmSample> vms) {

    public StatisticsReport {
        vms = List.copyOf(vms);
    }
}
