package dev.sternpost.drs.layout;

import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.drs.wording.Words;
import java.util.Arrays;
import java.util.List;

/**
 * What hosts can carry and do carry.
 *
 * <p>The <em>loss</em> of a host is what its VMs lack because they share it. With load L, capacity C and use u = L / C, each VM
 * there loses contentionWeight · u of its happiness to waiting, and 1 − 1/u more when the load does not fit. In sum, and in
 * units of an average host, that is C/C̄ · (contentionWeight · u² + max(0, u − 1)), for CPU and for memory. It is convex, so
 * the best division of load between two hosts is the even one, which is what bounds the search in balancing.
 */
public final class HostTable {
    private final int count;
    private final double contentionWeight;
    private final double[] cpuCapacity;
    private final double[] memoryCapacity;
    private final double[] cpuInverse;
    private final double[] memoryInverse;
    private final double[] cpuWeight;
    private final double[] memoryWeight;
    private final double[] cpuLoad;
    private final double[] memoryLoad;
    private final long[] memoryFree;
    private final long[] cpuUnreserved;
    private final double cpuMean;
    private final double memoryMean;
    private final double cpuCountMean;

    /** Hosts that carry nothing yet. */
    public HostTable(List<DrsHost> hosts, double contentionWeight) {
        this.count = hosts.size();
        this.contentionWeight = contentionWeight;
        cpuCapacity = hosts.stream().mapToDouble(DrsHost::cpuUsableMhz).toArray();
        memoryCapacity = hosts.stream().mapToDouble(DrsHost::memoryUsableBytes).toArray();
        memoryFree = hosts.stream().mapToLong(DrsHost::memoryBytes).toArray();
        cpuUnreserved = hosts.stream().mapToLong(DrsHost::cpuMhz).toArray();
        cpuMean = Arrays.stream(cpuCapacity).average().orElse(1);
        memoryMean = Arrays.stream(memoryCapacity).average().orElse(1);
        cpuCountMean = hosts.stream().mapToInt(DrsHost::cpuCount).average().orElse(1);
        cpuWeight =
                Arrays.stream(cpuCapacity).map(capacity -> capacity / cpuMean).toArray();
        memoryWeight = Arrays.stream(memoryCapacity)
                .map(capacity -> capacity / memoryMean)
                .toArray();
        cpuInverse = Arrays.stream(cpuCapacity).map(capacity -> 1 / capacity).toArray();
        memoryInverse =
                Arrays.stream(memoryCapacity).map(capacity -> 1 / capacity).toArray();
        cpuLoad = new double[count];
        memoryLoad = new double[count];
    }

    public int count() {
        return count;
    }

    /** CPU of an average host, in MHz. */
    public double cpuMean() {
        return cpuMean;
    }

    /** Memory of an average host, in bytes. */
    public double memoryMean() {
        return memoryMean;
    }

    /** Logical CPUs of an average host. */
    public double cpuCountMean() {
        return cpuCountMean;
    }

    public double cpuCapacity(int host) {
        return cpuCapacity[host];
    }

    public double memoryCapacity(int host) {
        return memoryCapacity[host];
    }

    public double cpuLoad(int host) {
        return cpuLoad[host];
    }

    public double memoryLoad(int host) {
        return memoryLoad[host];
    }

    /** Load of CPU as a part of the capacity; over 1 when it does not fit. */
    public double cpuUse(int host) {
        return cpuLoad[host] * cpuInverse[host];
    }

    /** Load of memory as a part of the capacity. */
    public double memoryUse(int host) {
        return memoryLoad[host] * memoryInverse[host];
    }

    /** Memory that is not given out yet, in bytes. */
    public long memoryFree(int host) {
        return memoryFree[host];
    }

    /** CPU that is not reserved yet, in MHz. */
    public long cpuUnreserved(int host) {
        return cpuUnreserved[host];
    }

    /** The loss of a host as it is. */
    public double loss(int host) {
        return lossWith(host, 0, 0);
    }

    /** The loss of a host with that much more, or less, of CPU in MHz and memory in bytes. */
    public double lossWith(int host, double cpu, double memory) {
        return cpuWeight[host] * lossAt((cpuLoad[host] + cpu) * cpuInverse[host])
                + memoryWeight[host] * lossAt((memoryLoad[host] + memory) * memoryInverse[host]);
    }

    /** By how much the loss of a host rises with that much more of CPU in MHz and memory in bytes. */
    public double harm(int host, double cpu, double memory) {
        return cpuWeight[host] * rise(cpuLoad[host] * cpuInverse[host], cpu * cpuInverse[host])
                + memoryWeight[host] * rise(memoryLoad[host] * memoryInverse[host], memory * memoryInverse[host]);
    }

