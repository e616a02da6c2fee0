package dev.sternpost.drs.entitlement;

import dev.sternpost.inventory.ResourcePoolId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What is promised of one resource in each pool: by its powered-on VMs, and by the pools in it, each of which takes the
 * greater of its own reservation and of what is promised inside it. Asked before a VM is powered on, a reservation is raised or
 * a pool is made, so that no promise is given that cannot be kept.
 */
public final class ReservationBook {
    private final EntitlementTree tree;
    private final Resource resource;
    private final long capacity;
    private final long[] promised;

    /**
     * @param capacity of the usable hosts together
     * @param reservedByVms what the powered-on VMs directly in a pool have reserved; pools without are left out
     */
    public ReservationBook(
            EntitlementTree tree, Resource resource, long capacity, Map<ResourcePoolId, Long> reservedByVms) {
        this.tree = tree;
        this.resource = resource;
        this.capacity = capacity;
        this.promised = new long[tree.pools().size()];
        reservedByVms.forEach((pool, amount) -> promised[tree.indexOf(pool)] += amount);
        for (int pool = promised.length - 1; pool > 0; pool--) {
            promised[tree.parentOf(pool)] += Math.max(allocation(pool).reservation(), promised[pool]);
        }
    }

    /** What is promised in a pool. */
    public long promisedIn(ResourcePoolId pool) {
        return promised[tree.indexOf(pool)];
    }

    /** Whether {@code amount} more may be promised in a pool; nothing is changed. */
    public Admission admit(ResourcePoolId poolId, long amount) {
        if (amount < 0) {
            throw new IllegalArgumentException("what is reserved is not negative: " + amount);
        }
        List<Admission.Borrowed> borrowed = new ArrayList<>();
        long more = amount;
        int pool = tree.indexOf(poolId);
        while (pool > 0 && more > 0) {
            Allocation own = allocation(pool);
            long after = promised[pool] + more;
            if (after > own.limit()) {
                return refused(pool, after - own.limit(), "its limit is " + resource.amount(own.limit()));
            }
            long lacking = after - own.reservation();
            if (lacking <= 0) {
                return new Admission.Admitted(borrowed);
            }
            if (!tree.pools().get(pool).expandable(resource)) {
                return refused(
                        pool,
                        lacking,
                        "its reservation is %s and is not expandable".formatted(resource.amount(own.reservation())));
            }
            more = Math.min(lacking, more);
            pool = tree.parentOf(pool);
            borrowed.add(new Admission.Borrowed(tree.pools().get(pool).id(), more));
        }
        long missing = promised[0] + more - capacity;
        return pool == 0 && more > 0 && missing > 0
                ? refused(0, missing, "the hosts have %s in all".formatted(resource.amount(capacity)))
                : new Admission.Admitted(borrowed);
    }

    private Admission refused(int pool, long missing, String why) {
        Pool at = tree.pools().get(pool);
        return new Admission.Refused(
                at.id(),
                resource,
                missing,
                "Resource pool %s lacks %s: %s, and %s of it is promised. Lower the reservation or raise the pool's."
                        .formatted(at.name(), resource.amount(missing), why, resource.amount(promised[pool])));
    }

    private Allocation allocation(int pool) {
        return tree.pools().get(pool).allocation(resource);
    }
}
