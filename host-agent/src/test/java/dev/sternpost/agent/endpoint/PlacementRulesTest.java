package dev.sternpost.agent.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.drs.rule.Rule;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.proto.agent.v1.PlacementRule;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlacementRulesTest {
    private static final List<VirtualMachineId> PAIR = List.of(VirtualMachineId.of(1), VirtualMachineId.of(2));

    private static PlacementRule told(String kind, List<String> vms, List<String> hosts) {
        return PlacementRule.newBuilder()
                .setName(kind)
                .setKind(kind)
                .addAllVmIds(vms)
                .addAllHostIds(hosts)
                .build();
    }

    @Test
    void each_kind_is_told_as_the_planner_knows_it() {
        List<String> vms = List.of("vm-1", "vm-2");
        List<String> hosts = List.of("host-3");
        assertThat(PlacementRules.of(List.of(
                        told("keepTogether", vms, List.of()),
                        told("keepApart", vms, List.of()),
                        told("mustRunOn", vms, hosts),
                        told("mustNotRunOn", vms, hosts))))
                .containsExactly(
                        new Rule.KeepTogether("keepTogether", true, PAIR),
                        new Rule.KeepApart("keepApart", true, PAIR),
                        new Rule.VmHost(
                                "mustRunOn",
                                true,
                                Rule.Affinity.RUN_ON,
                                Rule.Strength.MUST,
                                PAIR,
                                List.of(HostId.of(3))),
                        new Rule.VmHost(
                                "mustNotRunOn",
                                true,
                                Rule.Affinity.NOT_RUN_ON,
                                Rule.Strength.MUST,
                                PAIR,
                                List.of(HostId.of(3))));
    }

    @Test
    void a_rule_that_says_nothing_is_left_out_and_one_that_is_not_understood_is_not() {
        assertThat(PlacementRules.of(List.of(
                        told("keepApart", List.of("vm-1"), List.of()), told("mustRunOn", List.of("vm-1"), List.of()))))
                .isEmpty();
        assertThatThrownBy(() -> PlacementRules.of(List.of(told("likesHosts", List.of("vm-1"), List.of()))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void rules_of_the_same_name_are_told_apart() {
        PlacementRule one = told("keepApart", List.of("vm-1", "vm-2"), List.of());
        assertThat(PlacementRules.of(List.of(one, one)).stream().map(Rule::name))
                .doesNotHaveDuplicates();
    }
}
