package dev.sternpost.agent.engine;

/**
 * What a virtual machine has used since some moment of its life in this engine. The figures only grow, but for memory,
 * which is as it is now. {@link #UNKNOWN} stands where nothing is known.
 *
 * @param nanoTime when the figures were read, by {@link System#nanoTime}
 * @param cpuUsedNanos CPU time used, emulation included
 * @param cpuReadyNanos time in which virtual CPUs wanted to run and did not, limited or not; all virtual CPUs together
 * @param cpuLimitedNanos time in which a limit held the virtual machine back; 0 without limits
 * @param cpuEntitledPermille CPU it may use at most, in thousandths of one CPU; {@link #UNKNOWN} when nothing limits it
 * @param memoryConsumedBytes memory of the host that it holds
 * @param memoryActiveBytes memory the guest uses and could not give up easily
 * @param disks its virtual disks together
 * @param network its network cards together
 * @param pressure what its tasks waited for
 * @param dirtied what the newest look at its memory found
 */
public record VmMeters(
        long nanoTime,
        long cpuUsedNanos,
        long cpuReadyNanos,
        long cpuLimitedNanos,
        long cpuEntitledPermille,
        long memoryConsumedBytes,
        long memoryActiveBytes,
        Disks disks,
        Network network,
        Pressure pressure,
        Dirtied dirtied) {

    /** Stands for what is not known. */
    public static final long UNKNOWN = -1;

    /**
     * @param readBytes bytes read
     * @param writeBytes bytes written
     * @param reads reads
     * @param writes writes
     */
    public record Disks(long readBytes, long writeBytes, long reads, long writes) {
        public static final Disks NONE = new Disks(0, 0, 0, 0);
    }

    /**
     * Seen from the guest.
     *
     * @param receivedBytes bytes the guest received
     * @param transmittedBytes bytes the guest sent
     * @param receivedPackets packets the guest received
     * @param transmittedPackets packets the guest sent
     */
    public record Network(long receivedBytes, long transmittedBytes, long receivedPackets, long transmittedPackets) {
        public static final Network NONE = new Network(0, 0, 0, 0);
        public static final Network NOT_COUNTED = new Network(UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN);
    }

    /**
     * Memory the guest was seen to dirty.
     *
     * @param bytes dirtied at least once; {@link #UNKNOWN} when nobody has looked
     * @param millis length of the look
     */
    public record Dirtied(long bytes, long millis) {
        public static final Dirtied UNTOLD = new Dirtied(UNKNOWN, 0);
    }

    /**
     * Time in which some task waited (pressure stall information of the kernel).
     *
     * @param cpuMicros for a CPU
     * @param memoryMicros for memory
     * @param ioMicros for disks
     */
    public record Pressure(long cpuMicros, long memoryMicros, long ioMicros) {
        public static final Pressure UNTOLD = new Pressure(UNKNOWN, UNKNOWN, UNKNOWN);
    }
}
