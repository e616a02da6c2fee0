package dev.sternpost.agent.endpoint;

import dev.sternpost.drs.rule.Rule;
import dev.sternpost.drs.rule.Rule.Affinity;
import dev.sternpost.drs.rule.Rule.Strength;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.proto.agent.v1.PlacementRule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Rules that bind where virtual machines are started, as the server tells them. */
final class PlacementRules {
    private PlacementRules() {}

    /**
     * A rule that has too few members to say anything is left out.
     *
     * @throws IllegalArgumentException when a rule is of a kind that is not known: to leave it out would break it
     */
    static List<Rule> of(List<PlacementRule> told) {
        Set<String> names = new HashSet<>();
        List<Rule> rules = new ArrayList<>();
        for (PlacementRule rule : told) {
            // The planner tells rules apart by their names.
            String name = names.add(rule.getName()) ? rule.getName() : rule.getName() + " #" + rules.size();
            of(rule.toBuilder().setName(name).build()).ifPresent(rules::add);
        }
        return List.copyOf(rules);
    }

    private static Optional<Rule> of(PlacementRule told) {
        List<VirtualMachineId> vms =
                told.getVmIdsList().stream().map(VirtualMachineId::new).toList();
        List<HostId> hosts = told.getHostIdsList().stream().map(HostId::new).toList();
        boolean several = vms.stream().distinct().count() > 1;
        return switch (told.getKind()) {
            case "keepTogether" ->
                several ? Optional.of(new Rule.KeepTogether(told.getName(), true, vms)) : Optional.empty();
            case "keepApart" -> several ? Optional.of(new Rule.KeepApart(told.getName(), true, vms)) : Optional.empty();
            case "mustRunOn" -> aboutHosts(told.getName(), Affinity.RUN_ON, vms, hosts);
            case "mustNotRunOn" -> aboutHosts(told.getName(), Affinity.NOT_RUN_ON, vms, hosts);
            default -> throw new IllegalArgumentException("unknown kind of rule: " + told.getKind());
        };
    }

    private static Optional<Rule> aboutHosts(
            String name, Affinity affinity, List<VirtualMachineId> vms, List<HostId> hosts) {
        return vms.isEmpty() || hosts.isEmpty()
                ? Optional.empty()
                : Optional.of(new Rule.VmHost(name, true, affinity, Strength.MUST, vms, hosts));
    }
}
