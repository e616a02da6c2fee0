package dev.sternpost.server.ha;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.inventory.GuestInfo;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.OverallStatus;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.event.EventQuery;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.server.availability.HaHappening;
import dev.sternpost.server.host.VmObservation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of the record of a virtual machine that the hosts started again by themselves. */
class RestartedVmTest {
    private static final long GIBIBYTE = 1L << 30;
    private static final Instant NOON = Instant.parse("2026-05-01T12:00:00Z");

    private final HaTestKit kit = new HaTestKit();

    private VirtualMachine running() {
        kit.make("web-1", HaTestKit.ONE, GIBIBYTE, true);
        return kit.vm("web-1");
    }

    private static VmObservation on(VirtualMachine vm, long generation) {
        return new VmObservation(
                vm.id(), generation, VmObservation.State.POWERED_ON, true, GuestInfo.UNKNOWN, "unix:/vnc", NOON, "");
    }

    private void says(HostId host, VmObservation observation) {
        kit.datacenter.reconciler().observed(host, observation);
    }

    @Test
    void the_host_that_started_it_is_its_owner() {
        kit.enabled();
        VirtualMachine before = running();
        kit.silence(HaTestKit.ONE);
        assertThat(kit.vm("web-1").statusReason()).contains("waits for restart");
        assertThat(kit.vm("web-1").powerState()).isEqualTo(PowerState.POWERED_ON);
        says(HaTestKit.TWO, on(before, before.generation() + 1));
        VirtualMachine after = kit.vm("web-1");
        assertThat(after.hostId()).isEqualTo(HaTestKit.TWO);
        assertThat(after.generation()).isEqualTo(before.generation() + 1);
        assertThat(after.powerState()).isEqualTo(PowerState.POWERED_ON);
        assertThat(after.status()).isEqualTo(OverallStatus.GREEN);
        assertThat(kit.told(EventType.VM_RESTARTED_BY_HA))
                .containsExactly("web-1 was restarted on h2 by high availability, after h1 failed.");
    }

    @Test
    void its_old_host_is_not_heard_about_it_when_it_is_back() {
        kit.enabled();
        VirtualMachine before = running();
        says(HaTestKit.TWO, on(before, before.generation() + 1));
        kit.datacenter.reconciler().inventory(HaTestKit.ONE, List.of());
        assertThat(kit.vm("web-1").status()).isEqualTo(OverallStatus.GREEN);
        assertThat(kit.told(EventType.VM_MISSING_ON_HOST)).isEmpty();
        says(HaTestKit.ONE, on(before, before.generation()));
        assertThat(kit.vm("web-1").hostId()).isEqualTo(HaTestKit.TWO);
        assertThat(kit.told(EventType.VM_RUNS_ON_WRONG_HOST)).hasSize(1);
    }

    @Test
    void a_restart_on_the_same_host_raises_the_generation_too() {
        kit.enabled();
        VirtualMachine before = running();
        says(HaTestKit.ONE, on(before, before.generation() + 1));
        assertThat(kit.vm("web-1").generation()).isEqualTo(before.generation() + 1);
        assertThat(kit.told(EventType.VM_RESTARTED_BY_HA))
                .containsExactly("web-1 was restarted on h1 by high availability.");
    }

    @Test
    void a_host_that_comes_back_first_without_it_leaves_it_waiting() {
        kit.enabled();
        running();
        kit.datacenter.reconciler().inventory(HaTestKit.ONE, List.of());
        assertThat(kit.vm("web-1").statusReason()).contains("waits for restart");
        assertThat(kit.vm("web-1").powerState()).isEqualTo(PowerState.POWERED_ON);
        assertThat(kit.told(EventType.VM_MISSING_ON_HOST)).isEmpty();
    }

    @Test
    void without_high_availability_nothing_is_taken_over() {
        VirtualMachine before = running();
        says(HaTestKit.TWO, on(before, before.generation() + 1));
        assertThat(kit.vm("web-1").hostId()).isEqualTo(HaTestKit.ONE);
        assertThat(kit.told(EventType.VM_RESTARTED_BY_HA)).isEmpty();
    }

    @Test
    void a_task_on_it_comes_first() {
        kit.enabled();
        VirtualMachine before = running();
        boolean[] busy = {true};
        kit.datacenter.observed().ask(id -> busy[0]);
        says(HaTestKit.TWO, on(before, before.generation() + 1));
        kit.datacenter.reconciler().tick();
        assertThat(kit.vm("web-1").hostId()).isEqualTo(HaTestKit.ONE);
        busy[0] = false;
        kit.datacenter.reconciler().tick();
        assertThat(kit.vm("web-1").hostId()).isEqualTo(HaTestKit.TWO);
    }

