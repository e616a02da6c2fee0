package dev.sternpost.server.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.PoolAllocation;
import dev.sternpost.inventory.ResourceAllocation;
import dev.sternpost.inventory.ResourcePool;
import dev.sternpost.inventory.SharesLevel;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.event.Event;
import dev.sternpost.inventory.event.EventQuery;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.server.simulation.SimulatedDatacenter;
import dev.sternpost.server.virtualmachine.ConfigWish;
import dev.sternpost.server.virtualmachine.CreateRequest;
import dev.sternpost.server.work.Caller;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Three hosts of 8000 MHz and 4 GiB each: the cluster has 24000 MHz and 12 GiB. */
class ResourcePoolsTest {
    private static final Caller ADA = Caller.named("ada");

    private final SimulatedDatacenter datacenter = new SimulatedDatacenter();
    private final SimulatedDatacenter.Server server = datacenter.server();
    private final ResourcePools pools = new ResourcePools(datacenter.inventory());

    private static PoolWish reserving(long amount, @Nullable Boolean expandable) {
        return new PoolWish(new AllocationWish(amount, null, null, 0), expandable);
    }

    private static ResourcePools.Wish wish(String name, String parent, PoolWish cpu) {
        return new ResourcePools.Wish(name, parent, cpu, PoolWish.NOTHING);
    }

    private ResourcePool pool(String name, String parent, PoolWish cpu) {
        return pools.create(ADA, wish(name, parent, cpu));
    }

    private VirtualMachine running(String name, String pool, long cpuReservation) {
        ConfigWish config = new ConfigWish(
                1,
                0,
                null,
                List.of(),
                List.of(),
                "",
                new AllocationWish(cpuReservation, null, null, 0),
                AllocationWish.NOTHING);
        server.succeed(server.vms.create(ADA, new CreateRequest(name, "", pool, "", "", config, true)));
        return datacenter.snapshot().resolve(name, VirtualMachine.class);
    }

    private static void refused(FaultCode code, String words, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(FaultException.class, fault -> {
            assertThat(fault.code()).isEqualTo(code);
            assertThat(fault.fault().message()).contains(words);
        });
    }

    @Test
    void a_pool_is_made_in_the_only_cluster_with_normal_shares_and_may_borrow() {
        ResourcePool made = pool("web", "", PoolWish.NOTHING);
        assertThat(datacenter.snapshot().pathOf(made.id())).isEqualTo("/DC0/host/prod/Resources/web");
        assertThat(made.cpu()).isEqualTo(PoolAllocation.NORMAL);
        assertThat(made.isRoot()).isFalse();
        assertThat(made.cpu().amounts().cpuSharesOfPool()).isEqualTo(4_000);
    }

    @Test
    void a_repeated_request_makes_one_pool() {
        Caller caller = new Caller("ada", "r1");
        ResourcePool first = pools.create(caller, wish("web", "", PoolWish.NOTHING));
        assertThat(pools.create(caller, wish("web", "", PoolWish.NOTHING))).isEqualTo(first);
        refused(FaultCode.NAME_TAKEN, "web", () -> pool("web", "", PoolWish.NOTHING));
    }

    @Test
    void what_the_hosts_do_not_have_cannot_be_reserved() {
        pool("web", "", reserving(20_000, null));
        refused(FaultCode.INSUFFICIENT_RESOURCES, "1000 MHz", () -> pool("db", "", reserving(5_000, null)));
        assertThat(pool("db", "", reserving(4_000, null)).cpu().amounts().reservation())
                .isEqualTo(4_000);
    }

    @Test
    void a_pool_inside_takes_from_a_parent_only_what_that_may_give() {
        pool("web", "", reserving(2_000, false));
        refused(FaultCode.INSUFFICIENT_RESOURCES, "not expandable", () -> pool("inner", "web", reserving(3_000, null)));
        pools.update("ada", "web", 0, wish("", "", new PoolWish(AllocationWish.NOTHING, true)));
        assertThat(pool("inner", "web", reserving(3_000, null)).parentId())
                .isEqualTo(datacenter.snapshot().resolve("web").id());
        assertThat(Promises.around(
                                datacenter.snapshot(),
                                datacenter
                                        .snapshot()
                                        .resolve("web", ResourcePool.class)
                                        .id())
                        .cpuMhzIn(datacenter
                                .snapshot()
                                .resolve("web", ResourcePool.class)
                                .id()))
                .isEqualTo(3_000);
    }

