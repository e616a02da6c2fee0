package dev.sternpost.drs.entitlement;

/** Gives every pool and leaf a slot such that the members of one pool have slots side by side. The root has the last one. */
final class Siblings {
    private final int[] starts;
    private final int[] poolSlots;
    private final int[] leafSlots;

    Siblings(int[] poolParents, int[] leafPools) {
        int pools = poolParents.length;
        starts = new int[pools + 1];
        for (int pool = 1; pool < pools; pool++) {
            starts[poolParents[pool] + 1]++;
        }
        for (int pool : leafPools) {
            starts[pool + 1]++;
        }
        for (int pool = 0; pool < pools; pool++) {
            starts[pool + 1] += starts[pool];
        }
        int[] next = starts.clone();
        poolSlots = new int[pools];
        leafSlots = new int[leafPools.length];
        poolSlots[0] = starts[pools];
        for (int pool = 1; pool < pools; pool++) {
            poolSlots[pool] = next[poolParents[pool]]++;
        }
        for (int leaf = 0; leaf < leafPools.length; leaf++) {
            leafSlots[leaf] = next[leafPools[leaf]]++;
        }
    }

    int slotOfPool(int pool) {
        return poolSlots[pool];
    }

    int slotOfLeaf(int leaf) {
        return leafSlots[leaf];
    }

    /** First slot of a pool's members. */
    int from(int pool) {
        return starts[pool];
    }

    /** One after the last slot of a pool's members. */
    int to(int pool) {
        return starts[pool + 1];
    }
}
