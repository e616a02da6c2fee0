package dev.sternpost.server.cluster;

import dev.sternpost.drs.rule.Rule;
import dev.sternpost.drs.rule.RuleViolation;
import dev.sternpost.drs.rule.RuleViolations;
import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.ClusterRules;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.ManagedObjectId;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The rules of a cluster in the words of the planner. */
public final class PlannedRules {
    private static final Pattern ID = Pattern.compile("\\b(?:vm|host)-\\d+\\b");

    private PlannedRules() {}

    /**
     * The rules that mean something: members that have left the cluster are left out, and so are rules that have too few
     * left.
     */
    public static List<Rule> of(InventorySnapshot snapshot, Cluster cluster) {
        return of(snapshot, cluster, cluster.rules());
    }

    static List<Rule> of(InventorySnapshot snapshot, Cluster cluster, ClusterRules rules) {
        Predicate<VirtualMachineId> vmIsHere = id -> snapshot.find(id)
                .flatMap(vm -> snapshot.clusterOf(vm.hostId()))
                .filter(its -> its.id().equals(cluster.id()))
                .isPresent();
        Predicate<HostId> hostIsHere = id -> snapshot.find(id)
                .filter(host -> host.parentId().equals(cluster.id()))
                .isPresent();
        List<Rule> planned = new ArrayList<>();
        for (ClusterRules.VmRule rule : rules.vmRules()) {
            List<VirtualMachineId> vms = rule.vmIds().stream().filter(vmIsHere).toList();
            if (vms.size() >= 2) {
                planned.add(
                        switch (rule.affinity()) {
                            case KEEP_TOGETHER -> new Rule.KeepTogether(rule.name(), rule.enabled(), vms);
                            case KEEP_APART -> new Rule.KeepApart(rule.name(), rule.enabled(), vms);
                        });
            }
        }
        for (ClusterRules.VmHostRule rule : rules.vmHostRules()) {
            List<VirtualMachineId> vms = rules.vmGroup(rule.vmGroup()).stream()
                    .flatMap(group -> group.vmIds().stream())
                    .filter(vmIsHere)
                    .toList();
            List<HostId> group = rules.hostGroup(rule.hostGroup()).stream()
                    .flatMap(each -> each.hostIds().stream())
                    .toList();
            List<HostId> hosts = group.stream().filter(hostIsHere).toList();
            if (!vms.isEmpty() && !group.isEmpty()) {
                // A rule whose hosts have all left still means that its VMs run on no other: they are told as stranded,
                // not set free.
                planned.add(vmHost(rule, vms, hosts.isEmpty() ? group : hosts));
            }
        }
        return planned;
    }

    private static Rule vmHost(ClusterRules.VmHostRule rule, List<VirtualMachineId> vms, List<HostId> hosts) {
        Rule.Affinity affinity = switch (rule.affinity()) {
            case MUST_RUN_ON, SHOULD_RUN_ON -> Rule.Affinity.RUN_ON;
            case MUST_NOT_RUN_ON, SHOULD_NOT_RUN_ON -> Rule.Affinity.NOT_RUN_ON;
        };
        Rule.Strength strength = switch (rule.affinity()) {
            case MUST_RUN_ON, MUST_NOT_RUN_ON -> Rule.Strength.MUST;
            case SHOULD_RUN_ON, SHOULD_NOT_RUN_ON -> Rule.Strength.SHOULD;
        };
        return new Rule.VmHost(rule.name(), rule.enabled(), affinity, strength, vms, hosts);
    }

    /** How each rule that is broken now is broken, by its name and in words. */
    public static Map<String, String> violations(InventorySnapshot snapshot, Cluster cluster) {
        Map<VirtualMachineId, HostId> placement = new HashMap<>();
        for (Host host : snapshot.hostsOf(cluster.id())) {
            for (VirtualMachine vm : snapshot.vmsOn(host.id())) {
                if (vm.powerState() == PowerState.POWERED_ON) {
                    placement.put(vm.id(), host.id());
                }
            }
        }
        Map<String, String> violations = new HashMap<>();
        for (RuleViolation violation : RuleViolations.of(of(snapshot, cluster), placement)) {
            violations.put(violation.ruleName(), named(snapshot, violation.explanation()));
        }
        return violations;
    }

    /** The same text with names in place of the ids of VMs and hosts. */
    public static String named(InventorySnapshot snapshot, String text) {
        return ID.matcher(text)
                .replaceAll(id -> Matcher.quoteReplacement(ManagedObjectId.tryParse(id.group())
                        .flatMap(snapshot::find)
                        .map(ManagedObject::name)
                        .orElse(id.group())));
    }
}
