package dev.sternpost.drs.entitlement;

import dev.sternpost.inventory.ResourcePoolId;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A resource pool.
 *
 * @param parentId the pool it lies in; null for the root, which has all of the cluster and whose own figures do not count
 * @param cpuExpandable whether reservations in it may borrow from its parent what its own reservation lacks
 * @param memoryExpandable the same for memory
 */
public record Pool(
        ResourcePoolId id,
        String name,
        @Nullable ResourcePoolId parentId,
        Allocation cpu,
        boolean cpuExpandable,
        Allocation memory,
        boolean memoryExpandable) {

    public Pool {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(cpu, "cpu");
        Objects.requireNonNull(memory, "memory");
    }

    /** A root pool. */
    public static Pool root(ResourcePoolId id, String name) {
        Allocation all = Allocation.ofShares(Allocation.POOL_SHARES_NORMAL);
        return new Pool(id, name, null, all, true, all, true);
    }

    public Allocation allocation(Resource resource) {
        return switch (resource) {
            case CPU -> cpu;
            case MEMORY -> memory;
        };
    }

    public boolean expandable(Resource resource) {
        return switch (resource) {
            case CPU -> cpuExpandable;
            case MEMORY -> memoryExpandable;
        };
    }
}
