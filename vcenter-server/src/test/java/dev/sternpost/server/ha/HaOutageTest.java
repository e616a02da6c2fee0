package dev.sternpost.server.ha;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.ha.rehearsal.FailoverPlan;
import dev.sternpost.inventory.HaSettings.State;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.OverallStatus;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.VmRuntime;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.server.availability.HaReport;
import dev.sternpost.server.placement.FailoverGuard;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HaOutageTest {
    private static final long GIBIBYTE = 1L << 30;

    private final HaTestKit kit = new HaTestKit();
    private VirtualMachineId web = new VirtualMachineId("vm-1");

    @BeforeEach
    void webRunsAndHostOneDecides() {
        kit.make("web-1", HaTestKit.TWO, GIBIBYTE, true);
        web = kit.vm("web-1").id();
        kit.hosts.setCoordinator(HaTestKit.ONE, coordinator(List.of(), List.of()));
        kit.enabled();
    }

    private static HaReport.Coordination coordinator(List<HaReport.Verdict> verdicts, List<HaReport.Restart> restarts) {
        return new HaReport.Coordination(true, 3, verdicts, restarts);
    }

    private void noHostHoldsItsLease() {
        kit.hosts.setCoordinator(HaTestKit.ONE, new HaReport.Coordination(false, 3, List.of(), List.of()));
        Stream.of(HaTestKit.ONE, HaTestKit.TWO, HaTestKit.THREE)
                .forEach(host -> kit.hosts.setProblem(host, "the datastore hangs"));
    }

    /** Its host has stopped it, and says so. */
    private void webIsLost() {
        kit.datacenter
                .inventory()
                .commit(InventoryWrite.builder()
                        .put(kit.vm("web-1").withRuntime(VmRuntime.OFF))
                        .build());
        kit.hosts.setPhase(HaTestKit.TWO, web, "lost");
    }

    private HaOverview.View view() {
        kit.second();
        return kit.ha.overview().view("prod");
    }

    private HaOverview.VmView web() {
        return view().vms().stream()
                .filter(each -> each.vm().id().equals(web))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void while_all_is_well_there_is_no_problem_and_what_runs_is_protected() {
        assertThat(view().problem()).isEmpty();
        assertThat(view().failuresAbsorbed()).isEqualTo(2);
        assertThat(web().unprotected()).isEmpty();
        assertThat(web().down()).isEmpty();
    }

    @Test
    void without_leases_nothing_is_claimed_and_each_host_is_named_with_its_reason() {
        noHostHoldsItsLease();
        assertThat(view().problem())
                .startsWith("No host can start anything again")
                .endsWith(": h1, h2, h3: the datastore hangs.");
        assertThat(view().failuresAbsorbed()).isZero();
        assertThat(web().unprotected()).isEqualTo("of its host: the datastore hangs");
    }

    @Test
    void what_its_host_had_to_stop_is_down_and_red_and_no_longer_when_it_is_not() {
        noHostHoldsItsLease();
        webIsLost();
        assertThat(web().down()).isEqualTo("down, and waits: no host that answers can start anything");
        assertThat(web().unprotected()).isEmpty();
        assertThat(kit.vm("web-1").status()).isEqualTo(OverallStatus.RED);
        assertThat(kit.vm("web-1").statusReason()).isEqualTo(DownMarks.DOWN);

        kit.hosts.setPhase(HaTestKit.TWO, web, "");
        assertThat(web().down()).as("its host is in no state to say otherwise").isNotEmpty();
        kit.hosts.setProblem(HaTestKit.TWO, "");
        assertThat(web().down()).isEmpty();
        assertThat(kit.vm("web-1").status()).isEqualTo(OverallStatus.GREEN);
        assertThat(kit.vm("web-1").statusReason()).isEmpty();
    }

    @Test
    void without_a_coordinator_that_is_said() {
        kit.hosts.setCoordinator(HaTestKit.ONE, new HaReport.Coordination(false, 3, List.of(), List.of()));
        webIsLost();
        assertThat(view().problem()).startsWith("No coordinator is heard.");
        assertThat(web().down()).isEqualTo("down, and waits: no coordinator is heard");
    }

    @Test
    void with_one_host_left_what_runs_there_has_nowhere_to_go() {
        kit.hosts.setProblem(HaTestKit.ONE, "no lease");
        kit.hosts.setProblem(HaTestKit.THREE, "no lease");
        assertThat(view().problem()).startsWith("Only h2 could start anything").endsWith("; h1, h3: no lease.");
        assertThat(web().unprotected()).isEqualTo("no other host could start it");
    }

    @Test
    void of_a_host_that_is_silent_nobody_claims_that_its_machines_are_safe() {
        kit.silence(HaTestKit.TWO);
        assertThat(web().down()).isEqualTo("its host does not answer, and nobody says whether it lives");
        verdictOnTwo("dead");
        assertThat(web().down()).startsWith("its host is dead; it waits: the coordinator is about to take it up");
        verdictOnTwo("alive");
        assertThat(web().down()).isEmpty();
        assertThat(web().unprotected()).isEmpty();
    }

    @Test
    void a_host_whose_lease_others_count_on_is_removed_only_when_it_is_dead() {
        kit.server.succeed(kit.server.vms.powerOff(HaTestKit.ADA, "web-1"));
        leaves("takes part in the high availability of prod");
        kit.silence(HaTestKit.TWO);
        leaves("nobody has found it dead");
        verdictOnTwo("silent");
        kit.second();
        leaves("nobody has found it dead");
        verdictOnTwo("dead");
        kit.second();
        guard().requireLeft(kit.datacenter.snapshot(), HaTestKit.TWO);
    }

    private FailoverGuard guard() {
        return kit.datacenter.placements().failover();
    }

    private void leaves(String words) {
        assertThatThrownBy(() -> guard().requireLeft(kit.datacenter.snapshot(), HaTestKit.TWO))
                .isInstanceOfSatisfying(
                        FaultException.class, fault -> assertThat(fault.code()).isEqualTo(FaultCode.HOST_WRONG_MODE))
                .hasMessageContaining(words);
    }

    @Test
    void while_it_is_being_found_out_whether_a_host_is_dead_that_is_what_is_said() {
        kit.silence(HaTestKit.TWO);
        verdictOnTwo("silent");
        assertThat(web().down()).startsWith("its host is silent; it is started elsewhere unless");
    }

    private void verdictOnTwo(String word) {
        kit.hosts.setCoordinator(
                HaTestKit.ONE, coordinator(List.of(new HaReport.Verdict(HaTestKit.TWO, word)), List.of()));
    }

    @Test
    void disabling_does_not_give_up_what_waits_unless_that_is_wanted() {
        webIsLost();
        kit.second();
        refused("would stay down: web-1.");
        kit.hosts.setPhase(HaTestKit.TWO, web, "");
        restart("ordered", HaTestKit.THREE);
        refused("would stay down: web-1.");
        kit.server.succeed(kit.ha.clusters().disable(HaTestKit.ADA, "prod", true));
        assertThat(kit.cluster().ha().state()).isEqualTo(State.OFF);
    }

    @Test
    void what_was_seen_running_again_does_not_keep_it_from_being_disabled() {
        restart("running", HaTestKit.THREE);
        kit.server.succeed(kit.ha.clusters().disable(HaTestKit.ADA, "prod", false));
        assertThat(kit.cluster().ha().state()).isEqualTo(State.OFF);
    }

    private void restart(String stage, HostId target) {
        VirtualMachine vm = kit.vm("web-1");
        kit.hosts.setCoordinator(
                HaTestKit.ONE,
                coordinator(List.of(), List.of(new HaReport.Restart(vm.id(), stage, target.value(), 1, 2_000, ""))));
        kit.second();
    }

    private void refused(String words) {
        assertThatThrownBy(() -> kit.ha.clusters().disable(HaTestKit.ADA, "prod", false))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        fault -> assertThat(fault.code()).isEqualTo(FaultCode.HA_RESTARTS_PENDING))
                .hasMessageContaining(words);
    }

    @Test
    void of_a_machine_whose_files_no_other_host_sees_nobody_promises_anything() {
        InventoryWrite.Builder write = InventoryWrite.builder();
        for (HostId id : List.of(HaTestKit.ONE, HaTestKit.THREE)) {
            Host host = kit.datacenter.snapshot().get(id);
            write.put(host.withReport(Objects.requireNonNull(host.facts()), List.of(), host.networkIds()));
        }
        kit.datacenter.inventory().commit(write.build());
        assertThat(web().unprotected()).isEqualTo("no other host that could start it sees its files");
        assertThat(view().failuresAbsorbed()).isEqualTo(2);
        FailoverPlan plan = kit.ha.overview().rehearse("prod", List.of("h2"));
        assertThat(plan.starts()).isEmpty();
        assertThat(plan.stranded()).singleElement().satisfies(stranded -> {
            assertThat(stranded.vmId()).isEqualTo(web);
            assertThat(stranded.reason()).contains("files on");
        });
    }
}
