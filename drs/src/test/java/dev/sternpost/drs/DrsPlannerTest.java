package dev.sternpost.drs;

import static dev.sternpost.drs.SampleClusters.GIB;
import static dev.sternpost.drs.SampleClusters.NOW_SECONDS;
import static dev.sternpost.drs.SampleClusters.cluster;
import static dev.sternpost.drs.SampleClusters.host;
import static dev.sternpost.drs.SampleClusters.hostIds;
import static dev.sternpost.drs.SampleClusters.vm;
import static dev.sternpost.drs.SampleClusters.vmIds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.drs.layout.Obstacle;
import dev.sternpost.drs.recommendation.Cause;
import dev.sternpost.drs.rule.Rule;
import dev.sternpost.drs.snapshot.AutomationLevel;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.drs.snapshot.HostCondition;
import dev.sternpost.drs.snapshot.VmMobility;
import dev.sternpost.inventory.HostId;
import java.util.List;
import org.junit.jupiter.api.Test;

class DrsPlannerTest {
    private static final DrsPolicy POLICY = DrsPolicy.standard();

    private static List<String> moves(DrsPlan plan) {
        return plan.recommendations().stream()
                .flatMap(each -> each.moves().stream())
                .map(move -> move.vmId() + " to " + move.toHostId())
                .toList();
    }

    @Test
    void two_busy_vms_on_one_host_are_moved_apart_and_the_better_move_is_explained() {
        DrsPlan plan = DrsPlanner.plan(
                cluster(List.of(host(1), host(2)), List.of(vm(1, 1, 6000), vm(2, 1, 6000), vm(3, 1, 200))), POLICY);
        assertThat(moves(plan)).containsExactly("vm-1 to host-2");
        assertThat(plan.recommendations().getFirst()).satisfies(only -> {
            assertThat(only.cause()).isEqualTo(Cause.BALANCE);
            assertThat(only.automatic()).isTrue();
            assertThat(only.reason()).startsWith("CPU of host-1 is 76.3 % used, of host-2 0.0 %");
        });
        assertThat(plan.after().score()).isGreaterThan(plan.before().score());
        assertThat(plan.stopped()).startsWith("the best move left, vm-");
    }

    @Test
    void a_balanced_cluster_is_left_alone_and_the_plan_says_why() {
        DrsPlan plan =
                DrsPlanner.plan(cluster(List.of(host(1), host(2)), List.of(vm(1, 1, 3000), vm(2, 2, 3100))), POLICY);
        assertThat(plan.recommendations()).isEmpty();
        assertThat(plan.stopped()).isEqualTo("no move that is allowed gains enough to be worth its cost");
    }

    @Test
    void a_cluster_without_hosts_needs_no_plan() {
        DrsPlan plan = DrsPlanner.plan(cluster(List.of(), List.of()), POLICY);
        assertThat(plan.recommendations()).isEmpty();
    }

    @Test
    void what_would_help_and_is_forbidden_is_named() {
        Rule must = new Rule.VmHost("licence", true, Rule.Affinity.RUN_ON, Rule.Strength.MUST, vmIds(1, 2), hostIds(1));
        DrsPlan plan = DrsPlanner.plan(
                cluster(List.of(host(1), host(2)), List.of(vm(1, 1, 6000), vm(2, 1, 6000)), must), POLICY);
        assertThat(plan.recommendations()).isEmpty();
        assertThat(plan.bindingConstraints()).singleElement().satisfies(binding -> {
            assertThat(binding.obstacle()).isEqualTo(Obstacle.VM_HOST_RULE);
            assertThat(binding.toHostId()).isEqualTo(HostId.of(2));
        });
    }

    @Test
    void a_broken_rule_is_put_right_whatever_the_threshold() {
        DrsSnapshot snapshot = cluster(
                List.of(host(1), host(2), host(3)),
                List.of(vm(1, 1, 100), vm(2, 1, 100), vm(3, 2, 100), vm(4, 3, 100), vm(5, 3, 100)),
                new Rule.KeepApart("spread", true, vmIds(1, 2)),
                new Rule.KeepTogether("pair", true, vmIds(3, 4)),
                new Rule.VmHost("licence", true, Rule.Affinity.NOT_RUN_ON, Rule.Strength.MUST, vmIds(5), hostIds(3)));
        DrsPlan plan = DrsPlanner.plan(snapshot, POLICY.withMigrationThreshold(1));
        assertThat(plan.violations()).extracting("ruleName").containsExactly("licence", "pair", "spread");
        assertThat(plan.recommendations())
                .hasSize(3)
                .allSatisfy(each -> assertThat(each.priority()).isEqualTo(1));
        assertThat(moves(plan)).containsExactly("vm-5 to host-2", "vm-4 to host-2", "vm-1 to host-3");
    }

    @Test
    void vms_kept_together_move_together() {
        DrsPlan plan = DrsPlanner.plan(
                cluster(
                        List.of(host(1), host(2)),
                        List.of(vm(1, 1, 5000), vm(2, 1, 3000), vm(3, 1, 3000)),
                        new Rule.KeepTogether("pair", true, vmIds(2, 3))),
                POLICY);
        assertThat(plan.recommendations())
                .singleElement()
                .satisfies(each -> assertThat(each.moves().size() == 2
                                || each.moves().getFirst().vmId().number() == 1)
                        .isTrue());
    }

