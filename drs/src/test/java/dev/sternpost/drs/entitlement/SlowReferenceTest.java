package dev.sternpost.drs.entitlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sternpost.inventory.ResourcePoolId;
import dev.sternpost.testkit.Generator;
import dev.sternpost.testkit.Property;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The fast filling of the tree beside one that is written for being read: recursive, and its level found by bisection. */
class SlowReferenceTest {
    private static final int HALVINGS = 200;

    private record Member(double floor, double want, double shares, int pool, int leaf) {}

    private record Cluster(List<Pool> pools, int[] leafPools, Allocation[] leaves, double[] demands) {
        /** The members of a pool: its pools, then its leaves. */
        List<Member> members(int pool) {
            List<Member> members = new ArrayList<>();
            for (int child = 1; child < pools.size(); child++) {
                if (pools.get(pool).id().equals(pools.get(child).parentId())) {
                    List<Member> inside = members(child);
                    Allocation own = pools.get(child).allocation(Resource.CPU);
                    double want = Math.min(
                            own.limit(),
                            inside.stream().mapToDouble(Member::want).sum());
                    double floor = Math.max(
                            own.reservation(),
                            inside.stream().mapToDouble(Member::floor).sum());
                    members.add(new Member(Math.min(want, floor), want, own.shares(), child, -1));
                }
            }
            for (int leaf = 0; leaf < leaves.length; leaf++) {
                if (leafPools[leaf] == pool) {
                    double want = Math.min(leaves[leaf].limit(), demands[leaf]);
                    members.add(new Member(
                            Math.min(want, leaves[leaf].reservation()), want, leaves[leaf].shares(), -1, leaf));
                }
            }
            return members;
        }

        void share(int pool, double amount, double[] into) {
            List<Member> members = members(pool);
            double floors = members.stream().mapToDouble(Member::floor).sum();
            double level = level(members, amount);
            for (Member member : members) {
                double given = floors > amount
                        ? member.floor() * amount / floors
                        : Math.clamp(level * member.shares(), member.floor(), member.want());
                if (member.leaf() >= 0) {
                    into[member.leaf()] = given;
                } else {
                    share(member.pool(), given, into);
                }
            }
        }

        private static double level(List<Member> members, double amount) {
            double low = 0;
            double high = 1e9;
            for (int i = 0; i < HALVINGS; i++) {
                double level = (low + high) / 2;
                double sum = members.stream()
                        .mapToDouble(member -> Math.clamp(level * member.shares(), member.floor(), member.want()))
                        .sum();
                if (sum <= amount) {
                    low = level;
                } else {
                    high = level;
                }
            }
            return low;
        }
    }

    @Test
    void every_leaf_of_every_tree_gets_what_the_slow_reference_gives_it() {
        Property.holds("entitlements are those of the reference", 300, random -> {
            Cluster cluster = drawn(random);
            double wanted = Arrays.stream(cluster.demands()).sum();
            double capacity = Math.floor(wanted * random.between(0.05, 1.3));
            double[] expected = new double[cluster.leaves().length];
            cluster.share(0, capacity, expected);
            EntitlementTree tree = EntitlementTree.of(cluster.pools());
            int[] leafPools = IntStream.of(cluster.leafPools())
                    .map(pool -> tree.indexOf(cluster.pools().get(pool).id()))
                    .toArray();
            double[] given = tree.entitlements(Resource.CPU, capacity, leafPools, cluster.leaves(), cluster.demands());
            for (int leaf = 0; leaf < given.length; leaf++) {
                assertThat(given[leaf]).as("leaf %d", leaf).isCloseTo(expected[leaf], within(1e-3 + 1e-6 * wanted));
            }
        });
    }

    private static Cluster drawn(Generator random) {
        List<Pool> pools = new ArrayList<>(List.of(Pool.root(ResourcePoolId.of(1), "Resources")));
        for (int number = 2; number <= random.sized(1, 12); number++) {
            pools.add(new Pool(
                    ResourcePoolId.of(number),
                    "pool-" + number,
                    ResourcePoolId.of(random.between(1, number - 1)),
                    allocation(random, 20_000),
                    true,
                    Allocation.ofShares(4_000),
                    true));
        }
        int count = random.sized(1, 40);
        int[] leafPools = new int[count];
        Allocation[] leaves = new Allocation[count];
        double[] demands = new double[count];
        for (int leaf = 0; leaf < count; leaf++) {
            leafPools[leaf] = random.between(0, pools.size() - 1);
            leaves[leaf] = allocation(random, 4_000);
            demands[leaf] = random.chance(0.1) ? 0 : random.between(0.0, 5_000.0);
        }
        return new Cluster(pools, leafPools, leaves, demands);
    }

    private static Allocation allocation(Generator random, long most) {
        long reservation = random.chance(0.3) ? random.between(0, most) : 0;
        long limit = random.chance(0.3) ? reservation + random.between(0, most) : Allocation.UNLIMITED;
        return new Allocation(reservation, limit, random.between(1, 8_000));
    }
}
