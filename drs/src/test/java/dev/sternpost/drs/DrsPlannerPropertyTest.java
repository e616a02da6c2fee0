package dev.sternpost.drs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.drs.recommendation.Cause;
import dev.sternpost.drs.recommendation.Recommendation;
import dev.sternpost.drs.recommendation.VmMove;
import dev.sternpost.drs.rule.Rule;
import dev.sternpost.drs.rule.RuleViolation;
import dev.sternpost.drs.rule.RuleViolations;
import dev.sternpost.drs.snapshot.AutomationLevel;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.drs.snapshot.HostCondition;
import dev.sternpost.drs.snapshot.VmMobility;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.testkit.Property;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What holds for every plan, whatever the cluster. */
class DrsPlannerPropertyTest {
    private static final int CASES = 400;

    @Test
    void no_recommendation_breaks_a_mandatory_rule() {
        Property.holds("never violates a must rule", CASES, random -> {
            DrsSnapshot snapshot = SampleClusters.draw(random);
            Map<VirtualMachineId, HostId> placement = snapshot.placement();
            Set<String> broken = brokenMandatory(snapshot.rules(), placement);
            for (Recommendation each :
                    DrsPlanner.plan(snapshot, SampleClusters.drawPolicy(random)).recommendations()) {
                each.moves().forEach(move -> placement.put(move.vmId(), move.toHostId()));
                Set<String> now = brokenMandatory(snapshot.rules(), placement);
                assertThat(broken).as("%s", each).containsAll(now);
                broken = now;
            }
        });
    }

    /** By rule and VM, so that one VM more in a rule that was broken already is noticed. */
    private static Set<String> brokenMandatory(List<Rule> rules, Map<VirtualMachineId, HostId> placement) {
        return RuleViolations.of(rules, placement).stream()
                .filter(RuleViolation::mandatory)
                .flatMap(violation -> violation.vmIds().stream().map(vm -> violation.ruleName() + " " + vm))
                .collect(Collectors.toSet());
    }

    @Test
    void no_host_is_overfilled_after_any_recommendation() {
        Property.holds("never overfills", CASES, random -> {
            DrsSnapshot snapshot = SampleClusters.draw(random);
            Map<HostId, Long> memory = new HashMap<>();
            Map<HostId, Long> reserved = new HashMap<>();
            for (DrsVm vm : snapshot.vms()) {
                if (vm.poweredOn() && vm.hostId() != null) {
                    memory.merge(vm.hostId(), vm.memoryBytes() + DrsVm.OVERHEAD_BYTES, Long::sum);
                    reserved.merge(vm.hostId(), vm.cpu().reservation(), Long::sum);
                }
            }
            for (Recommendation each :
                    DrsPlanner.plan(snapshot, SampleClusters.drawPolicy(random)).recommendations()) {
                for (VmMove move : each.moves()) {
                    DrsVm vm = snapshot.vm(move.vmId());
                    memory.merge(move.toHostId(), vm.memoryBytes() + DrsVm.OVERHEAD_BYTES, Long::sum);
                    memory.merge(move.fromHostId(), -vm.memoryBytes() - DrsVm.OVERHEAD_BYTES, Long::sum);
                    reserved.merge(move.toHostId(), vm.cpu().reservation(), Long::sum);
                    reserved.merge(move.fromHostId(), -vm.cpu().reservation(), Long::sum);
                }
                assertThat(snapshot.hosts()).allSatisfy(host -> {
                    assertThat(memory.getOrDefault(host.id(), 0L)).isLessThanOrEqualTo(host.memoryBytes());
                    assertThat(reserved.getOrDefault(host.id(), 0L)).isLessThanOrEqualTo(host.cpuMhz());
                });
            }
        });
    }

    @Test
    void a_move_for_balance_gains_more_than_it_costs_and_the_score_rises() {
        Property.holds("never moves for nothing", CASES, random -> {
            DrsSnapshot snapshot = SampleClusters.draw(random);
            DrsPlan plan = DrsPlanner.plan(snapshot, SampleClusters.drawPolicy(random));
            assertThat(plan.recommendations())
                    .filteredOn(each -> each.cause() == Cause.BALANCE)
                    .allSatisfy(each -> {
                        assertThat(each.gain()).isGreaterThan(each.cost()).isPositive();
                        // Below nothing a score does not go, however much is lacking.
                        assertThat(each.scoreAfter() > each.scoreBefore() || each.scoreBefore() == 0)
                                .as("score %s to %s", each.scoreBefore(), each.scoreAfter())
                                .isTrue();
                    });
        });
    }