    @Test
    void a_reservation_cannot_fall_below_what_is_promised_in_the_pool() {
        pool("web", "", reserving(3_000, false));
        running("web-1", "web", 2_500);
        refused(
                FaultCode.INSUFFICIENT_RESOURCES,
                "500 MHz",
                () -> pools.update("ada", "web", 0, wish("", "", reserving(2_000, null))));
        refused(
                FaultCode.INSUFFICIENT_RESOURCES,
                "limit is 2000 MHz",
                () -> pools.update(
                        "ada", "web", 0, wish("", "", new PoolWish(new AllocationWish(0L, 2_000L, null, 0), true))));
    }

    @Test
    void an_allocation_that_makes_no_sense_is_refused() {
        pool("web", "", PoolWish.NOTHING);
        refused(
                FaultCode.REQUEST_INVALID,
                "below its reservation",
                () -> pools.update(
                        "ada", "web", 0, wish("", "", new PoolWish(new AllocationWish(10L, 5L, null, 0), null))));
        refused(
                FaultCode.REQUEST_INVALID,
                "choose 1 to",
                () -> pools.update(
                        "ada",
                        "web",
                        0,
                        wish("", "", new PoolWish(new AllocationWish(null, null, SharesLevel.CUSTOM, 0), null))));
    }

    @Test
    void a_change_guards_against_an_old_version_and_keeps_what_is_not_named() {
        ResourcePool made = pool("web", "", reserving(1_000, false));
        refused(
                FaultCode.VERSION_CONFLICT,
                "read it again",
                () -> pools.update("ada", "web", 7, wish("front", "", PoolWish.NOTHING)));
        PoolWish high = new PoolWish(new AllocationWish(null, 4_000L, SharesLevel.HIGH, 0), null);
        ResourcePool changed = pools.update("ada", "web", made.version(), wish("front", "", high));
        assertThat(changed.name()).isEqualTo("front");
        assertThat(changed.cpu())
                .isEqualTo(new PoolAllocation(new ResourceAllocation(1_000, 4_000, SharesLevel.HIGH, 0), false));
        PoolWish unlimited = new PoolWish(new AllocationWish(null, AllocationWish.NO_LIMIT, null, 0), null);
        assertThat(pools.update("ada", "front", 0, wish("", "", unlimited))
                        .cpu()
                        .amounts()
                        .isLimited())
                .isFalse();
    }

    @Test
    void the_root_pool_stays_as_it_is_and_no_pool_lies_in_itself() {
        refused(
                FaultCode.REQUEST_INVALID,
                "stays as it is",
                () -> pools.update("ada", "Resources", 0, wish("x", "", PoolWish.NOTHING)));
        refused(FaultCode.REQUEST_INVALID, "stays as it is", () -> pools.delete("ada", "Resources", 0));
        pool("web", "", PoolWish.NOTHING);
        pool("inner", "web", PoolWish.NOTHING);
        refused(
                FaultCode.MOVE_INVALID,
                "inside itself",
                () -> pools.update("ada", "web", 0, wish("", "inner", PoolWish.NOTHING)));
    }

    @Test
    void what_is_in_a_removed_pool_goes_to_its_parent() {
        pool("web", "", PoolWish.NOTHING);
        pool("inner", "web", PoolWish.NOTHING);
        VirtualMachine vm = running("web-1", "web", 0);
        pools.delete("ada", "web", 0);
        assertThat(datacenter.snapshot().findByPath("/DC0/host/prod/Resources/inner"))
                .isPresent();
        assertThat(datacenter.snapshot().get(vm.id()).resourcePoolId())
                .isEqualTo(datacenter.snapshot().resolve("Resources").id());
    }

    @Test
    void running_vms_are_put_into_a_pool_all_or_none() {
        ResourcePool web = pool("web", "", reserving(1_500, false));
        VirtualMachine one = running("web-1", "", 1_000);
        VirtualMachine two = running("web-2", "", 1_000);
        refused(
                FaultCode.INSUFFICIENT_RESOURCES,
                "500 MHz",
                () -> pools.moveInto("ada", "web", List.of("web-1", "web-2")));
        assertThat(datacenter.snapshot().vmsIn(web.id())).isEmpty();
        pools.moveInto("ada", "web", List.of("web-2", "web-2"));
        assertThat(datacenter.snapshot().vmsIn(web.id()))
                .extracting(ManagedObject::id)
                .containsExactly(two.id());
        assertThat(datacenter.snapshot().get(one.id()).resourcePoolId()).isNotEqualTo(web.id());
        assertThat(datacenter.inventory().events(EventQuery.newest(1)))
                .extracting(Event::type)
                .containsExactly(EventType.VM_RESOURCE_POOL_CHANGED);
    }
}
