package dev.sternpost.inventory;

import java.util.Objects;

/**
 * What an administrator settled for the CPU or the memory of a virtual machine or resource pool.
 *
 * @param reservation what it is sure to get, in MHz or bytes
 * @param limit what it gets at most, in MHz or bytes; {@link #UNLIMITED} for no limit
 * @param sharesLevel its weight against its siblings when there is not enough for all
 * @param customShares the weight when the level is {@link SharesLevel#CUSTOM}, else 0
 */
public record ResourceAllocation(long reservation, long limit, SharesLevel sharesLevel, long customShares) {
    /** No limit. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    /** Most shares, the field's own bound. */
    public static final long SHARES_MAX = 1_000_000;

    /** Nothing promised, no limit, normal shares. */
    public static final ResourceAllocation NORMAL = new ResourceAllocation(0, UNLIMITED, SharesLevel.NORMAL, 0);

    private static final long VM_CPU_SHARES_NORMAL = 1_000;
    private static final long VM_MEMORY_SHARES_NORMAL = 10;
    private static final long POOL_CPU_SHARES_NORMAL = 4_000;
    private static final long POOL_MEMORY_SHARES_NORMAL = 163_840;

    public ResourceAllocation {
        Checks.notNegative("reservation", reservation);
        Objects.requireNonNull(sharesLevel, "sharesLevel");
        if (limit < reservation) {
            throw new IllegalArgumentException("limit %d is below reservation %d".formatted(limit, reservation));
        }
        boolean custom = sharesLevel == SharesLevel.CUSTOM;
        if (custom ? customShares < 1 || customShares > SHARES_MAX : customShares != 0) {
            throw new IllegalArgumentException("%d shares at level %s".formatted(customShares, sharesLevel));
        }
    }

    /** Whether there is a limit. */
    public boolean isLimited() {
        return limit != UNLIMITED;
    }

    /** CPU shares of a virtual machine: 1000 for each virtual CPU when normal. */
    public long cpuSharesOf(VmConfig config) {
        return sharesLevel.of(VM_CPU_SHARES_NORMAL * config.cpuCount(), customShares);
    }

    /** Memory shares of a virtual machine: 10 for each MiB when normal. */
    public long memorySharesOf(VmConfig config) {
        return sharesLevel.of(VM_MEMORY_SHARES_NORMAL * (config.memoryBytes() >> 20), customShares);
    }

    /** CPU shares of a resource pool: 4000 when normal, like a virtual machine of four CPUs. */
    public long cpuSharesOfPool() {
        return sharesLevel.of(POOL_CPU_SHARES_NORMAL, customShares);
    }

    /** Memory shares of a resource pool: 163840 when normal, like a virtual machine of 16 GiB. */
    public long memorySharesOfPool() {
        return sharesLevel.of(POOL_MEMORY_SHARES_NORMAL, customShares);
    }
}
