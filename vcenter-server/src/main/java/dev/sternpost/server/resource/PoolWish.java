package dev.sternpost.server.resource;

import dev.sternpost.inventory.PoolAllocation;
import org.jspecify.annotations.Nullable;

/** What a caller wants of CPU or memory for a resource pool; null leaves it as it is. */
public record PoolWish(AllocationWish amounts, @Nullable Boolean expandable) {
    /** Leaves everything. */
    public static final PoolWish NOTHING = new PoolWish(AllocationWish.NOTHING, null);

    PoolAllocation on(PoolAllocation before, String what) {
        return new PoolAllocation(
                amounts.on(before.amounts(), what), expandable == null ? before.expandable() : expandable);
    }
}
