package dev.sternpost.drs.entitlement;

import dev.sternpost.inventory.ResourcePoolId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The pools of a cluster, laid out for filling: parents before children, and the children of one pool side by side, so that
 * each pool is one run of {@link WaterFilling}. The same tree serves both resources and any number of demands.
 */
public final class EntitlementTree {
    /** Pools inside pools; the field's own limit is 8. */
    public static final int DEPTH_MAX = 64;

    private final List<Pool> pools;
    private final int[] parents;
    private final Map<ResourcePoolId, Integer> indexes;

    private EntitlementTree(List<Pool> pools, int[] parents, Map<ResourcePoolId, Integer> indexes) {
        this.pools = pools;
        this.parents = parents;
        this.indexes = indexes;
    }

    /**
     * @throws IllegalArgumentException when the pools are not one tree: no root or several, a parent that is not there, a
     *     circle
     */
    public static EntitlementTree of(Collection<Pool> pools) {
        Map<ResourcePoolId, Pool> byId = new HashMap<>();
        pools.forEach(pool -> byId.put(pool.id(), pool));
        Map<ResourcePoolId, Integer> depths = new HashMap<>();
        pools.forEach(pool -> depths.put(pool.id(), depth(pool, byId)));
        List<Pool> ordered = new ArrayList<>(pools);
        ordered.sort(Comparator.comparing((Pool pool) -> depths.get(pool.id())).thenComparing(Pool::id));
        Map<ResourcePoolId, Integer> indexes = new HashMap<>();
        int[] parents = new int[ordered.size()];
        for (int i = 0; i < parents.length; i++) {
            Pool pool = ordered.get(i);
            parents[i] = pool.parentId() == null ? -1 : indexes.getOrDefault(pool.parentId(), -1);
            if (parents[i] < 0 != (i == 0) || indexes.put(pool.id(), i) != null) {
                throw new IllegalArgumentException("one root, and each pool once: " + pool.id());
            }
        }
        if (ordered.isEmpty()) {
            throw new IllegalArgumentException("there is no root pool");
        }
        return new EntitlementTree(List.copyOf(ordered), parents, indexes);
    }

    private static int depth(Pool pool, Map<ResourcePoolId, Pool> byId) {
        int depth = 0;
        Pool at = pool;
        while (at.parentId() != null) {
            at = byId.get(at.parentId());
            if (at == null || ++depth > DEPTH_MAX) {
                throw new IllegalArgumentException(pool.id() + " does not hang on the root pool");
            }
        }
        return depth;
    }

    /** Where a pool stands in {@link #pools()}. */
    public int indexOf(ResourcePoolId id) {
        Integer index = indexes.get(id);
        if (index == null) {
            throw new IllegalArgumentException("not a pool of this cluster: " + id);
        }
        return index;
    }

    /** The pools, parents first; the root is the first. */
    public List<Pool> pools() {
        return pools;
    }

    /** Index of a pool's parent; -1 for the root. */
    public int parentOf(int pool) {
        return parents[pool];
    }

    /**
     * What each leaf should get of the capacity.
     *
     * @param leafPools index of each leaf's pool
     * @param demands what each leaf would use if it had a host of its own
     * @return between min(reservation, demand) and min(limit, demand) for each leaf; in sum the lesser of the capacity and
     *     what is wanted, as far as limits of pools allow
     */
    public double[] entitlements(
            Resource resource, double capacity, int[] leafPools, Allocation[] leaves, double[] demands) {
        Siblings siblings = new Siblings(parents, leafPools);
        int poolCount = pools.size();
        int slots = poolCount + leaves.length;
        double[] floors = new double[slots];
        double[] wants = new double[slots];
        double[] shares = new double[slots];
        for (int leaf = 0; leaf < leaves.length; leaf++) {
            int slot = siblings.slotOfLeaf(leaf);
            Allocation allocation = leaves[leaf];
            wants[slot] = Math.min(allocation.limit(), demands[leaf]);
            floors[slot] = Math.min(allocation.reservation(), wants[slot]);
            shares[slot] = allocation.shares();
        }
        for (int pool = poolCount - 1; pool > 0; pool--) {
            gather(pools.get(pool).allocation(resource), siblings, pool, floors, wants, shares);
        }
        double[] given = new double[slots];
        given[siblings.slotOfPool(0)] = capacity;
        for (int pool = 0; pool < poolCount; pool++) {
            WaterFilling.fill(
                    given[siblings.slotOfPool(pool)],
                    floors,
                    wants,
                    shares,
                    given,
                    siblings.from(pool),
                    siblings.to(pool));
        }
        double[] entitlements = new double[leaves.length];
        for (int leaf = 0; leaf < leaves.length; leaf++) {
            entitlements[leaf] = given[siblings.slotOfLeaf(leaf)];
        }
        return entitlements;
    }

    /** A pool wants what its members want, up to its limit, and is promised its reservation as far as they use it. */
    private static void gather(
            Allocation allocation, Siblings siblings, int pool, double[] floors, double[] wants, double[] shares) {
        double want = 0;
        double floor = 0;
        for (int slot = siblings.from(pool); slot < siblings.to(pool); slot++) {
            want += wants[slot];
            floor += floors[slot];
        }
        int own = siblings.slotOfPool(pool);
        wants[own] = Math.min(allocation.limit(), want);
        floors[own] = Math.min(wants[own], Math.max(allocation.reservation(), floor));
        shares[own] = allocation.shares();
    }
}
