package dev.sternpost.ha.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.ha.policy.ClusterConfig;
import dev.sternpost.ha.policy.MemberHost;
import dev.sternpost.ha.policy.ProtectedVm;
import dev.sternpost.ha.policy.RestartPriority;
import dev.sternpost.ha.restart.MostRoom;
import dev.sternpost.ha.timing.HaTiming;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class FailoverRehearsalTest {
    private static final HostId FAILED = HostId.of(1);

    private static ProtectedVm vm(int number, long memory, RestartPriority priority, Integer... dependsOn) {
        return ProtectedVm.usual(VirtualMachineId.of(number), memory)
                .withPriority(priority)
                .withDependsOn(
                        List.of(dependsOn).stream().map(VirtualMachineId::of).toList());
    }

    private static FailoverPlan plan(ProtectedVm... vms) {
        ClusterConfig config = ClusterConfig.of(
                1,
                HaTiming.DEFAULT,
                List.of(
                        new MemberHost(FAILED, 100, 0, true),
                        new MemberHost(HostId.of(2), 10, 0, true),
                        new MemberHost(HostId.of(3), 99, 0, false)),
                List.of(vms));
        TreeMap<VirtualMachineId, HostId> running = new TreeMap<>();
        List.of(vms).forEach(vm -> running.put(vm.vmId(), FAILED));
        return FailoverRehearsal.plan(new Layout(config, running), Set.of(FAILED), new MostRoom());
    }

    @Test
    void waves_follow_priorities_and_then_what_depends_on_what() {
        FailoverPlan plan = plan(
                vm(1, 1, RestartPriority.LOW),
                vm(2, 1, RestartPriority.HIGHEST, 1),
                vm(3, 1, RestartPriority.MEDIUM),
                vm(4, 2, RestartPriority.MEDIUM));
        assertThat(plan.starts().stream().map(start -> start.wave() + " " + start.vmId()))
                .containsExactly("1 vm-4", "1 vm-3", "2 vm-1", "3 vm-2");
        assertThat(plan.stranded()).isEmpty();
    }

    @Test
    void what_does_not_fit_is_told_with_its_reason_and_closed_hosts_take_nothing() {
        FailoverPlan plan = plan(vm(1, 6, RestartPriority.LOW), vm(2, 8, RestartPriority.HIGH));
        assertThat(plan.starts()).singleElement().matches(start -> start.to().equals(HostId.of(2)));
        assertThat(plan.stranded())
                .singleElement()
                .matches(stranded -> stranded.reason().startsWith("no host has 0 MiB"));
    }

    @Test
    void those_that_wait_for_each_other_in_a_circle_start_all_the_same() {
        assertThat(plan(vm(1, 1, RestartPriority.LOW, 2), vm(2, 1, RestartPriority.LOW, 1))
                        .starts())
                .hasSize(2);
    }
}
