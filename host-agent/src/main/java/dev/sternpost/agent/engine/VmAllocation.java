package dev.sternpost.agent.engine;

/**
 * What a virtual machine is entitled to.
 *
 * @param cpuLimitPermille CPU it may use at most, in thousandths of one CPU; {@link #NONE} for no limit
 * @param cpuShares its weight among the virtual machines of the host where their limits together are more than it has;
 *     1,000 for each virtual CPU is usual, {@link #NONE} leaves the host's own usual
 * @param memorySoftLimitBytes memory beyond which it is the first to give some up when the host is short;
 *     {@link #NONE} for no such mark
 */
public record VmAllocation(long cpuLimitPermille, long cpuShares, long memorySoftLimitBytes) {

    /** Stands for what is not set. */
    public static final long NONE = -1;

    /** No limit, the usual weight. */
    public static final VmAllocation UNLIMITED = new VmAllocation(NONE, NONE, NONE);

    /** Less would starve even what keeps the process answering. */
    public static final long CPU_LIMIT_PERMILLE_MIN = 10;

    public VmAllocation {
        if (cpuLimitPermille != NONE && cpuLimitPermille < CPU_LIMIT_PERMILLE_MIN
                || cpuShares != NONE && cpuShares <= 0
                || memorySoftLimitBytes != NONE && memorySoftLimitBytes <= 0) {
            throw new IllegalArgumentException("not an allocation: " + cpuLimitPermille + " thousandths of a CPU, "
                    + cpuShares + " shares, " + memorySoftLimitBytes + " bytes");
        }
    }
}
