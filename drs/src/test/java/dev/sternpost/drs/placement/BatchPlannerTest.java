package dev.sternpost.drs.placement;

import static dev.sternpost.drs.SampleClusters.GIB;
import static dev.sternpost.drs.SampleClusters.cluster;
import static dev.sternpost.drs.SampleClusters.host;
import static dev.sternpost.drs.SampleClusters.vm;
import static dev.sternpost.drs.SampleClusters.vmIds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.drs.SampleClusters;
import dev.sternpost.drs.rule.Rule;
import dev.sternpost.drs.rule.RuleViolation;
import dev.sternpost.drs.rule.RuleViolations;
import dev.sternpost.drs.rule.Togetherness;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.drs.snapshot.HostCondition;
import dev.sternpost.drs.snapshot.VmDemand;
import dev.sternpost.drs.snapshot.VmMobility;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.testkit.Property;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BatchPlannerTest {
    private static final DrsPolicy POLICY = DrsPolicy.standard();

    private static DrsVm off(int number, long memoryGib) {
        return vm(number, null, memoryGib * GIB, VmDemand.steady(1000, GIB), VmMobility.free(10, 50));
    }

    private static List<String> told(BatchPlacement batch) {
        return batch.placements().stream()
                .map(each -> each.vmId()
                        + switch (each.placement()) {
                            case Placement.Placed placed -> " on " + placed.hostId();
                            case Placement.Unplaceable nowhere -> ": " + nowhere.reasons();
                        })
                .toList();
    }

    @Test
    void the_large_ones_choose_first_and_all_find_room() {
        DrsSnapshot snapshot =
                cluster(List.of(host(1), host(2)), List.of(off(1, 8), off(2, 8), off(3, 24), off(4, 20)));
        BatchPlacement batch = BatchPlanner.place(snapshot, POLICY, List.of(vmIds(1, 2, 3, 4)));
        assertThat(batch.placed()).isEqualTo(3);
        assertThat(told(batch)).startsWith("vm-3 on host-1", "vm-4 on host-2", "vm-1 on host-2");
    }

    @Test
    void rules_hold_for_those_that_come_and_those_that_are_there() {
        DrsSnapshot snapshot = cluster(
                List.of(host(1), host(2), host(3, HostCondition.STANDBY, 8, 32 * GIB)),
                List.of(vm(1, 1, 100), off(2, 1), off(3, 1), off(4, 1)),
                new Rule.KeepApart("spread", true, vmIds(1, 2, 4)),
                new Rule.KeepTogether("pair", true, vmIds(1, 3)));
        assertThat(told(BatchPlanner.place(snapshot, POLICY, List.of(vmIds(3), vmIds(2), vmIds(4)))))
                .containsExactly(
                        "vm-3 on host-1",
                        "vm-2 on host-2",
                        "vm-4: host-1: has a VM that rule spread keeps apart; "
                                + "host-2: has a VM that rule spread keeps apart; "
                                + "host-3: is in stand-by");
    }

    @Test
    void a_wave_chooses_before_the_next() {
        DrsSnapshot snapshot = cluster(List.of(host(1)), List.of(off(1, 4), off(2, 30)));
        assertThat(told(BatchPlanner.place(snapshot, POLICY, List.of(vmIds(1), vmIds(2)))))
                .containsExactly(
                        "vm-1 on host-1", "vm-2: host-1: has 28608 MiB of memory left, the VM needs 30784 MiB");
        assertThatThrownBy(() -> BatchPlanner.place(snapshot, POLICY, List.of(vmIds(1), vmIds(1))))
                .hasMessageContaining("comes twice");
    }

    @Test
    void batches_overfill_no_host_break_no_rule_and_leave_nobody_out_who_fits() {
        Property.holds("batch placement", 300, random -> {
            DrsSnapshot snapshot = SampleClusters.draw(random);
            List<VirtualMachineId> off = snapshot.vms().stream()
                    .filter(vm -> !vm.poweredOn())
                    .map(DrsVm::id)
                    .toList();
            Map<VirtualMachineId, HostId> placement = snapshot.placement();
            long brokenBefore = broken(snapshot, placement);
            BatchPlacement batch = BatchPlanner.place(snapshot, POLICY, List.of(off));
            assertThat(batch.placements()).hasSameSizeAs(off);
            Map<HostId, Long> memory = new HashMap<>();
            for (BatchPlacement.VmPlacement each : batch.placements()) {
                if (each.placement() instanceof Placement.Placed placed) {
                    placement.put(each.vmId(), placed.hostId());
                } else {
                    assertThat(each.placement().verdicts())
                            .hasSameSizeAs(snapshot.hosts())
                            .allSatisfy(
                                    verdict -> assertThat(verdict.obstacles()).isNotEmpty());
                }
            }
            placement.forEach(
                    (vm, host) -> memory.merge(host, snapshot.vm(vm).memoryBytes() + DrsVm.OVERHEAD_BYTES, Long::sum));
            assertThat(snapshot.hosts())
                    .allSatisfy(host ->
                            assertThat(memory.getOrDefault(host.id(), 0L)).isLessThanOrEqualTo(host.memoryBytes()));
            assertThat(broken(snapshot, placement)).isLessThanOrEqualTo(brokenBefore);
        });
    }

    /** Of ties only those that were whole: VMs of one that is split are put with some of it, which is the best there is. */
    private static long broken(DrsSnapshot snapshot, Map<VirtualMachineId, HostId> placement) {
        List<Rule> rules = snapshot.rules().stream()
                .filter(rule -> !(rule instanceof Rule.KeepTogether) || isWhole(snapshot))
                .toList();
        return RuleViolations.of(rules, placement).stream()
                .filter(RuleViolation::mandatory)
                .count();
    }

    private static boolean isWhole(DrsSnapshot snapshot) {
        Togetherness ties = new Togetherness(snapshot.rules());
        Map<VirtualMachineId, HostId> hosts = new HashMap<>();
        return snapshot.placement().entrySet().stream().allMatch(entry -> {
            HostId other = hosts.putIfAbsent(ties.leaderOf(entry.getKey()), entry.getValue());
            return other == null || other.equals(entry.getValue());
        });
    }
}
