package dev.sternpost.drs.entitlement;

import static dev.sternpost.drs.entitlement.Allocation.UNLIMITED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sternpost.inventory.ResourcePoolId;
import dev.sternpost.testkit.Generator;
import dev.sternpost.testkit.Property;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class EntitlementTreeTest {
    private static final ResourcePoolId ROOT = ResourcePoolId.of(1);

    private static Pool pool(int number, int parent, Allocation cpu) {
        Allocation memory = Allocation.ofShares(4000);
        return new Pool(
                ResourcePoolId.of(number), "pool-" + number, ResourcePoolId.of(parent), cpu, true, memory, true);
    }

    private static Allocation[] vms(int count) {
        Allocation[] allocations = new Allocation[count];
        Arrays.fill(allocations, Allocation.ofShares(1000));
        return allocations;
    }

    @Test
    void many_vms_in_one_pool_do_not_get_more_than_few_in_another_of_equal_shares() {
        EntitlementTree tree = EntitlementTree.of(List.of(
                pool(3, 1, Allocation.ofShares(4000)),
                Pool.root(ROOT, "Resources"),
                pool(2, 1, Allocation.ofShares(4000))));
        int two = tree.indexOf(ResourcePoolId.of(2));
        int three = tree.indexOf(ResourcePoolId.of(3));
        double[] entitlements = tree.entitlements(
                Resource.CPU, 6000, new int[] {two, three, three, three}, vms(4), new double[] {5000, 5000, 5000, 5000
                });
        assertThat(entitlements).containsExactly(3000, 1000, 1000, 1000);
    }

    @Test
    void a_limit_of_a_pool_holds_even_when_there_is_room() {
        EntitlementTree tree =
                EntitlementTree.of(List.of(Pool.root(ROOT, "Resources"), pool(2, 1, new Allocation(0, 2000, 4000))));
        assertThat(tree.entitlements(Resource.CPU, 9000, new int[] {1, 1, 0}, vms(3), new double[] {3000, 3000, 3000}))
                .containsExactly(1000, 1000, 3000);
    }

    @Test
    void a_reservation_of_a_pool_serves_whoever_in_it_is_busy() {
        EntitlementTree tree = EntitlementTree.of(List.of(
                Pool.root(ROOT, "Resources"),
                pool(2, 1, new Allocation(4000, UNLIMITED, 1)),
                pool(3, 1, new Allocation(0, UNLIMITED, 4000))));
        assertThat(tree.entitlements(Resource.CPU, 5000, new int[] {1, 1, 2}, vms(3), new double[] {9000, 0, 9000}))
                .satisfies(given -> {
                    assertThat(given[0]).isCloseTo(4000, within(1e-6));
                    assertThat(given[2]).isCloseTo(1000, within(1e-6));
                });
    }

    @Test
    void pools_that_are_no_tree_are_refused() {
        Pool circle = pool(2, 3, Allocation.ofShares(1));
        Pool back = pool(3, 2, Allocation.ofShares(1));
        assertThatThrownBy(() -> EntitlementTree.of(List.of(Pool.root(ROOT, "Resources"), circle, back)))
                .hasMessageContaining("does not hang on the root");
        assertThatThrownBy(
                        () -> EntitlementTree.of(List.of(Pool.root(ROOT, "a"), Pool.root(ResourcePoolId.of(9), "b"))))
                .hasMessageContaining("one root");
    }

    @Test
    void every_tree_gives_out_its_capacity_within_bounds_and_more_shares_never_mean_less() {
        Property.holds("entitlement", random -> {
            Case drawn = Case.draw(random);
            double[] given = drawn.solve();
            double[] wants = new double[given.length];
            Arrays.setAll(wants, i -> Math.min(drawn.leaves[i].limit(), drawn.demands[i]));
            double wanted = Arrays.stream(wants).sum();
            double sum = Arrays.stream(given).sum();
            assertThat(sum).isLessThanOrEqualTo(drawn.capacity * (1 + 1e-9));
            if (!drawn.limitedPools) {
                assertThat(sum).isCloseTo(Math.min(drawn.capacity, wanted), within(1e-6 * (1 + wanted)));
            }
            for (int i = 0; i < given.length; i++) {
                assertThat(given[i]).isBetween(-1e-9, wants[i] + 1e-6);
                if (!drawn.limitedPools && drawn.capacity >= drawn.promised()) {
                    assertThat(given[i])
                            .isGreaterThanOrEqualTo(Math.min(drawn.leaves[i].reservation(), wants[i]) - 1e-6);
                }
            }
            int raised = random.between(0, given.length - 1);
            Allocation old = drawn.leaves[raised];
            drawn.leaves[raised] = new Allocation(old.reservation(), old.limit(), old.shares() * random.between(1, 5));
            assertThat(drawn.solve()[raised]).isGreaterThanOrEqualTo(given[raised] - 1e-6);
        });
    }

    private static final class Case {
        private final List<Pool> pools = new ArrayList<>();
        private boolean limitedPools;
        private int[] leafPools = {};
        private Allocation[] leaves = {};
        private double[] demands = {};
        private double capacity;

        static Case draw(Generator random) {
            Case drawn = new Case();
            drawn.pools.add(Pool.root(ROOT, "Resources"));
            int poolCount = random.sized(1, 12);
            for (int number = 2; number <= poolCount; number++) {
                long reservation = random.chance(0.3) ? random.between(0L, 3000L) : 0;
                long limit = random.chance(0.2) ? reservation + random.between(0L, 9000L) : UNLIMITED;
                drawn.limitedPools |= limit != UNLIMITED;
                drawn.pools.add(pool(
                        number,
                        random.between(1, number - 1),
                        new Allocation(reservation, limit, random.between(1L, 8000L))));
            }
            int count = random.sized(1, 50);
            drawn.leafPools = new int[count];
            drawn.leaves = new Allocation[count];
            drawn.demands = new double[count];
            for (int i = 0; i < count; i++) {
                long reservation = random.chance(0.2) ? random.between(0L, 2000L) : 0;
                long limit = random.chance(0.2) ? reservation + random.between(0L, 2000L) : UNLIMITED;
                drawn.leafPools[i] = random.between(0, poolCount - 1);
                drawn.leaves[i] = new Allocation(reservation, limit, random.between(1L, 4000L));
                drawn.demands[i] = random.between(0.0, 4000.0);
            }
            drawn.capacity = random.between(0.1, 1.5) * 2000 * count;
            return drawn;
        }

        double promised() {
            return pools.stream().mapToDouble(pool -> pool.cpu().reservation()).sum()
                    + Arrays.stream(leaves).mapToDouble(Allocation::reservation).sum();
        }

        double[] solve() {
            return EntitlementTree.of(pools).entitlements(Resource.CPU, capacity, leafPools, leaves, demands);
        }
    }
}