    @Test
    void a_host_to_be_emptied_is_and_what_cannot_leave_is_told_with_the_remedy() {
        DrsVm pinned = vm(2, 1, 100).withMobility(new VmMobility(null, "uses a device of its host", 10, 50, null));
        DrsPlan plan = DrsPlanner.plan(
                cluster(
                        List.of(host(1, HostCondition.MAINTENANCE, 8, 32 * GIB), host(2)),
                        List.of(vm(1, 1, 100), pinned)),
                POLICY);
        assertThat(moves(plan)).containsExactly("vm-1 to host-2");
        assertThat(plan.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.vmIds()).isEqualTo(vmIds(2));
            assertThat(problem.explanation())
                    .isEqualTo("host-1 is to be emptied, but vm-2 cannot leave. "
                            + "vm-2 uses a device of its host. Power it off or take that away.");
        });
    }

    @Test
    void vms_leave_a_quarantined_host_also_those_that_came_a_moment_ago() {
        VmMobility moved = new VmMobility(null, "", 5, 200, new VmMobility.LastMove(HostId.of(3), NOW_SECONDS - 30));
        DrsPlan plan = DrsPlanner.plan(
                cluster(
                        List.of(host(1).withCondition(HostCondition.QUARANTINED), host(2)),
                        List.of(vm(1, 1, 1000), vm(2, 1, 1000).withMobility(moved), vm(3, 2, 500))),
                POLICY);
        assertThat(moves(plan)).containsExactlyInAnyOrder("vm-1 to host-2", "vm-2 to host-2");
        assertThat(plan.recommendations())
                .allSatisfy(each -> assertThat(each.cause()).isEqualTo(Cause.QUARANTINE));
    }

    @Test
    void vms_leave_a_host_that_is_kept_free_and_none_is_balanced_onto_it() {
        DrsPlan plan = DrsPlanner.plan(
                cluster(
                        List.of(host(1).withCondition(HostCondition.SPARE), host(2), host(3)),
                        List.of(vm(1, 1, 100), vm(2, 2, 5000), vm(3, 2, 5000), vm(4, 3, 4000))),
                POLICY);
        assertThat(plan.recommendations())
                .filteredOn(each -> each.reason().contains("host-1 is kept free for a failover"))
                .hasSize(1);
        assertThat(moves(plan)).noneMatch(move -> move.endsWith("to host-1"));
    }

    @Test
    void a_vm_that_moved_lately_stays_and_does_not_go_back() {
        DrsVm settled =
                vm(1, 1, 6000).withMobility(VmMobility.free(10, 50).withLastMove(HostId.of(2), NOW_SECONDS - 900));
        DrsVm fresh = vm(2, 1, 6000).withMobility(VmMobility.free(10, 50).withLastMove(HostId.of(3), NOW_SECONDS - 60));
        DrsPlan plan = DrsPlanner.plan(cluster(List.of(host(1), host(2)), List.of(settled, fresh)), POLICY);
        assertThat(plan.recommendations()).isEmpty();
        assertThat(plan.bindingConstraints()).extracting("obstacle").containsAnyOf(Obstacle.RETURN, Obstacle.RESIDENCE);
    }

    @Test
    void a_should_rule_is_kept_when_it_costs_little_and_not_broken_for_balance() {
        Rule should = new Rule.VmHost(
                "near the array", true, Rule.Affinity.RUN_ON, Rule.Strength.SHOULD, vmIds(1), hostIds(2));
        DrsPlan idle = DrsPlanner.plan(cluster(List.of(host(1), host(2)), List.of(vm(1, 1, 100)), should), POLICY);
        assertThat(moves(idle)).containsExactly("vm-1 to host-2");
        assertThat(idle.recommendations().getFirst().cause()).isEqualTo(Cause.SHOULD_RULE);
        DrsPlan busy = DrsPlanner.plan(
                cluster(List.of(host(1), host(2)), List.of(vm(1, 2, 6000), vm(2, 2, 5000)), should), POLICY);
        assertThat(moves(busy)).containsExactly("vm-2 to host-1");
    }

    @Test
    void a_vm_whose_own_level_is_lower_waits_for_a_person_and_nothing_is_planned_when_off() {
        DrsVm careful = vm(1, 1, 6000).withMobility(new VmMobility(AutomationLevel.MANUAL, "", 10, 50, null));
        DrsSnapshot snapshot = cluster(List.of(host(1), host(2)), List.of(careful, vm(2, 1, 5000)));
        assertThat(DrsPlanner.plan(snapshot, POLICY).recommendations())
                .singleElement()
                .satisfies(each -> assertThat(each.automatic())
                        .isEqualTo(each.moves().getFirst().vmId().number() == 2));
        DrsPlan off = DrsPlanner.plan(snapshot, POLICY.withAutomation(AutomationLevel.DISABLED));
        assertThat(off.recommendations()).isEmpty();
        assertThat(off.stopped()).isEqualTo("load balancing is switched off");
    }

    @Test
    void scores_tell_who_lacks_what() {
        DrsPlan plan = DrsPlanner.plan(
                cluster(
                        List.of(host(1), host(2)),
                        List.of(vm(1, 1, 8000), vm(2, 1, 8000), vm(3, 1, 8000), vm(4, 2, 800))),
                POLICY.withMigrationThreshold(1));
        assertThat(plan.vmScores()).extracting(VmScore::score).containsExactly(60, 60, 60, 100);
        assertThat(plan.vmScores().getFirst().cpuDeliveredMhz()).isEqualTo(16_000 / 3.0);
    }
}
