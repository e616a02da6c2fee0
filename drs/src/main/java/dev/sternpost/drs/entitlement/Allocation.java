package dev.sternpost.drs.entitlement;

/**
 * What an administrator settled for one resource of a VM or resource pool.
 *
 * @param reservation what it is promised, in MHz or bytes
 * @param limit what it never exceeds, in MHz or bytes; {@link #UNLIMITED} for none
 * @param shares its weight among its siblings when there is not enough for all
 */
public record Allocation(long reservation, long limit, long shares) {
    /** No limit. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    /** The field's normal shares of CPU, for each virtual CPU; high is twice, low half of it. */
    public static final long CPU_SHARES_NORMAL = 1_000;

    /** The field's normal shares of memory, for each MiB. */
    public static final long MEMORY_SHARES_NORMAL = 10;

    /** The field's normal shares of a resource pool, CPU or memory. */
    public static final long POOL_SHARES_NORMAL = 4_000;

    private static final long SHARES_MAX = 1L << 40;

    public Allocation {
        if (reservation < 0 || limit < reservation) {
            throw new IllegalArgumentException(
                    "a reservation lies between nothing and the limit: %d of %d".formatted(reservation, limit));
        }
        if (shares < 1 || shares > SHARES_MAX) {
            throw new IllegalArgumentException("shares lie between 1 and %d, not %d".formatted(SHARES_MAX, shares));
        }
    }

    /** Nothing promised, no limit. */
    public static Allocation ofShares(long shares) {
        return new Allocation(0, UNLIMITED, shares);
    }

    /** What a VM has of CPU unless somebody said otherwise. */
    public static Allocation normalCpu(int cpuCount) {
        return ofShares(CPU_SHARES_NORMAL * cpuCount);
    }

    /** What a VM has of memory unless somebody said otherwise. */
    public static Allocation normalMemory(long memoryBytes) {
        return ofShares(Math.max(1, (memoryBytes >> 20) * MEMORY_SHARES_NORMAL));
    }
}
