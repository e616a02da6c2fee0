package dev.sternpost.server.allocation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.drs.entitlement.Allocation;
import dev.sternpost.drs.entitlement.Pool;
import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.drs.snapshot.HostCondition;
import dev.sternpost.drs.snapshot.VmDemand;
import dev.sternpost.drs.snapshot.VmMobility;
import dev.sternpost.inventory.DatastoreId;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.ResourcePoolId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Two hosts of two CPUs of 2000 MHz. */
class HostEntitlementsTest {
    private static final HostId ONE = new HostId("host-1");
    private static final HostId TWO = new HostId("host-2");
    private static final ResourcePoolId ROOT = new ResourcePoolId("resgroup-1");
    private static final ResourcePoolId SMALL = new ResourcePoolId("resgroup-2");
    private static final long UNLIMITED = Entitlement.UNLIMITED;

    private final List<DrsVm> vms = new ArrayList<>();
    private final List<Pool> pools = new ArrayList<>(List.of(Pool.root(ROOT, "root")));

    private VirtualMachineId vm(int number, HostId host, ResourcePoolId pool, Allocation cpu, double demandMhz) {
        VirtualMachineId id = VirtualMachineId.of(number);
        vms.add(new DrsVm(
                id,
                "vm-" + number,
                host,
                true,
                pool,
                2,
                1L << 30,
                cpu,
                Allocation.normalMemory(1L << 30),
                VmDemand.steady(demandMhz, 1L << 29),
                List.of(new DatastoreId("datastore-1")),
                List.of(),
                VmMobility.free(1, 1)));
        return id;
    }

    private HostCondition conditionOfTwo = HostCondition.NORMAL;

    private Map<HostId, Map<VirtualMachineId, Entitlement>> entitlements() {
        List<DrsHost> hosts = List.of(ONE, TWO).stream()
                .map(id -> new DrsHost(
                        id,
                        id.value(),
                        id.equals(TWO) ? conditionOfTwo : HostCondition.NORMAL,
                        2,
                        4_000,
                        8L << 30,
                        List.of(new DatastoreId("datastore-1")),
                        List.of()))
                .toList();
        return HostEntitlements.of(new DrsSnapshot(0, hosts, vms, pools, List.of()));
    }

    private Map<VirtualMachineId, Entitlement> on(HostId host) {
        return Objects.requireNonNull(entitlements().get(host));
    }

    private static Entitlement of(Map<VirtualMachineId, Entitlement> given, VirtualMachineId vm) {
        return Objects.requireNonNull(given.get(vm));
    }

    private static Allocation shares(long shares) {
        return Allocation.ofShares(shares);
    }

    @Test
    void two_busy_vms_share_their_host_by_their_shares() {
        VirtualMachineId large = vm(1, ONE, ROOT, shares(4_000), 4_000);
        VirtualMachineId small = vm(2, ONE, ROOT, shares(2_000), 4_000);
        Map<VirtualMachineId, Entitlement> given = on(ONE);
        assertThat(of(given, large).cpuMhz()).isBetween(2_650L, 2_680L);
        assertThat(of(given, small).cpuMhz()).isBetween(1_320L, 1_340L);
        assertThat(of(given, large).cpuShares()).isBetween(2_666L, 2_667L);
        assertThat(of(given, small).cpuShares()).isEqualTo(1_333);
        assertThat(on(TWO)).isEmpty();
    }

    @Test
    void a_host_that_is_emptied_or_silent_still_gives_what_its_vms_use() {
        for (HostCondition condition : List.of(HostCondition.MAINTENANCE, HostCondition.UNREACHABLE)) {
            conditionOfTwo = condition;
            vms.clear();
            vm(1, ONE, ROOT, shares(2_000), 3_000);
            vm(2, TWO, ROOT, shares(2_000), 3_000);
            assertThat(on(ONE)).isEmpty();
            assertThat(on(TWO)).isEmpty();
        }
    }

    @Test
    void who_gets_what_it_demands_is_not_held_back_and_with_even_shares_not_even_mentioned() {
        vm(1, ONE, ROOT, shares(2_000), 500);
        vm(2, ONE, ROOT, shares(2_000), 3_000);
        assertThat(on(ONE)).isEmpty();
    }

    @Test
    void only_those_that_demand_more_than_their_part_are_held_to_it() {
        VirtualMachineId idle = vm(1, ONE, ROOT, shares(2_000), 400);
        VirtualMachineId greedy = vm(2, ONE, ROOT, shares(2_000), 4_000);
        VirtualMachineId other = vm(3, ONE, ROOT, shares(2_000), 4_000);
        Map<VirtualMachineId, Entitlement> given = on(ONE);
        assertThat(given).doesNotContainKey(idle);
        assertThat(of(given, greedy).cpuMhz()).isBetween(1_790L, 1_810L);
        assertThat(of(given, other)).isEqualTo(of(given, greedy));
    }

    @Test
    void a_limit_of_a_vm_holds_always() {
        VirtualMachineId limited = vm(1, ONE, ROOT, new Allocation(0, 700, 2_000), 600);
        assertThat(of(on(ONE), limited)).isEqualTo(new Entitlement(700, 2_000, UNLIMITED));
    }

    @Test
    void a_limit_of_a_pool_holds_over_all_hosts_and_is_shared_out_by_shares() {
        pools.add(new Pool(SMALL, "small", ROOT, new Allocation(0, 1_500, 4_000), true, shares(4_000), true));
        VirtualMachineId here = vm(1, ONE, SMALL, shares(4_000), 4_000);
        VirtualMachineId there = vm(2, TWO, SMALL, shares(2_000), 4_000);
        assertThat(of(on(ONE), here).cpuMhz()).isBetween(990L, 1_010L);
        assertThat(of(on(TWO), there).cpuMhz()).isBetween(490L, 510L);
    }

    @Test
    void shares_of_a_pool_weigh_for_all_that_is_in_it() {
        pools.add(new Pool(SMALL, "small", ROOT, shares(2_000), true, shares(4_000), true));
        VirtualMachineId inPool = vm(1, ONE, SMALL, shares(2_000), 100);
        VirtualMachineId besideIt = vm(2, ONE, SMALL, shares(2_000), 100);
        VirtualMachineId outside = vm(3, ONE, ROOT, shares(2_000), 100);
        Map<VirtualMachineId, Entitlement> given = on(ONE);
        assertThat(of(given, inPool).cpuShares()).isEqualTo(1_500);
        assertThat(of(given, besideIt).cpuShares()).isEqualTo(1_500);
        assertThat(of(given, outside).cpuShares()).isEqualTo(3_000);
    }

    @Test
    void what_is_reserved_is_given_whatever_the_shares() {
        VirtualMachineId sure = vm(1, ONE, ROOT, new Allocation(3_000, UNLIMITED, 1_000), 4_000);
        VirtualMachineId rest = vm(2, ONE, ROOT, shares(100_000), 4_000);
        Map<VirtualMachineId, Entitlement> given = on(ONE);
        assertThat(of(given, sure).cpuMhz()).isBetween(2_990L, 3_010L);
        assertThat(of(given, rest).cpuMhz()).isBetween(990L, 1_010L);
    }
}
