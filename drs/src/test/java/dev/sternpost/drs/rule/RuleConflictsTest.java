package dev.sternpost.drs.rule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.drs.rule.Rule.Affinity;
import dev.sternpost.drs.rule.Rule.Strength;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.testkit.Generator;
import dev.sternpost.testkit.Property;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RuleConflictsTest {
    private static final List<HostId> HOSTS = hosts(1, 2, 3);

    private static List<VirtualMachineId> vms(int... numbers) {
        return IntStream.of(numbers).mapToObj(VirtualMachineId::of).toList();
    }

    private static List<HostId> hosts(int... numbers) {
        return IntStream.of(numbers).mapToObj(HostId::of).toList();
    }

    private static Rule together(String name, int... numbers) {
        return new Rule.KeepTogether(name, true, vms(numbers));
    }

    private static Rule apart(String name, int... numbers) {
        return new Rule.KeepApart(name, true, vms(numbers));
    }

    private static Rule must(String name, Affinity affinity, List<VirtualMachineId> vms, int... numbers) {
        return new Rule.VmHost(name, true, affinity, Strength.MUST, vms, hosts(numbers));
    }

    private static List<RuleConflict> among(Rule... rules) {
        return RuleConflicts.among(List.of(rules), HOSTS);
    }

    @Test
    void vms_tied_by_a_chain_of_rules_cannot_be_apart_and_the_chain_is_named() {
        assertThat(among(together("a", 1, 2), together("b", 2, 3), together("other", 8, 9), apart("c", 1, 3)))
                .singleElement()
                .satisfies(conflict -> {
                    assertThat(conflict.ruleNames()).containsExactly("c", "a", "b");
                    assertThat(conflict.explanation())
                            .isEqualTo("c keeps vm-1 and vm-3 apart, but a and b keep them together");
                });
    }

    @Test
    void more_vms_apart_than_there_are_hosts() {
        assertThat(among(apart("spread", 1, 2, 3, 4)))
                .singleElement()
                .satisfies(
                        conflict -> assertThat(conflict.explanation()).contains("needs 4 hosts", "only 3 may be used"));
    }

    @Test
    void vms_apart_that_must_share_too_few_hosts_name_the_rule_that_confines_them() {
        assertThat(among(apart("spread", 1, 2, 3), must("licence", Affinity.RUN_ON, vms(1, 2, 3), 1, 2)))
                .singleElement()
                .satisfies(conflict -> {
                    assertThat(conflict.ruleNames()).containsExactly("spread", "licence");
                    assertThat(conflict.explanation()).contains("needs 3 hosts", "only 2", "because of licence");
                });
    }

    @Test
    void must_rules_that_leave_no_host_are_named_also_through_a_tie() {
        assertThat(among(
                        together("pair", 1, 2),
                        must("here", Affinity.RUN_ON, vms(1), 1),
                        must("there", Affinity.RUN_ON, vms(2), 2),
                        must("harmless", Affinity.NOT_RUN_ON, vms(2), 3)))
                .singleElement()
                .satisfies(conflict -> assertThat(conflict.ruleNames()).containsExactly("here", "there"));
    }

    @Test
    void rules_that_are_off_or_soft_conflict_with_nothing() {
        assertThat(among(
                        new Rule.KeepApart("off", false, vms(1, 2)),
                        together("pair", 1, 2),
                        new Rule.VmHost("soft", true, Affinity.RUN_ON, Strength.SHOULD, vms(1), hosts(7))))
                .isEmpty();
    }

    @Test
    void rules_that_some_placement_keeps_are_never_called_a_conflict() {
        Property.holds("no false conflict", random -> {
            List<HostId> hosts =
                    hosts(IntStream.rangeClosed(1, random.sized(1, 8)).toArray());
            Map<VirtualMachineId, HostId> placement = new HashMap<>();
            int vmCount = random.sized(2, 25);
            vms(IntStream.rangeClosed(1, vmCount).toArray()).forEach(vm -> placement.put(vm, random.pick(hosts)));
            List<Rule> rules = new ArrayList<>();
            for (int i = 0; i < random.sized(1, 15); i++) {
                Rule rule = draw(random, "rule-" + i, vmCount, hosts);
                if (RuleViolations.of(List.of(rule), placement).isEmpty()) {
                    rules.add(rule);
                }
            }
            assertThat(RuleConflicts.among(rules, hosts)).isEmpty();
            assertThat(RuleViolations.of(rules, placement)).isEmpty();
        });
    }

    private static Rule draw(Generator random, String name, int vmCount, List<HostId> hosts) {
        List<VirtualMachineId> members =
                vms(random.shuffled(IntStream.rangeClosed(1, vmCount).boxed().toList()).stream()
                        .limit(random.between(2, 4))
                        .mapToInt(Integer::intValue)
                        .toArray());
        return switch (random.between(0, 2)) {
            case 0 -> new Rule.KeepTogether(name, true, members);
            case 1 -> new Rule.KeepApart(name, true, members);
            default ->
                new Rule.VmHost(
                        name,
                        true,
                        random.pick(Affinity.class),
                        random.pick(Strength.class),
                        members,
                        random.shuffled(hosts).subList(0, random.between(1, hosts.size())));
        };
    }
}
