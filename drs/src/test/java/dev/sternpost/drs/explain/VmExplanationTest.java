package dev.sternpost.drs.explain;

import static dev.sternpost.drs.SampleClusters.GIB;
import static dev.sternpost.drs.SampleClusters.cluster;
import static dev.sternpost.drs.SampleClusters.host;
import static dev.sternpost.drs.SampleClusters.vm;
import static dev.sternpost.drs.SampleClusters.vmIds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.drs.DrsPlan;
import dev.sternpost.drs.DrsPlanner;
import dev.sternpost.drs.rule.Rule;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.HostCondition;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class VmExplanationTest {
    private static final DrsPolicy POLICY = DrsPolicy.standard();
    private static final DrsSnapshot SNAPSHOT = cluster(
            List.of(host(1), host(2), host(3), host(4, HostCondition.MAINTENANCE, 8, 32 * GIB)),
            List.of(vm(1, 1, 7000), vm(2, 1, 7000), vm(3, 2, 100)),
            new Rule.KeepApart("spread", true, vmIds(1, 3)));

    @Test
    void every_host_is_told_with_its_gain_and_reasons_and_the_advice_with_it() {
        DrsPlan plan = DrsPlanner.plan(SNAPSHOT, POLICY);
        VmExplanation explanation = VmExplanation.of(SNAPSHOT, POLICY, plan, VirtualMachineId.of(1));
        assertThat(explanation.hostId()).isEqualTo(HostId.of(1));
        assertThat(explanation.rules()).containsExactly("spread");
        assertThat(explanation.hosts()).extracting("name").containsExactly("host-3", "host-4", "host-2");
        assertThat(explanation.hosts().get(0).reasons()).isEmpty();
        assertThat(explanation.hosts().get(0).gain()).isGreaterThan(explanation.cost());
        assertThat(explanation.hosts().get(1).reasons()).containsExactly("is in maintenance mode");
        assertThat(explanation.hosts().get(2).reasons()).containsExactly("has a VM that rule spread keeps apart");
        assertThat(Objects.requireNonNull(explanation.recommendation())
                        .moves()
                        .getFirst()
                        .toHostId())
                .isEqualTo(HostId.of(3));
    }

    @Test
    void a_vm_that_does_not_run_is_not_explained() {
        assertThatThrownBy(() ->
                        VmExplanation.of(SNAPSHOT, POLICY, DrsPlanner.plan(SNAPSHOT, POLICY), VirtualMachineId.of(9)))
                .hasMessage("vm-9 is not of this cluster");
    }
}
