package dev.sternpost.server.allocation;

/**
 * What a VM is entitled to on its host.
 *
 * @param cpuMhz CPU it may use at most, as clock of the host; {@link #UNLIMITED} for no limit
 * @param cpuShares its weight among the VMs of the host where their limits together are more than it has; 1,000 for each
 *     virtual CPU is usual
 * @param memoryBytes memory beyond which it is the first to give some up when the host is short; {@link #UNLIMITED} for
 *     no such mark
 */
public record Entitlement(long cpuMhz, long cpuShares, long memoryBytes) {
    public static final long UNLIMITED = Long.MAX_VALUE;

    public Entitlement {
        if (cpuMhz < 0 || cpuShares < 1 || memoryBytes < 0) {
            throw new IllegalArgumentException(
                    "no entitlement: %d MHz, %d shares, %d bytes".formatted(cpuMhz, cpuShares, memoryBytes));
        }
    }
}