    @Test
    void a_host_that_is_back_from_the_dead_is_not_believed_while_a_task_is_in_the_way() {
        kit.enabled();
        VirtualMachine before = running();
        kit.datacenter.observed().ask(id -> true);
        says(HaTestKit.TWO, on(before, before.generation() + 1));
        says(
                HaTestKit.ONE,
                new VmObservation(
                        before.id(),
                        before.generation(),
                        VmObservation.State.POWERED_OFF,
                        false,
                        GuestInfo.UNKNOWN,
                        "",
                        null,
                        ""));
        assertThat(kit.vm("web-1").powerState()).isEqualTo(PowerState.POWERED_ON);
    }

    @Test
    void what_is_not_true_any_more_when_the_task_ends_is_not_taken_over() {
        kit.enabled();
        VirtualMachine before = running();
        boolean[] busy = {true};
        kit.datacenter.observed().ask(id -> busy[0]);
        says(HaTestKit.TWO, on(before, before.generation() + 1));
        kit.datacenter.reconciler().inventory(HaTestKit.TWO, List.of());
        busy[0] = false;
        kit.datacenter.reconciler().tick();
        assertThat(kit.vm("web-1").hostId()).isEqualTo(HaTestKit.ONE);
    }

    @Test
    void what_hosts_tell_is_in_the_trail_once_and_with_their_time() {
        kit.enabled();
        VirtualMachine vm = running();
        HaHappening wanted =
                new HaHappening(EventType.HA_RESTART_WANTED, vm.id(), "%s of host-901".formatted(vm.id()), 7, NOON);
        kit.datacenter.reconciler().happened(HaTestKit.TWO, wanted);
        kit.datacenter.reconciler().happened(HaTestKit.TWO, wanted);
        assertThat(kit.datacenter.inventory().events(EventQuery.newest(1)))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.message()).isEqualTo("h2: web-1 of h1");
                    assertThat(event.occurredTime()).isEqualTo(NOON);
                    assertThat(event.subjectId()).isEqualTo(vm.id());
                });
        assertThat(kit.told(EventType.HA_RESTART_WANTED)).hasSize(1);
    }

    @Test
    void the_last_failover_is_told_in_order_and_without_what_was_long_before() {
        kit.enabled();
        VirtualMachine vm = running();
        happened(1, EventType.HA_RESTART_WANTED, vm, NOON.minus(Duration.ofHours(1)));
        happened(5, EventType.HA_COORDINATOR_ELECTED, vm, NOON.minusMillis(90_000));
        happened(6, EventType.HA_RESTART_COMPLETE, vm, NOON.plusMillis(3_400));
        happened(7, EventType.HA_RESTART_WANTED, vm, NOON);
        happened(8, EventType.HA_RESTART_ORDERED, vm, NOON.plusMillis(120));
        FailoverTimeline last = kit.ha.overview().view("prod").failover().orElseThrow();
        assertThat(last.events())
                .extracting(event -> event.type())
                .containsExactly(
                        EventType.HA_RESTART_WANTED, EventType.HA_RESTART_ORDERED, EventType.HA_RESTART_COMPLETE);
        assertThat(last.start()).isEqualTo(NOON);
    }

    @Test
    void a_second_failover_soon_after_the_first_is_another() {
        kit.enabled();
        VirtualMachine vm = running();
        happened(1, EventType.HA_RESTART_WANTED, vm, NOON);
        happened(2, EventType.HA_RESTART_COMPLETE, vm, NOON.plusSeconds(4));
        happened(3, EventType.HA_RESTART_WANTED, vm, NOON.plusSeconds(30));
        FailoverTimeline last = kit.ha.overview().view("prod").failover().orElseThrow();
        assertThat(last.start()).isEqualTo(NOON.plusSeconds(30));
    }

    @Test
    void that_hosts_stopped_what_they_run_belongs_to_the_failover_that_follows() {
        kit.enabled();
        VirtualMachine vm = running();
        happened(1, EventType.HA_FENCED, vm, NOON);
        happened(2, EventType.HA_RESTART_WANTED, vm, NOON.plusSeconds(200));
        FailoverTimeline last = kit.ha.overview().view("prod").failover().orElseThrow();
        assertThat(last.start()).isEqualTo(NOON);
    }

    @Test
    void what_waits_long_to_be_started_belongs_to_the_failover_it_waits_since() {
        kit.enabled();
        VirtualMachine vm = running();
        happened(1, EventType.HA_RESTART_WANTED, vm, NOON);
        happened(2, EventType.HA_RESTART_FAILED, vm, NOON.plusSeconds(200));
        happened(3, EventType.HA_RESTART_COMPLETE, vm, NOON.plusSeconds(500));
        FailoverTimeline last = kit.ha.overview().view("prod").failover().orElseThrow();
        assertThat(last.events()).hasSize(3);
        assertThat(last.start()).isEqualTo(NOON);
    }

    private void happened(long number, EventType type, VirtualMachine vm, Instant time) {
        kit.datacenter.reconciler().happened(HaTestKit.TWO, new HaHappening(type, vm.id(), "it", number, time));
    }
}