    @Test
    void each_vm_moves_at_most_once_and_from_where_it_is_to_a_host_that_takes_vms() {
        Property.holds("sound moves", CASES, random -> {
            DrsSnapshot snapshot = SampleClusters.draw(random);
            DrsPolicy policy = SampleClusters.drawPolicy(random);
            DrsPlan plan = DrsPlanner.plan(snapshot, policy);
            Set<VirtualMachineId> moved = new HashSet<>();
            for (Recommendation each : plan.recommendations()) {
                for (VmMove move : each.moves()) {
                    DrsVm vm = snapshot.vm(move.vmId());
                    assertThat(moved.add(move.vmId())).isTrue();
                    assertThat(move.fromHostId()).isEqualTo(vm.hostId()).isNotEqualTo(move.toHostId());
                    assertThat(snapshot.host(move.toHostId()).condition()).isEqualTo(HostCondition.NORMAL);
                    assertThat(snapshot.host(move.toHostId()).datastoreIds()).containsAll(vm.datastoreIds());
                    assertThat(snapshot.host(move.toHostId()).networkIds()).containsAll(vm.networkIds());
                    assertThat(vm.poweredOn()).isTrue();
                    assertThat(vm.mobility().pinnedBecause()).isEmpty();
                    assertThat(vm.mobility().automation()).isNotEqualTo(AutomationLevel.DISABLED);
                    if (each.cause() == Cause.BALANCE && vm.mobility().lastMove() != null) {
                        long ago = snapshot.timeSeconds()
                                - vm.mobility().lastMove().atSeconds();
                        assertThat(ago).isGreaterThanOrEqualTo(policy.residenceSeconds());
                        assertThat(move.toHostId()
                                                .equals(vm.mobility().lastMove().fromHostId())
                                        && ago < policy.returnSeconds())
                                .isFalse();
                    }
                }
            }
            assertThat(plan.recommendations().stream().filter(each -> each.cause() == Cause.BALANCE))
                    .hasSizeLessThanOrEqualTo(policy.movesMax());
        });
    }

    @Test
    void the_same_input_in_any_order_gives_the_same_plan() {
        Property.holds("deterministic", CASES, random -> {
            DrsSnapshot snapshot = SampleClusters.draw(random);
            DrsPolicy policy = SampleClusters.drawPolicy(random);
            DrsSnapshot shuffled = new DrsSnapshot(
                    snapshot.timeSeconds(),
                    random.shuffled(snapshot.hosts()),
                    random.shuffled(snapshot.vms()),
                    random.shuffled(snapshot.pools()),
                    random.shuffled(snapshot.rules()));
            assertThat(DrsPlanner.plan(shuffled, policy)).isEqualTo(DrsPlanner.plan(snapshot, policy));
        });
    }

    @Test
    void doing_what_is_advised_leads_to_a_plan_that_advises_nothing_more() {
        Property.holds("settles", CASES, random -> {
            DrsSnapshot snapshot = SampleClusters.draw(random);
            DrsPolicy policy = DrsPolicy.standard().withMigrationThreshold(random.between(1, 5));
            int passes = 0;
            for (List<Recommendation> advice = DrsPlanner.plan(snapshot, policy).recommendations();
                    !advice.isEmpty();
                    advice = DrsPlanner.plan(snapshot, policy).recommendations()) {
                assertThat(++passes).isLessThan(30);
                snapshot = applied(snapshot, advice);
            }
        });
    }

    /** Each move lowers the loss of the cluster, so with the same demand nothing can go round in a circle; it is watched until it rests. */
    @Test
    void with_constant_demand_nothing_swings_and_the_cluster_comes_to_rest() {
        Property.holds("no swinging", 60, random -> {
            DrsSnapshot snapshot = SampleClusters.draw(random);
            DrsPolicy policy = DrsPolicy.standard().withMigrationThreshold(random.between(2, 5));
            Map<VirtualMachineId, VmMobility.LastMove> lastMoves = new HashMap<>();
            int quiet = 0;
            for (int pass = 0; quiet <= policy.returnSeconds() / 60; pass++) {
                assertThat(pass).as("passes until it rests").isLessThan(600);
                DrsPlan plan = DrsPlanner.plan(snapshot, policy);
                long now = snapshot.timeSeconds();
                for (Recommendation each : plan.recommendations()) {
                    for (VmMove move : each.moves()) {
                        VmMobility.LastMove last =
                                lastMoves.put(move.vmId(), new VmMobility.LastMove(move.fromHostId(), now));
                        if (last != null && each.cause() == Cause.BALANCE) {
                            assertThat(now - last.atSeconds())
                                    .as("%s left %s and goes to %s", move.vmId(), last.fromHostId(), move.toHostId())
                                    .isGreaterThanOrEqualTo(
                                            last.fromHostId().equals(move.toHostId())
                                                    ? policy.returnSeconds()
                                                    : policy.residenceSeconds());
                        }
                    }
                }
                quiet = plan.recommendations().isEmpty() ? quiet + 1 : 0;
                snapshot = aMinuteLater(snapshot, plan.recommendations());
            }
        });
    }

    private static DrsSnapshot aMinuteLater(DrsSnapshot snapshot, List<Recommendation> advice) {
        Map<VirtualMachineId, HostId> sources = new HashMap<>();
        advice.forEach(each -> each.moves().forEach(move -> sources.put(move.vmId(), move.fromHostId())));
        DrsSnapshot moved = applied(snapshot, advice);
        return new DrsSnapshot(
                snapshot.timeSeconds() + 60,
                moved.hosts(),
                moved.vms().stream()
                        .map(vm -> {
                            HostId from = sources.get(vm.id());
                            return from == null
                                    ? vm
                                    : vm.withMobility(vm.mobility().withLastMove(from, snapshot.timeSeconds()));
                        })
                        .toList(),
                moved.pools(),
                moved.rules());
    }

    private static DrsSnapshot applied(DrsSnapshot snapshot, List<Recommendation> advice) {
        Map<VirtualMachineId, HostId> targets = new HashMap<>();
        advice.forEach(each -> each.moves().forEach(move -> targets.put(move.vmId(), move.toHostId())));
        return snapshot.withVms(snapshot.vms().stream()
                .map(vm -> targets.containsKey(vm.id()) ? vm.withHost(targets.get(vm.id()), true) : vm)
                .toList());
    }
}
