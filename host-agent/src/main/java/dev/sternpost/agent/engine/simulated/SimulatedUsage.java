package dev.sternpost.agent.engine.simulated;

import dev.sternpost.agent.engine.VmAllocation;
import dev.sternpost.agent.engine.VmMeters;
import dev.sternpost.agent.vmdirectory.VmShape;

/**
 * Adds up what a simulated guest uses: its demand, as far as time goes by while it runs. One guest has the same demand
 * on whichever host it runs. Safe for use from several threads.
 */
final class SimulatedUsage {

    private static final long NANOS_PER_MILLI = 1_000_000;
    /** Time that nobody asked about for longer than this is not made up for. */
    private static final long CATCH_UP_MILLIS_MAX = 3_600_000;

    private static final double DISK_BYTES_PER_CPU_SECOND = 4 << 20;
    private static final double NETWORK_BYTES_PER_CPU_SECOND = 2 << 20;
    private static final int BYTES_PER_IO = 16 << 10;
    private static final int BYTES_PER_PACKET = 900;
    /** A guest's memory demand goes on from this to all it has, as its CPU demand goes from none to all. */
    private static final double MEMORY_ACTIVE_MIN = 0.1;

    private final VmShape shape;
    private final DemandSeries cpu;
    private final DemandSeries memory;
    private double usedCpuMillis;
    private double readyCpuMillis;
    private long limitPermille = VmAllocation.NONE;
    private double consumedShare;
    private long lastEpochMillis;

    SimulatedUsage(VmShape shape, long beginEpochMillis) {
        long seed = shape.uuid().getMostSignificantBits() ^ shape.uuid().getLeastSignificantBits();
        this.shape = shape;
        this.cpu = new DemandSeries(seed);
        this.memory = new DemandSeries(seed + 1);
        this.lastEpochMillis = beginEpochMillis;
    }

    /** From now on it gets no more than this, in thousandths of one CPU; NONE for as much as it wants. */
    synchronized void limit(long cpuLimitPermille) {
        limitPermille = cpuLimitPermille;
    }

    /**
     * The figures at a time, which must not go back.
     *
     * @param running whether the guest has run since the figures were read before
     */
    synchronized VmMeters read(long nowEpochMillis, long nanoTime, boolean running) {
        long from = Math.max(lastEpochMillis, nowEpochMillis - CATCH_UP_MILLIS_MAX);
        for (long at = from; running && at < nowEpochMillis; at += DemandSeries.STEP_MILLIS) {
            long millis = Math.min(DemandSeries.STEP_MILLIS, nowEpochMillis - at);
            double wanted = cpu.at(at) * shape.cpuCount() * millis;
            double given =
                    limitPermille == VmAllocation.NONE ? wanted : Math.min(wanted, limitPermille * millis / 1000.0);
            usedCpuMillis += given;
            readyCpuMillis += wanted - given;
        }
        lastEpochMillis = Math.max(lastEpochMillis, nowEpochMillis);
        double activeShare = MEMORY_ACTIVE_MIN + (1 - MEMORY_ACTIVE_MIN) * memory.at(nowEpochMillis);
        consumedShare = Math.max(consumedShare, activeShare); // What a guest has touched stays with it.
        double cpuSeconds = usedCpuMillis / 1000;
        long diskBytes = (long) (cpuSeconds * DISK_BYTES_PER_CPU_SECOND);
        long networkBytes = (long) (cpuSeconds * NETWORK_BYTES_PER_CPU_SECOND);
        return new VmMeters(
                nanoTime,
                (long) (usedCpuMillis * NANOS_PER_MILLI),
                (long) (readyCpuMillis * NANOS_PER_MILLI),
                (long) (readyCpuMillis * NANOS_PER_MILLI),
                limitPermille,
                (long) (shape.memoryBytes() * consumedShare),
                (long) (shape.memoryBytes() * activeShare),
                new VmMeters.Disks(diskBytes, diskBytes / 2, diskBytes / BYTES_PER_IO, diskBytes / 2 / BYTES_PER_IO),
                new VmMeters.Network(
                        networkBytes,
                        networkBytes / 2,
                        networkBytes / BYTES_PER_PACKET,
                        networkBytes / 2 / BYTES_PER_PACKET),
                VmMeters.Pressure.UNTOLD,
                VmMeters.Dirtied.UNTOLD);
    }
}
