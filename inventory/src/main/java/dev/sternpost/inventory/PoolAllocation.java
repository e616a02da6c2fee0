package dev.sternpost.inventory;

import java.util.Objects;

/**
 * What a resource pool gets of CPU or memory.
 *
 * @param expandable whether reservations inside it may borrow from its parent what its own reservation lacks
 */
public record PoolAllocation(ResourceAllocation amounts, boolean expandable) {
    /** Nothing promised, but all that is promised inside may be borrowed; no limit, normal shares. */
    public static final PoolAllocation NORMAL = new PoolAllocation(ResourceAllocation.NORMAL, true);

    public PoolAllocation {
        Objects.requireNonNull(amounts, "amounts");
    }
}
