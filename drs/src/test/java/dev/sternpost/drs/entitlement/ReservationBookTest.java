package dev.sternpost.drs.entitlement;

import static dev.sternpost.drs.entitlement.Allocation.UNLIMITED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.inventory.ResourcePoolId;
import dev.sternpost.testkit.Property;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReservationBookTest {
    private static final ResourcePoolId ROOT = ResourcePoolId.of(1);
    private static final ResourcePoolId PRODUCTION = ResourcePoolId.of(2);
    private static final ResourcePoolId WEB = ResourcePoolId.of(3);

    private static Pool pool(
            ResourcePoolId id, ResourcePoolId parent, long reservation, long limit, boolean expandable) {
        Allocation cpu = new Allocation(reservation, limit, 4000);
        return new Pool(id, "pool " + id.number(), parent, cpu, expandable, Allocation.ofShares(4000), true);
    }

    private static ReservationBook book(long capacity, Map<ResourcePoolId, Long> reserved, Pool... pools) {
        List<Pool> all = new ArrayList<>(List.of(pools));
        all.add(Pool.root(ROOT, "Resources"));
        return new ReservationBook(EntitlementTree.of(all), Resource.CPU, capacity, reserved);
    }

    @Test
    void an_expandable_pool_borrows_what_it_lacks_from_its_ancestors() {
        ReservationBook book = book(
                10_000,
                Map.of(WEB, 800L),
                pool(PRODUCTION, ROOT, 1500, UNLIMITED, true),
                pool(WEB, PRODUCTION, 1000, UNLIMITED, true));
        assertThat(book.admit(WEB, 200)).isEqualTo(new Admission.Admitted(List.of()));
        assertThat(book.admit(WEB, 1000))
                .isEqualTo(new Admission.Admitted(
                        List.of(new Admission.Borrowed(PRODUCTION, 800), new Admission.Borrowed(ROOT, 300))));
    }

    @Test
    void a_pool_that_is_not_expandable_refuses_and_says_what_is_missing() {
        ReservationBook book = book(10_000, Map.of(WEB, 800L), pool(WEB, ROOT, 1000, UNLIMITED, false));
        assertThat(book.admit(WEB, 500)).isInstanceOfSatisfying(Admission.Refused.class, refused -> {
            assertThat(refused.poolId()).isEqualTo(WEB);
            assertThat(refused.missing()).isEqualTo(300);
            assertThat(refused.explanation())
                    .contains("pool 3 lacks 300 MHz", "is not expandable", "800 MHz of it is promised");
        });
    }

    @Test
    void a_limit_stops_borrowing() {
        ReservationBook book = book(10_000, Map.of(), pool(WEB, ROOT, 100, 600, true));
        assertThat(book.admit(WEB, 700))
                .isInstanceOfSatisfying(
                        Admission.Refused.class,
                        refused -> assertThat(refused.explanation()).contains("its limit is 600 MHz"));
    }

    @Test
    void the_hosts_are_the_last_bound() {
        ReservationBook book = book(2000, Map.of(ROOT, 500L), pool(WEB, ROOT, 1000, UNLIMITED, true));
        assertThat(book.admit(ROOT, 500)).isEqualTo(new Admission.Admitted(List.of()));
        assertThat(book.admit(ROOT, 501))
                .isInstanceOfSatisfying(
                        Admission.Refused.class,
                        refused -> assertThat(refused.explanation()).contains("the hosts have 2000 MHz in all"));
        assertThat(book.admit(WEB, 1501)).isInstanceOf(Admission.Refused.class);
    }

    @Test
    void what_is_admitted_one_by_one_never_exceeds_a_pool_or_the_hosts() {
        Property.holds("admission is safe", random -> {
            List<Pool> pools = new ArrayList<>();
            int poolCount = random.sized(1, 8);
            long capacity = random.between(1000L, 20_000L);
            for (int number = 2; number <= poolCount; number++) {
                long reservation = random.between(0L, 1500L);
                long limit = random.chance(0.3) ? reservation + random.between(0L, 3000L) : UNLIMITED;
                ResourcePoolId parent = ResourcePoolId.of(random.between(1, number - 1));
                // Pools themselves are admitted before they are made, as the server does it.
                if (book(capacity, Map.of(), pools.toArray(Pool[]::new)).admit(parentOrRoot(pools, parent), reservation)
                        instanceof Admission.Admitted) {
                    pools.add(pool(
                            ResourcePoolId.of(number),
                            parentOrRoot(pools, parent),
                            reservation,
                            limit,
                            random.chance(0.6)));
                }
            }
            Map<ResourcePoolId, Long> reserved = new HashMap<>();
            for (int vm = 0; vm < random.sized(1, 40); vm++) {
                ResourcePoolId at = pools.isEmpty() || random.chance(0.2)
                        ? ROOT
                        : random.pick(pools).id();
                long amount = random.between(0L, 800L);
                if (book(capacity, reserved, pools.toArray(Pool[]::new)).admit(at, amount)
                        instanceof Admission.Admitted) {
                    reserved.merge(at, amount, Long::sum);
                }
            }
            ReservationBook book = book(capacity, reserved, pools.toArray(Pool[]::new));
            assertThat(book.promisedIn(ROOT)).isLessThanOrEqualTo(capacity);
            assertThat(pools).allSatisfy(pool -> {
                assertThat(book.promisedIn(pool.id()))
                        .isLessThanOrEqualTo(pool.cpu().limit());
                assertThat(pool.cpuExpandable()
                                || book.promisedIn(pool.id()) <= pool.cpu().reservation())
                        .isTrue();
            });
        });
    }

    private static ResourcePoolId parentOrRoot(List<Pool> pools, ResourcePoolId wanted) {
        return pools.stream().map(Pool::id).filter(wanted::equals).findFirst().orElse(ROOT);
    }
}
