package dev.sternpost.server.ha;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.inventory.HaAdmission;
import dev.sternpost.inventory.HaIsolationResponse;
import dev.sternpost.inventory.HaSettings;
import dev.sternpost.inventory.HaSettings.State;
import dev.sternpost.inventory.HaVmSettings;
import dev.sternpost.inventory.HostConnectionState;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.HostMode;
import dev.sternpost.inventory.availability.ToldVersion;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.server.availability.HaContent;
import dev.sternpost.server.availability.HaMode;
import dev.sternpost.server.availability.HaOrder;
import dev.sternpost.server.availability.HaReport;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskState;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HighAvailabilityTest {
    private static final long GIBIBYTE = 1L << 30;

    private final HaTestKit kit = new HaTestKit();

    private static void refused(FaultCode code, String words, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        FaultException.class, fault -> assertThat(fault.code()).isEqualTo(code));
        assertThatThrownBy(call).hasMessageContaining(words);
    }

    private HaOrder follows(HostId host) {
        return Objects.requireNonNull(kit.hosts.follows(host));
    }

    private HaContent content(HostId host) {
        return Objects.requireNonNull(follows(host).content());
    }

    private static HaVmAdmin.Wish vm(HaVmSettings.@Nullable Priority priority, @Nullable List<String> dependsOn) {
        return new HaVmAdmin.Wish(priority, null, false, null, null, dependsOn, null, false);
    }

    @Test
    void hosts_are_armed_only_after_all_have_proved_that_they_can_stop_what_they_run() {
        kit.make("web-1", HaTestKit.ONE, GIBIBYTE, true);
        kit.enabled();
        assertThat(kit.cluster().ha().state()).isEqualTo(State.ON);
        assertThat(kit.hosts.told())
                .containsExactly(
                        "host-901 DISARMED",
                        "host-902 DISARMED",
                        "host-903 DISARMED",
                        "host-901 ARMED",
                        "host-902 ARMED",
                        "host-903 ARMED");
        assertThat(content(HaTestKit.ONE).heartbeatDatastore())
                .isEqualTo(kit.datacenter.datastore().uuid());
        assertThat(content(HaTestKit.ONE).vms())
                .singleElement()
                .satisfies(vm -> assertThat(vm.id()).isEqualTo(kit.vm("web-1").id()));
        assertThat(follows(HaTestKit.ONE)).isEqualTo(follows(HaTestKit.THREE));
        assertThat(kit.told(EventType.CLUSTER_HA_ENABLED)).hasSize(1);
        refused(FaultCode.HA_WRONG_STATE, "on already", () -> kit.ha.clusters().enable(HaTestKit.ADA, "prod", ""));
    }

    @Test
    void one_host_that_cannot_stop_what_it_runs_is_named_and_nothing_is_enabled() {
        kit.hosts.setProblem(HaTestKit.TWO, "cgroup.kill is not there");
        Task task = kit.ended(kit.ha.clusters().enable(HaTestKit.ADA, "prod", ""));
        assertThat(task.state()).isEqualTo(TaskState.FAILED);
        assertThat(Objects.requireNonNull(task.summary().fault()).code()).isEqualTo("HA_NOT_PROVEN");
        assertThat(Objects.requireNonNull(task.summary().fault()).message())
                .contains("h2: cgroup.kill is not there")
                .doesNotContain("h1", "h3");
        assertThat(kit.cluster().ha().state()).isEqualTo(State.OFF);
        kit.second();
        assertThat(follows(HaTestKit.ONE).mode()).isEqualTo(HaMode.OFF);
        assertThat(kit.hosts.told()).noneMatch(told -> told.endsWith(" ARMED"));
    }

    @Test
    void a_host_that_says_nothing_is_named_too() {
        kit.hosts.setDeaf(HaTestKit.THREE, true);
        Task task = kit.ended(kit.ha.clusters().enable(HaTestKit.ADA, "prod", ""));
        assertThat(Objects.requireNonNull(task.summary().fault()).message())
                .contains("h3: its agent does not say how it stands");
        assertThat(kit.cluster().ha().state()).isEqualTo(State.OFF);
    }

    @Test
    void a_member_that_is_away_can_prove_nothing_and_is_named() {
        connection(HostConnectionState.NOT_RESPONDING);
        Task task = kit.ended(kit.ha.clusters().enable(HaTestKit.ADA, "prod", ""));
        assertThat(task.state()).isEqualTo(TaskState.FAILED);
        assertThat(Objects.requireNonNull(task.summary().fault()).message()).contains("h1 cannot prove anything");
        assertThat(kit.cluster().ha().state()).isEqualTo(State.OFF);
        assertThat(kit.hosts.told()).noneMatch(told -> told.endsWith(" ARMED"));
    }

    @Test
    void a_cancelled_enabling_leaves_nothing_behind() {
        kit.hosts.setDeaf(HaTestKit.THREE, true);
        var view = kit.ha.clusters().enable(HaTestKit.ADA, "prod", "");
        kit.until("hosts know", () -> kit.hosts.follows(HaTestKit.ONE) != null);
        kit.server.tasks().cancel(view.task().id().toString());
        assertThat(kit.ended(view).state()).isEqualTo(TaskState.CANCELLED);
        kit.second();
        assertThat(kit.cluster().ha().state()).isEqualTo(State.OFF);
        assertThat(follows(HaTestKit.ONE).mode()).isEqualTo(HaMode.OFF);
    }

    @Test
    void disabling_disarms_every_host_before_any_lets_go_of_its_lease() {
        kit.enabled();
        kit.server.succeed(kit.ha.clusters().disable(HaTestKit.ADA, "prod", false));
        kit.second();
        List<String> told = kit.hosts.told().subList(6, 12);
        assertThat(told.subList(0, 3)).allMatch(each -> each.endsWith(" DISARMED"));
        assertThat(told.subList(3, 6)).allMatch(each -> each.endsWith(" OFF"));
        assertThat(kit.cluster().ha().state()).isEqualTo(State.OFF);
        kit.enabled();
        assertThat(follows(HaTestKit.TWO).mode()).isEqualTo(HaMode.ARMED);
    }

    @Test
    void a_disarmed_cluster_says_why_until_it_is_armed_again() {
        refused(
                FaultCode.HA_WRONG_STATE,
                "off, not on",
                () -> kit.ha.clusters().disarm("ada", "prod", "switch upgrade"));
        kit.enabled();
        refused(FaultCode.REQUEST_INVALID, "Say why", () -> kit.ha.clusters().disarm("ada", "prod", " "));
        kit.ha.clusters().disarm("ada", "prod", "switch upgrade");
        kit.second();
        assertThat(follows(HaTestKit.ONE).mode()).isEqualTo(HaMode.DISARMED);
        assertThat(Objects.requireNonNull(kit.cluster().ha().disarmed()).reason())
                .isEqualTo("switch upgrade");
        kit.ha.clusters().rearm("ada", "prod");
        kit.second();
        assertThat(follows(HaTestKit.ONE).mode()).isEqualTo(HaMode.ARMED);
        refused(
                FaultCode.HA_WRONG_STATE,
                "armed already",
                () -> kit.ha.clusters().rearm("ada", "prod"));
    }

    @Test
    void the_version_rises_with_each_change_and_only_then() {
        kit.enabled();
        long before = follows(HaTestKit.ONE).version();
        kit.second();
        kit.second();
        assertThat(follows(HaTestKit.ONE).version()).isEqualTo(before);
        kit.make("web-1", HaTestKit.TWO, GIBIBYTE, false);
        kit.second();
        long after = follows(HaTestKit.ONE).version();
        assertThat(after).isGreaterThan(before);
        assertThat(kit.hosts.versions().all())
                .singleElement()
                .satisfies(told -> assertThat(told.version()).isEqualTo(after));
        HaManagement.Running other = kit.hosts
                .management()
                .run(kit.server.tasks(), kit.datacenter.placements(), kit.datacenter.reservations(), host -> {});
        other.tick().run();
        assertThat(follows(HaTestKit.ONE).version()).isEqualTo(after);
    }

    @Test
    void hosts_that_go_by_what_a_restored_database_does_not_know_of_are_told_anew() {
        kit.enabled();
        ToldVersion backup = kit.hosts.versions().all().iterator().next();
        kit.make("web-1", HaTestKit.TWO, GIBIBYTE, false);
        kit.second();
        long before = follows(HaTestKit.ONE).version();
        kit.hosts.versions().put(backup);
        HaManagement.Running restored = kit.hosts
                .management()
                .run(kit.server.tasks(), kit.datacenter.placements(), kit.datacenter.reservations(), host -> {});
        restored.tick().run();
        assertThat(List.of(HaTestKit.ONE, HaTestKit.TWO, HaTestKit.THREE))
                .allSatisfy(host -> assertThat(follows(host).version()).isGreaterThan(before));
    }

    @Test
    void a_number_that_cannot_be_is_not_gone_by_whoever_says_it() {
        kit.enabled();
        long before = follows(HaTestKit.ONE).version();
        kit.hosts.claim(HaTestKit.TWO, Long.MAX_VALUE);
        kit.second();
        kit.make("web-1", HaTestKit.TWO, GIBIBYTE, false);
        kit.second();
        assertThat(follows(HaTestKit.ONE).version()).isBetween(before + 1, before + 1_000_000);
    }

    @Test
    void no_more_hosts_may_fail_than_leave_one() {
        refused(
                FaultCode.REQUEST_INVALID,
                "at most 2 of them may fail",
                () -> kit.ha
                        .clusters()
                        .update(
                                "ada",
                                "prod",
                                new HighAvailability.Wish(null, null, HaAdmission.hostFailures(3), null, null, null)));
    }

    @Test
    void a_number_is_above_those_that_the_time_a_restored_database_does_not_know_of_may_have_used() {
        kit.enabled();
        assertThat(follows(HaTestKit.ONE).version())
                .isGreaterThanOrEqualTo(kit.datacenter.loop().instant().getEpochSecond() - 10);
    }

    @Test
    void a_host_that_leaves_is_let_go_when_all_others_know() {
        kit.enabled();
        kit.hosts.setDeaf(HaTestKit.TWO, true);
        mode(HostMode.STANDBY);
        kit.second();
        kit.second();
        assertThat(content(HaTestKit.ONE).names(HaTestKit.THREE)).isFalse();
        assertThat(follows(HaTestKit.THREE).mode()).isEqualTo(HaMode.ARMED);
        kit.hosts.setDeaf(HaTestKit.TWO, false);
        kit.hosts.reconnect(HaTestKit.TWO);
        kit.second();
        assertThat(follows(HaTestKit.THREE).mode()).isEqualTo(HaMode.OFF);
        mode(HostMode.NORMAL);
        kit.second();
        assertThat(follows(HaTestKit.THREE).mode()).isEqualTo(HaMode.ARMED);
    }

    private void mode(HostMode mode) {
        kit.datacenter
                .inventory()
                .commit(InventoryWrite.builder()
                        .put(kit.datacenter.snapshot().get(HaTestKit.THREE).withMode(mode))
                        .build());
    }

    @Test
    void a_host_that_is_taken_for_dead_is_fenced_once_and_only_if_the_server_does_not_hear_it_either() {
        kit.enabled();
        kit.hosts.setCoordinator(
                HaTestKit.TWO,
                new HaReport.Coordination(true, 4, List.of(new HaReport.Verdict(HaTestKit.ONE, "dead")), List.of()));
        kit.second();
        assertThat(kit.server.fenced).isEmpty();
        connection(HostConnectionState.NOT_RESPONDING);
        kit.second();
        kit.second();
        assertThat(kit.server.fenced).extracting(host -> host.id()).containsExactly(HaTestKit.ONE);
        connection(HostConnectionState.CONNECTED);
        kit.second();
        connection(HostConnectionState.NOT_RESPONDING);
        kit.second();
        assertThat(kit.server.fenced).hasSize(2);
        assertThat(kit.ha.overview().view("prod").coordination().orElseThrow().hostId())
                .isEqualTo(HaTestKit.TWO);
    }

    private void connection(HostConnectionState state) {
        var host = kit.datacenter.snapshot().get(HaTestKit.ONE);
        kit.datacenter
                .inventory()
                .commit(InventoryWrite.builder()
                        .put(host.withConnection(state, host.incarnation(), host.lastSeen()))
                        .build());
    }

    @Test
    void a_host_in_maintenance_takes_part_but_takes_nothing_in() {
        kit.enabled();
        mode(HostMode.MAINTENANCE);
        kit.second();
        assertThat(content(HaTestKit.THREE).hosts())
                .filteredOn(host -> !host.open())
                .singleElement()
                .satisfies(host -> assertThat(host.id()).isEqualTo(HaTestKit.THREE));
    }

    @Test
    void settings_are_told_and_those_that_make_no_sense_are_refused() {
        kit.enabled();
        kit.ha
                .clusters()
                .update(
                        "ada",
                        "prod",
                        new HighAvailability.Wish(
                                null,
                                HaSettings.Timing.PATIENT,
                                HaAdmission.dedicatedHosts(List.of(HaTestKit.THREE)),
                                HaIsolationResponse.SHUT_DOWN,
                                true,
                                List.of("10.77.0.1")));
        kit.make("web-1", HaTestKit.ONE, GIBIBYTE, false);
        kit.second();
        assertThat(content(HaTestKit.ONE).timing()).isEqualTo(HaSettings.Timing.PATIENT);
        assertThat(content(HaTestKit.ONE).isolationAddresses()).containsExactly("10.77.0.1");
        assertThat(content(HaTestKit.ONE).vms().getFirst().monitored()).isTrue();
        assertThat(content(HaTestKit.ONE).vms().getFirst().isolation()).isEqualTo(HaIsolationResponse.SHUT_DOWN);
        HighAvailability.Wish datastore = new HighAvailability.Wish("shared1", null, null, null, null, null);
        refused(
                FaultCode.HA_WRONG_STATE,
                "leases that are in use",
                () -> kit.ha.clusters().update("ada", "prod", datastore));
        HighAvailability.Wish address =
                new HighAvailability.Wish(null, null, null, null, null, List.of("10.0.0.1; rm"));
        refused(
                FaultCode.REQUEST_INVALID,
                "is no IP address",
                () -> kit.ha.clusters().update("ada", "prod", address));
    }

    @Test
    void a_virtual_machine_has_settings_of_its_own() {
        kit.enabled();
        kit.make("db-1", HaTestKit.ONE, GIBIBYTE, false);
        kit.make("web-1", HaTestKit.TWO, GIBIBYTE, false);
        kit.make("test-1", HaTestKit.TWO, GIBIBYTE, false);
        kit.ha.vms().set("ada", "db-1", vm(HaVmSettings.Priority.HIGHEST, null));
        kit.ha.vms().set("ada", "web-1", vm(null, List.of("db-1")));
        kit.ha.vms().set("ada", "test-1", vm(HaVmSettings.Priority.DISABLED, null));
        kit.second();
        assertThat(content(HaTestKit.ONE).vms())
                .extracting(HaContent.Vm::priority)
                .containsExactly(HaVmSettings.Priority.HIGHEST, HaVmSettings.Priority.MEDIUM);
        assertThat(content(HaTestKit.ONE).vms().get(1).dependsOn())
                .containsExactly(kit.vm("db-1").id());
        refused(
                FaultCode.RULE_CONFLICT,
                "db-1 waits for web-1 waits for db-1",
                () -> kit.ha.vms().set("ada", "db-1", vm(null, List.of("web-1"))));
        refused(
                FaultCode.RULE_CONFLICT,
                "db-1 waits for db-1",
                () -> kit.ha.vms().set("ada", "db-1", vm(null, List.of("db-1"))));
    }
}
