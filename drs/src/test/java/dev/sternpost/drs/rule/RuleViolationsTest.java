package dev.sternpost.drs.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.drs.rule.Rule.Affinity;
import dev.sternpost.drs.rule.Rule.Strength;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RuleViolationsTest {
    private static final VirtualMachineId ONE = VirtualMachineId.of(1);
    private static final VirtualMachineId TWO = VirtualMachineId.of(2);
    private static final VirtualMachineId OFF = VirtualMachineId.of(3);
    private static final HostId HERE = HostId.of(1);
    private static final HostId THERE = HostId.of(2);
    private static final Map<VirtualMachineId, HostId> SAME = Map.of(ONE, HERE, TWO, HERE);
    private static final Map<VirtualMachineId, HostId> SPLIT = Map.of(ONE, HERE, TWO, THERE);

    private static List<String> told(Rule rule, Map<VirtualMachineId, HostId> placement) {
        return RuleViolations.of(List.of(rule), placement).stream()
                .map(violation -> (violation.mandatory() ? "must " : "should ") + violation.vmIds() + " "
                        + violation.explanation())
                .toList();
    }

    @Test
    void vms_to_be_together_that_are_not() {
        Rule rule = new Rule.KeepTogether("pair", true, List.of(TWO, OFF, ONE));
        assertThat(told(rule, SAME)).isEmpty();
        assertThat(told(rule, SPLIT))
                .containsExactly("must [vm-1, vm-2] to be together, but vm-1 on host-1, vm-2 on host-2");
    }

    @Test
    void vms_to_be_apart_that_are_not() {
        Rule rule = new Rule.KeepApart("spread", true, List.of(ONE, TWO, OFF));
        assertThat(told(rule, SPLIT)).isEmpty();
        assertThat(told(rule, SAME)).containsExactly("must [vm-1, vm-2] to be apart, but vm-1 and vm-2 on host-1");
    }

    @Test
    void vms_on_a_host_they_should_leave() {
        Rule on = new Rule.VmHost("licence", true, Affinity.RUN_ON, Strength.MUST, List.of(ONE, TWO), List.of(THERE));
        Rule not = new Rule.VmHost("quiet", true, Affinity.NOT_RUN_ON, Strength.SHOULD, List.of(TWO), List.of(THERE));
        assertThat(told(on, SPLIT)).containsExactly("must [vm-1] to run on host-2, but vm-1 on host-1");
        assertThat(told(not, SPLIT)).containsExactly("should [vm-2] not to run on host-2, but vm-2 on host-2");
    }

    @Test
    void a_rule_that_is_off_is_not_broken_and_a_rule_about_one_vm_is_none() {
        assertThat(told(new Rule.KeepApart("spread", false, List.of(ONE, TWO)), SAME))
                .isEmpty();
        assertThatThrownBy(() -> new Rule.KeepApart("spread", true, List.of(ONE, ONE)))
                .hasMessageContaining("at least two VMs");
    }
}
