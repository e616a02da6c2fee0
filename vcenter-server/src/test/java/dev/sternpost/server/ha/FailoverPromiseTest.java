package dev.sternpost.server.ha;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.inventory.HaAdmission;
import dev.sternpost.inventory.HaVmSettings;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.HostMode;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.server.migration.MigrationRequest;
import dev.sternpost.server.placement.FailoverGuard;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskState;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Three hosts of 4 GiB, of which any may fail. */
class FailoverPromiseTest {
    private static final long GIBIBYTE = 1L << 30;

    private final HaTestKit kit = new HaTestKit().enabled();

    private void promise(HaAdmission admission) {
        kit.ha.clusters().update("ada", "prod", new HighAvailability.Wish(null, null, admission, null, null, null));
    }

    private Task powerOn(String name) {
        return kit.ended(kit.server.vms.powerOn(HaTestKit.ADA, name));
    }

    private FailoverGuard guard() {
        return kit.datacenter.placements().failover();
    }

    private static void broken(String words, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        FaultException.class,
                        fault -> assertThat(fault.code()).isEqualTo(FaultCode.WOULD_BREAK_FAILOVER))
                .hasMessageContaining(words);
    }

    @Test
    void what_would_not_fit_after_a_failure_is_not_powered_on() {
        kit.make("web-1", HaTestKit.ONE, 3 * GIBIBYTE, true);
        kit.make("web-2", HaTestKit.TWO, 3 * GIBIBYTE, true);
        kit.make("web-3", HaTestKit.THREE, 3 * GIBIBYTE, false);
        Task refused = powerOn("web-3");
        assertThat(refused.state()).isEqualTo(TaskState.FAILED);
        assertThat(Objects.requireNonNull(refused.summary().fault()).code()).isEqualTo("WOULD_BREAK_FAILOVER");
        assertThat(Objects.requireNonNull(refused.summary().fault()).message())
                .contains("With web-3 on h3", "1 of 1 virtual machines would not start elsewhere", "3136 MiB");
        kit.ha.clusters().disarm("ada", "prod", "moving house");
        assertThat(powerOn("web-3").state()).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    void what_is_not_started_again_still_takes_room() {
        kit.make("test-1", HaTestKit.THREE, 3 * GIBIBYTE, false);
        kit.ha
                .vms()
                .set(
                        "ada",
                        "test-1",
                        new HaVmAdmin.Wish(HaVmSettings.Priority.DISABLED, null, false, null, null, null, null, false));
        kit.make("web-1", HaTestKit.ONE, 3 * GIBIBYTE, true);
        kit.make("web-2", HaTestKit.TWO, 3 * GIBIBYTE, true);
        assertThat(powerOn("test-1").state()).isEqualTo(TaskState.FAILED);
    }

    @Test
    void a_host_without_which_it_would_not_fit_stays_in_use() {
        kit.make("web-1", HaTestKit.ONE, 3 * GIBIBYTE, true);
        kit.make("web-2", HaTestKit.TWO, GIBIBYTE / 2, true);
        assertThatCode(() -> guard().requireWithout(kit.datacenter.snapshot(), HaTestKit.TWO))
                .doesNotThrowAnyException();
        kit.make("web-3", HaTestKit.TWO, 3 * GIBIBYTE, true);
        broken("Without h3", () -> guard().requireWithout(kit.datacenter.snapshot(), HaTestKit.THREE));
    }

    @Test
    void what_was_broken_before_does_not_stand_in_the_way() {
        promise(HaAdmission.hostFailures(2));
        kit.datacenter
                .inventory()
                .commit(InventoryWrite.builder()
                        .put(kit.datacenter.snapshot().get(HaTestKit.THREE).withMode(HostMode.MAINTENANCE))
                        .build());
        assertThatCode(() -> guard().requireWithout(kit.datacenter.snapshot(), HaTestKit.TWO))
                .doesNotThrowAnyException();
    }

    @Test
    void nothing_is_moved_to_a_spare_host_either() {
        promise(HaAdmission.dedicatedHosts(List.of(HaTestKit.ONE)));
        kit.make("web-1", HaTestKit.TWO, GIBIBYTE, true);
        assertThatThrownBy(() -> kit.server.migrations.migrate(
                        HaTestKit.ADA, new MigrationRequest("web-1", HaTestKit.ONE.value(), 0, 0)))
                .isInstanceOfSatisfying(
                        FaultException.class, fault -> assertThat(fault.code()).isEqualTo(FaultCode.HOST_INCOMPATIBLE))
                .hasMessageContaining("h1 is kept free for a failover");
    }

    @Test
    void nothing_starts_on_a_spare_host_while_there_is_another() {
        kit.make("web-1", HaTestKit.ONE, GIBIBYTE, false);
        promise(HaAdmission.dedicatedHosts(List.of(HaTestKit.ONE)));
        assertThat(powerOn("web-1").state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(kit.vm("web-1").hostId()).isNotEqualTo(HaTestKit.ONE);
    }

    @Test
    void the_status_says_how_much_can_fail() {
        kit.make("web-1", HaTestKit.ONE, 3 * GIBIBYTE, true);
        assertThat(kit.ha.overview().view("prod").failuresAbsorbed()).isEqualTo(2);
        kit.make("web-2", HaTestKit.TWO, 3 * GIBIBYTE, true);
        HaOverview.View view = kit.ha.overview().view("prod");
        assertThat(view.failuresAbsorbed()).isEqualTo(1);
        assertThat(view.broken()).isEmpty();
        var plan = kit.ha.overview().rehearse("prod", List.of("h1", "h2"));
        assertThat(plan.starts()).hasSize(1);
        assertThat(plan.stranded()).hasSize(1);
    }

    @Test
    void hosts_sleep_only_while_the_rest_could_take_over() {
        kit.make("web-1", HaTestKit.ONE, 3 * GIBIBYTE, true);
        kit.make("web-2", HaTestKit.TWO, 3 * GIBIBYTE, true);
        Map<VirtualMachineId, HostId> running =
                Map.of(kit.vm("web-1").id(), HaTestKit.ONE, kit.vm("web-2").id(), HaTestKit.TWO);
        var snapshot = kit.datacenter.snapshot();
        var cluster = kit.cluster().id();
        assertThat(guard().isKeptBy(snapshot, cluster, Set.of(HaTestKit.ONE, HaTestKit.TWO), running))
                .isFalse();
        assertThat(guard().isKeptBy(snapshot, cluster, Set.of(HaTestKit.ONE, HaTestKit.TWO, HaTestKit.THREE), running))
                .isTrue();
    }
}
