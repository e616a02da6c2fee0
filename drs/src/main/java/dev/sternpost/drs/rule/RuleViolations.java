package dev.sternpost.drs.rule;

import dev.sternpost.drs.wording.Words;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Which rules are broken by where VMs run. */
public final class RuleViolations {
    private RuleViolations() {}

    /**
     * @param placement where each running VM runs; VMs that do not run break nothing
     * @return in the order of the rules
     */
    public static List<RuleViolation> of(Collection<Rule> rules, Map<VirtualMachineId, HostId> placement) {
        return rules.stream()
                .filter(Rule::enabled)
                .flatMap(rule -> violation(rule, placement).stream())
                .toList();
    }

    private static Optional<RuleViolation> violation(Rule rule, Map<VirtualMachineId, HostId> placement) {
        TreeMap<HostId, List<VirtualMachineId>> byHost = new TreeMap<>();
        for (VirtualMachineId vm : rule.vmIds()) {
            HostId host = placement.get(vm);
            if (host != null) {
                byHost.computeIfAbsent(host, ignored -> new ArrayList<>()).add(vm);
            }
        }
        switch (rule) {
            case Rule.KeepTogether ignored -> {
                if (byHost.size() < 2) {
                    return Optional.empty();
                }
            }
            case Rule.KeepApart ignored -> byHost.values().removeIf(together -> together.size() < 2);
            case Rule.VmHost hosts -> byHost.keySet().removeIf(hosts::allows);
        }
        return byHost.isEmpty()
                ? Optional.empty()
                : Optional.of(new RuleViolation(
                        rule.name(),
                        rule.mandatory(),
                        byHost.values().stream().flatMap(List::stream).sorted().toList(),
                        explanation(rule, byHost)));
    }

    private static String explanation(Rule rule, Map<HostId, List<VirtualMachineId>> byHost) {
        String where = byHost.entrySet().stream()
                .map(entry -> Words.all(entry.getValue()) + " on " + entry.getKey())
                .collect(Collectors.joining(", "));
        return switch (rule) {
            case Rule.KeepTogether ignored -> "to be together, but " + where;
            case Rule.KeepApart ignored -> "to be apart, but " + where;
            case Rule.VmHost hosts ->
                switch (hosts.affinity()) {
                    case RUN_ON -> "to run on " + Words.all(hosts.hostIds()) + ", but " + where;
                    case NOT_RUN_ON -> "not to run on " + Words.all(hosts.hostIds()) + ", but " + where;
                };
        };
    }
}
