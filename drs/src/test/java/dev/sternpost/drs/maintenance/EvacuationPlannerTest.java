package dev.sternpost.drs.maintenance;

import static dev.sternpost.drs.SampleClusters.GIB;
import static dev.sternpost.drs.SampleClusters.cluster;
import static dev.sternpost.drs.SampleClusters.host;
import static dev.sternpost.drs.SampleClusters.hostIds;
import static dev.sternpost.drs.SampleClusters.vm;
import static dev.sternpost.drs.SampleClusters.vmIds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.drs.SampleClusters;
import dev.sternpost.drs.recommendation.VmMove;
import dev.sternpost.drs.rule.Rule;
import dev.sternpost.drs.snapshot.DrsHost;
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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EvacuationPlannerTest {
    private static final DrsPolicy POLICY = DrsPolicy.standard();
    private static final EvacuationOptions OPTIONS = EvacuationOptions.standard();
    private static final HostId HERE = HostId.of(1);

    private static DrsVm large(int number, int host, long memoryGib, double seconds) {
        return vm(number, HostId.of(host), memoryGib * GIB, VmDemand.steady(500, GIB), VmMobility.free(seconds, 50));
    }

    private static List<String> told(EvacuationPlan plan) {
        return plan.moves().stream()
                .map(each -> each.move().vmId() + " to " + each.move().toHostId() + " " + each.startSeconds() + "-"
                        + each.endSeconds() + (each.makesRoom() ? " to make room" : ""))
                .toList();
    }

    @Test
    void the_large_ones_go_first_two_at_a_time_and_the_end_is_predicted() {
        EvacuationPlan plan = EvacuationPlanner.plan(
                cluster(
                        List.of(host(1), host(2), host(3)),
                        List.of(large(1, 1, 2, 10), large(2, 1, 12, 40), large(3, 1, 6, 20), large(4, 1, 2, 10))),
                POLICY,
                HERE,
                OPTIONS);
        assertThat(told(plan))
                .containsExactly(
                        "vm-2 to host-2 0.0-40.0",
                        "vm-3 to host-3 0.0-20.0",
                        "vm-1 to host-2 20.0-30.0",
                        "vm-4 to host-3 30.0-40.0");
        assertThat(plan.etaSeconds()).isEqualTo(40);
        assertThat(plan.complete()).isTrue();
    }

    @Test
    void what_cannot_leave_is_told_with_reason_and_remedy() {
        DrsVm pinned = vm(1, 1, 100).withMobility(new VmMobility(null, "uses a device of its host", 10, 50, null));
        EvacuationPlan plan = EvacuationPlanner.plan(
                cluster(
                        List.of(host(1), host(2)),
                        List.of(pinned, vm(2, 1, 100), vm(3, 2, 100), large(4, 1, 31, 60)),
                        new Rule.KeepApart("spread", true, vmIds(2, 3))),
                POLICY,
                HERE,
                OPTIONS);
        assertThat(plan.moves()).isEmpty();
        assertThat(plan.blocked())
                .containsExactly(
                        new EvacuationPlan.BlockedVm(
                                VirtualMachineId.of(1),
                                "vm-1 uses a device of its host",
                                "Power it off or take that away."),
                        new EvacuationPlan.BlockedVm(
                                VirtualMachineId.of(2),
                                "host-2: has a VM that rule spread keeps apart",
                                "Change the rules or add hosts that they allow."),
                        new EvacuationPlan.BlockedVm(
                                VirtualMachineId.of(4),
                                "host-2: has 30656 MiB of memory left, the VM needs 31808 MiB",
                                "Free or add capacity."));
    }

    @Test
    void a_vm_of_another_host_makes_room_when_nothing_else_does() {
        EvacuationPlan plan = EvacuationPlanner.plan(
                cluster(
                        List.of(host(1), host(2), host(3)),
                        List.of(large(1, 1, 24, 30), large(2, 2, 10, 10), large(3, 3, 15, 10))),
                POLICY,
                HERE,
                OPTIONS);
        assertThat(told(plan)).containsExactly("vm-2 to host-3 0.0-10.0 to make room", "vm-1 to host-2 10.0-40.0");
    }

    @Test
    void vms_that_do_not_run_stay_or_are_registered_elsewhere_by_choice() {
        DrsSnapshot snapshot =
                cluster(List.of(host(1), host(2)), List.of(vm(1, 1, 0).withHost(HERE, false)));
        assertThat(EvacuationPlanner.plan(snapshot, POLICY, HERE, OPTIONS).registrations())
                .isEmpty();
        assertThat(EvacuationPlanner.plan(snapshot, POLICY, HERE, new EvacuationOptions(2, true))
                        .registrations())
                .containsExactly(new VmMove(VirtualMachineId.of(1), HERE, HostId.of(2)));
    }

    @Test
    void those_that_left_come_back_as_far_as_they_still_may() {
        EvacuationPlan plan = EvacuationPlanner.restore(
                cluster(
                        List.of(host(1), host(2)),
                        List.of(vm(1, 2, 100), vm(2, 2, 100), vm(3, 2, 100)),
                        new Rule.VmHost(
                                "licence", true, Rule.Affinity.RUN_ON, Rule.Strength.MUST, vmIds(2), hostIds(2))),
                POLICY,
                HERE,
                vmIds(1, 2),
                OPTIONS);
        assertThat(told(plan)).containsExactly("vm-1 to host-1 0.0-10.0");
        assertThat(plan.blocked())
                .singleElement()
                .satisfies(blocked -> assertThat(blocked.reason()).isEqualTo("host-1 is forbidden by rule licence"));
    }

    @Test
    void every_running_vm_is_moved_or_blocked_and_no_host_is_overfilled_at_any_time() {
        Property.holds("evacuation", 300, random -> {
            DrsSnapshot snapshot = SampleClusters.draw(random);
            HostId leaving = random.pick(snapshot.hosts()).id();
            EvacuationPlan plan = EvacuationPlanner.plan(
                    snapshot, POLICY, leaving, new EvacuationOptions(random.between(1, 4), random.chance(0.5)));
            Set<VirtualMachineId> dealtWith = new HashSet<>();
            plan.blocked().forEach(blocked -> {
                dealtWith.add(blocked.vmId());
                assertThat(blocked.reason()).isNotBlank();
                assertThat(blocked.remedy()).isNotBlank();
            });
            Map<HostId, Long> memory = new HashMap<>();
            snapshot.placement().forEach((vm, host) -> memory.merge(host, committed(snapshot, vm), Long::sum));
            for (EvacuationPlan.Move each : plan.moves()) {
                VmMove move = each.move();
                assertThat(dealtWith.add(move.vmId())).isTrue();
                memory.merge(move.toHostId(), committed(snapshot, move.vmId()), Long::sum);
                memory.merge(move.fromHostId(), -committed(snapshot, move.vmId()), Long::sum);
                DrsHost target = snapshot.host(move.toHostId());
                assertThat(target.condition()).isEqualTo(HostCondition.NORMAL);
                assertThat(target.id()).isNotEqualTo(leaving);
                assertThat(memory.getOrDefault(target.id(), 0L)).isLessThanOrEqualTo(target.memoryBytes());
                assertThat(each.makesRoom()).isEqualTo(!move.fromHostId().equals(leaving));
                assertThat(each.endSeconds()).isLessThanOrEqualTo(plan.etaSeconds());
            }
            snapshot.placement().forEach((vm, host) -> {
                if (host.equals(leaving)) {
                    assertThat(dealtWith).contains(vm);
                }
            });
        });
    }

    private static long committed(DrsSnapshot snapshot, VirtualMachineId vm) {
        return snapshot.vm(vm).memoryBytes() + DrsVm.OVERHEAD_BYTES;
    }
}