    private double rise(double use, double more) {
        double after = use + more;
        return contentionWeight * more * (use + after) + (after > 1 ? after - Math.max(1, use) : 0);
    }

    private double lossAt(double use) {
        return contentionWeight * use * use + Math.max(0, use - 1);
    }

    /** How much CPU a host lacks, as a part of an average host, with that much more of load in MHz. */
    public double cpuLackWith(int host, double cpu) {
        return cpuWeight[host] * Math.max(0, (cpuLoad[host] + cpu) * cpuInverse[host] - 1);
    }

    /**
     * What moving something from one host to another can win at most, however it is made up, as long as it is no more than that much
     * CPU in MHz and memory in bytes: for each resource the loss of both hosts now, less their loss with as much moved as is best,
     * which is up to the point where both are equally full.
     */
    public double gainMax(int from, int to, double cpuMost, double memoryMost) {
        double gain = 0;
        double even = (cpuLoad[from] + cpuLoad[to]) / (cpuCapacity[from] + cpuCapacity[to]);
        double cpu = Math.min(cpuMost, cpuLoad[from] - even * cpuCapacity[from]);
        if (cpu > 0) {
            gain += cpuWeight[from] * (lossAt(cpuUse(from)) - lossAt((cpuLoad[from] - cpu) * cpuInverse[from]))
                    + cpuWeight[to] * (lossAt(cpuUse(to)) - lossAt((cpuLoad[to] + cpu) * cpuInverse[to]));
        }
        even = (memoryLoad[from] + memoryLoad[to]) / (memoryCapacity[from] + memoryCapacity[to]);
        double memory = Math.min(memoryMost, memoryLoad[from] - even * memoryCapacity[from]);
        if (memory > 0) {
            gain += memoryWeight[from]
                            * (lossAt(memoryUse(from)) - lossAt((memoryLoad[from] - memory) * memoryInverse[from]))
                    + memoryWeight[to]
                            * (lossAt(memoryUse(to)) - lossAt((memoryLoad[to] + memory) * memoryInverse[to]));
        }
        return gain;
    }

    /** Whether a host has that much memory that is not given out and CPU that is not reserved. */
    public boolean hasRoom(int host, long memoryCommitted, long cpuReserved) {
        return memoryCommitted <= memoryFree[host] && (cpuReserved == 0 || cpuReserved <= cpuUnreserved[host]);
    }

    /** Whether more memory is given out than there is, or more CPU reserved. */
    public boolean overfilled(int host) {
        return memoryFree[host] < 0 || cpuUnreserved[host] < 0;
    }

    /** Adds why a host has not got that much room, if it has not, each as the end of a sentence about the host. */
    public void addRoomReasons(int host, long memoryCommitted, long cpuReserved, List<String> reasons) {
        if (memoryCommitted > memoryFree[host]) {
            reasons.add(Words.text(
                    "has %s of memory left, the VM needs %s",
                    Words.mib(Math.max(0, memoryFree[host])), Words.mib(memoryCommitted)));
        }
        if (cpuReserved > 0 && cpuReserved > cpuUnreserved[host]) {
            reasons.add(Words.text(
                    "has %d MHz that are not reserved, the VM has reserved %d MHz",
                    Math.max(0, cpuUnreserved[host]), cpuReserved));
        }
    }

    /** Puts load on a host. */
    public void add(int host, Footprint footprint) {
        add(
                host,
                footprint.cpuMhz(),
                footprint.memoryBytes(),
                footprint.memoryCommittedBytes(),
                footprint.cpuReservedMhz());
    }

    /** Takes load off a host that was put there. */
    public void remove(int host, Footprint footprint) {
        remove(
                host,
                footprint.cpuMhz(),
                footprint.memoryBytes(),
                footprint.memoryCommittedBytes(),
                footprint.cpuReservedMhz());
    }

    void add(int host, double cpu, double memory, long memoryCommitted, long cpuReserved) {
        cpuLoad[host] += cpu;
        memoryLoad[host] += memory;
        memoryFree[host] -= memoryCommitted;
        cpuUnreserved[host] -= cpuReserved;
    }

    void remove(int host, double cpu, double memory, long memoryCommitted, long cpuReserved) {
        // What is left of nothing after rounding is nothing.
        cpuLoad[host] = Math.max(0, cpuLoad[host] - cpu);
        memoryLoad[host] = Math.max(0, memoryLoad[host] - memory);
        memoryFree[host] += memoryCommitted;
        cpuUnreserved[host] += cpuReserved;
    }
}
