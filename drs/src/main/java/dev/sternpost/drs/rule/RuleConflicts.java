package dev.sternpost.drs.rule;

import dev.sternpost.drs.wording.Words;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds mandatory rules that cannot all be kept on the hosts of a cluster, even if every VM were tiny. Asked when a rule is made
 * or a host is taken away. What it finds is a conflict for certain; several keep-apart rules that only together ask too
 * much are not looked for, since that is the colouring of a graph.
 */
public final class RuleConflicts {
    private final Collection<Rule> rules;
    private final Set<HostId> hosts;
    private final Togetherness togetherness;
    private final Map<VirtualMachineId, List<Rule.VmHost>> hostRules = new HashMap<>();
    private final Map<VirtualMachineId, Set<HostId>> hostsFor = new HashMap<>();
    private final List<RuleConflict> conflicts = new ArrayList<>();

    private RuleConflicts(Collection<Rule> rules, Collection<HostId> hosts) {
        this.rules =
                rules.stream().filter(Rule::enabled).filter(Rule::mandatory).toList();
        this.hosts = new TreeSet<>(hosts);
        this.togetherness = new Togetherness(rules);
    }

    /**
     * @param hosts of the cluster, whatever state they are in
     * @return none when all rules can be kept
     */
    public static List<RuleConflict> among(Collection<Rule> rules, Collection<HostId> hosts) {
        RuleConflicts search = new RuleConflicts(rules, hosts);
        search.collectHostRules();
        search.findTiedButApart();
        search.findWithoutHost();
        search.findApartWithTooFewHosts();
        return search.conflicts.stream().distinct().toList();
    }

    private void collectHostRules() {
        for (Rule rule : rules) {
            if (rule instanceof Rule.VmHost hostRule) {
                rule.vmIds().stream()
                        .map(togetherness::leaderOf)
                        .distinct()
                        .forEach(leader -> hostRules
                                .computeIfAbsent(leader, ignored -> new ArrayList<>())
                                .add(hostRule));
            }
        }
    }

    private void findTiedButApart() {
        for (Rule rule : rules) {
            if (rule instanceof Rule.KeepApart) {
                Map<VirtualMachineId, VirtualMachineId> seen = new HashMap<>();
                for (VirtualMachineId vm : rule.vmIds()) {
                    VirtualMachineId other = seen.putIfAbsent(togetherness.leaderOf(vm), vm);
                    if (other != null) {
                        List<String> chain = togetherness.chain(other, vm);
                        add(
                                rule.name(),
                                chain,
                                "%s keeps %s and %s apart, but %s %s them together"
                                        .formatted(
                                                rule.name(),
                                                other,
                                                vm,
                                                Words.all(chain),
                                                chain.size() > 1 ? "keep" : "keeps"));
                    }
                }
            }
        }
    }

    private void findWithoutHost() {
        new TreeMap<>(hostRules).forEach((vm, itsRules) -> {
            if (hostsFor(vm).isEmpty()) {
                List<Rule.VmHost> culprits = fewest(itsRules);
                List<String> names = culprits.stream().map(Rule::name).toList();
                add(names.getFirst(), names, "%s leaves no host of the cluster for %s".formatted(Words.all(names), vm));
            }
        });
    }

    /** One rule that allows no host, or else two that have none in common, or else all of them. */
    private List<Rule.VmHost> fewest(List<Rule.VmHost> itsRules) {
        for (Rule.VmHost one : itsRules) {
            for (Rule.VmHost other : itsRules) {
                if (hosts.stream().noneMatch(host -> one.allows(host) && other.allows(host))) {
                    return one.equals(other) ? List.of(one) : List.of(one, other);
                }
            }
        }
        return itsRules;
    }

    private Set<HostId> hostsFor(VirtualMachineId leader) {
        if (!hostRules.containsKey(leader)) {
            return hosts;
        }
        return hostsFor.computeIfAbsent(leader, vm -> {
            Set<HostId> allowed = new TreeSet<>(hosts);
            for (Rule.VmHost rule : hostRules.getOrDefault(vm, List.of())) {
                Set<HostId> named = new HashSet<>(rule.hostIds());
                allowed.removeIf(host -> named.contains(host) != (rule.affinity() == Rule.Affinity.RUN_ON));
            }
            return allowed;
        });
    }

    /** Each member needs a host of its own among those it may run on: a matching, or there is none. */
    private void findApartWithTooFewHosts() {
        for (Rule rule : rules) {
            if (rule instanceof Rule.KeepApart) {
                List<VirtualMachineId> members = rule.vmIds().stream()
                        .map(togetherness::leaderOf)
                        .distinct()
                        .toList();
                Set<VirtualMachineId> crowded = crowded(members);
                if (!crowded.isEmpty()) {
                    Set<String> because = new LinkedHashSet<>();
                    Set<HostId> allowed = new TreeSet<>();
                    crowded.forEach(vm -> {
                        allowed.addAll(hostsFor(vm));
                        hostRules.getOrDefault(vm, List.of()).forEach(hostRule -> because.add(hostRule.name()));
                    });
                    add(
                            rule.name(),
                            because,
                            "%s needs %d hosts for %s, but only %d may be used%s"
                                    .formatted(
                                            rule.name(),
                                            crowded.size(),
                                            Words.all(crowded),
                                            allowed.size(),
                                            because.isEmpty() ? "" : " because of " + Words.all(because)));
                }
            }
        }
    }

    /** Members that together have fewer hosts than they are many (Hall's theorem); empty when all find one. */
    private Set<VirtualMachineId> crowded(List<VirtualMachineId> members) {
        Map<HostId, VirtualMachineId> taken = new HashMap<>();
        for (VirtualMachineId vm : members) {
            Set<HostId> tried = new HashSet<>();
            if (!hostsFor(vm).isEmpty() && !findsHost(vm, taken, tried)) {
                Set<VirtualMachineId> crowd = new TreeSet<>(Set.of(vm));
                tried.forEach(host -> crowd.add(taken.get(host)));
                return crowd;
            }
        }
        return Set.of();
    }

    /** One augmenting path (Kuhn's algorithm). The depth is bounded by the number of hosts, each tried once. */
    private boolean findsHost(VirtualMachineId vm, Map<HostId, VirtualMachineId> taken, Set<HostId> tried) {
        for (HostId host : hostsFor(vm)) {
            if (tried.add(host)) {
                VirtualMachineId holder = taken.get(host);
                if (holder == null || findsHost(holder, taken, tried)) {
                    taken.put(host, vm);
                    return true;
                }
            }
        }
        return false;
    }

    private void add(String first, Collection<String> others, String explanation) {
        Set<String> names = new LinkedHashSet<>(List.of(first));
        names.addAll(others);
        conflicts.add(new RuleConflict(List.copyOf(names), explanation));
    }
}
