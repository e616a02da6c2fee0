package dev.sternpost.server.cluster;

import dev.sternpost.drs.rule.RuleConflict;
import dev.sternpost.drs.rule.RuleConflicts;
import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.ClusterId;
import dev.sternpost.inventory.ClusterRules;
import dev.sternpost.inventory.ClusterRules.HostGroup;
import dev.sternpost.inventory.ClusterRules.VmGroup;
import dev.sternpost.inventory.ClusterRules.VmHostRule;
import dev.sternpost.inventory.ClusterRules.VmRule;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ObjectName;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.AuditDraft;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.server.tree.RepeatedRequests;
import dev.sternpost.server.work.Caller;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes, changes and removes rules and the groups they name. What could not be kept because of other rules is refused, with their
 * names. Every method throws {@link FaultException} with the codes of the contract and changes nothing then.
 */
public final class ClusterRulesAdmin {
    private static final String PRIVILEGE = "Host.Inventory.EditCluster";

    private final Inventory inventory;
    private final RepeatedRequests repeated = new RepeatedRequests();

    public ClusterRulesAdmin(Inventory inventory) {
        this.inventory = inventory;
    }

    /** A rule among VMs that is wanted; VMs are named by id, path, UUID or unique name. */
    public record VmRuleWish(String name, boolean enabled, ClusterRules.VmAffinity affinity, List<String> vms) {
        public VmRuleWish {
            vms = List.copyOf(vms);
        }
    }

    public Cluster create(Caller caller, String reference, VmRuleWish wish) {
        return createOnce(caller, reference, wish.name(), (snapshot, cluster) -> {
            List<VirtualMachineId> vms = vms(snapshot, cluster, wish.vms());
            if (vms.size() < 2) {
                throw invalid(cluster, "A rule among virtual machines is about two of them at least; name more.");
            }
            ClusterRules rules = cluster.rules();
            VmRule rule = new VmRule(wish.name(), wish.enabled(), wish.affinity(), vms);
            return new ClusterRules(
                    rules.vmGroups(), rules.hostGroups(), with(rules.vmRules(), rule), rules.vmHostRules());
        });
    }

    public Cluster create(Caller caller, String reference, VmHostRule rule) {
        return createOnce(caller, reference, rule.name(), (snapshot, cluster) -> {
            ClusterRules rules = cluster.rules();
            if (rules.vmGroup(rule.vmGroup()).isEmpty()) {
                throw notFound(cluster, "group of virtual machines", rule.vmGroup());
            }
            if (rules.hostGroup(rule.hostGroup()).isEmpty()) {
                throw notFound(cluster, "group of hosts", rule.hostGroup());
            }
            return new ClusterRules(
                    rules.vmGroups(), rules.hostGroups(), rules.vmRules(), with(rules.vmHostRules(), rule));
        });
    }

    private Cluster createOnce(Caller caller, String reference, String name, Change change) {
        ObjectName.check(name);
        ClusterId id = (ClusterId) repeated.once(
                caller.userName(),
                "rule " + name,
                caller.requestId(),
                () -> commit(
                        caller.userName(), reference, EventType.CLUSTER_RULE_CREATED, name, (snapshot, cluster) -> {
                            requireFree(cluster, name, names(cluster.rules()), "rule");
                            return change.of(snapshot, cluster);
                        }));
        return inventory.snapshot().get(id);
    }

    /**
     * Turns a rule on or off, or gives it other VMs.
     *
     * @param enabled as it is to be; null leaves it
     * @param vmReferences empty leaves them
     */
    public Cluster update(
            String userName, String reference, String name, @Nullable Boolean enabled, List<String> vmReferences) {
        ClusterId id = commit(userName, reference, EventType.CLUSTER_RULE_CHANGED, name, (snapshot, cluster) -> {
            ClusterRules rules = cluster.rules();
            if (!names(rules).contains(name)) {
                throw notFound(cluster, "rule", name);
            }
            boolean aboutHosts =
                    rules.vmHostRules().stream().anyMatch(rule -> rule.name().equals(name));
            if (aboutHosts && !vmReferences.isEmpty()) {
                throw invalid(
                        cluster, "Rule %s is about a group of virtual machines; change the group.".formatted(name));
            }
            List<VirtualMachineId> vms = vms(snapshot, cluster, vmReferences);
            if (vms.size() == 1) {
                throw invalid(cluster, "A rule among virtual machines is about two of them at least; name more.");
            }
            return new ClusterRules(
                    rules.vmGroups(),
                    rules.hostGroups(),
                    replaced(
                            rules.vmRules(),
                            VmRule::name,
                            name,
                            rule -> new VmRule(
                                    name,
                                    enabled == null ? rule.enabled() : enabled,
                                    rule.affinity(),
                                    vms.isEmpty() ? rule.vmIds() : vms)),
                    replaced(
                            rules.vmHostRules(),
                            VmHostRule::name,
                            name,
                            rule -> new VmHostRule(
                                    name,
                                    enabled == null ? rule.enabled() : enabled,
                                    rule.affinity(),
                                    rule.vmGroup(),
                                    rule.hostGroup())));
        });
        return inventory.snapshot().get(id);
    }

    public void delete(String userName, String reference, String name) {
        commit(userName, reference, EventType.CLUSTER_RULE_REMOVED, name, (snapshot, cluster) -> {
            ClusterRules rules = cluster.rules();
            if (!names(rules).contains(name)) {
                throw notFound(cluster, "rule", name);
            }
            return new ClusterRules(
                    rules.vmGroups(),
                    rules.hostGroups(),
                    without(rules.vmRules(), VmRule::name, name),
                    without(rules.vmHostRules(), VmHostRule::name, name));
        });
    }

    /** Makes a group, or gives the group of that name other members; of VMs or of hosts. */
    public Cluster putGroup(
            String userName, String reference, String name, List<String> vmReferences, List<String> hostReferences) {
        ObjectName.check(name);
        ClusterId id = commit(userName, reference, EventType.CLUSTER_GROUP_CHANGED, name, (snapshot, cluster) -> {
            if (vmReferences.isEmpty() == hostReferences.isEmpty()) {
                throw invalid(cluster, "A group has virtual machines or hosts; name some, of one kind.");
            }
            ClusterRules rules = cluster.rules();
            if (vmReferences.isEmpty()) {
                requireFree(cluster, name, rules.vmGroups().stream().map(VmGroup::name), "group of virtual machines");
                HostGroup group = new HostGroup(name, hosts(snapshot, cluster, hostReferences));
                return new ClusterRules(
                        rules.vmGroups(),
                        with(without(rules.hostGroups(), HostGroup::name, name), group),
                        rules.vmRules(),
                        rules.vmHostRules());
            }
            requireFree(cluster, name, rules.hostGroups().stream().map(HostGroup::name), "group of hosts");
            VmGroup group = new VmGroup(name, vms(snapshot, cluster, vmReferences));
            return new ClusterRules(
                    with(without(rules.vmGroups(), VmGroup::name, name), group),
                    rules.hostGroups(),
                    rules.vmRules(),
                    rules.vmHostRules());
        });
        return inventory.snapshot().get(id);
    }

    public void deleteGroup(String userName, String reference, String name) {
        commit(userName, reference, EventType.CLUSTER_GROUP_CHANGED, name, (snapshot, cluster) -> {
            ClusterRules rules = cluster.rules();
            if (rules.vmGroup(name).isEmpty() && rules.hostGroup(name).isEmpty()) {
                throw notFound(cluster, "group", name);
            }
            List<String> users = rules.vmHostRules().stream()
                    .filter(rule ->
                            rule.vmGroup().equals(name) || rule.hostGroup().equals(name))
                    .map(VmHostRule::name)
                    .toList();
            if (!users.isEmpty()) {
                throw new FaultException(
                        FaultCode.OBJECT_NOT_EMPTY,
                        cluster.id().value(),
                        "Group %s is named by %s. Remove that first.".formatted(name, String.join(", ", users)));
            }
            return new ClusterRules(
                    without(rules.vmGroups(), VmGroup::name, name),
                    without(rules.hostGroups(), HostGroup::name, name),
                    rules.vmRules(),
                    rules.vmHostRules());
        });
    }

    /** The rules after a change. */
    @FunctionalInterface
    private interface Change {
        ClusterRules of(InventorySnapshot snapshot, Cluster cluster);
    }

    private ClusterId commit(String userName, String reference, EventType type, String subject, Change change) {
        ClusterId id = inventory.snapshot().resolve(reference, Cluster.class).id();
        inventory.commit((InventorySnapshot snapshot) -> {
            Cluster before = snapshot.get(id);
            ClusterRules rules = change.of(snapshot, before);
            if (rules.equals(before.rules())) {
                return InventoryWrite.NOTHING;
            }
            requireBounded(before, rules);
            requireKeepable(snapshot, before, rules);
            return InventoryWrite.builder()
                    .put(before.withRules(rules))
                    .event(EventDraft.about(before, type, message(type, subject, before.name()))
                            .byUser(userName))
                    .audit(new AuditDraft(userName, PRIVILEGE, id, ""))
                    .build();
        });
        return id;
    }

    private static String message(EventType type, String subject, String cluster) {
        String what = type == EventType.CLUSTER_GROUP_CHANGED ? "Group" : "Rule";
        String did = switch (type) {
            case CLUSTER_RULE_CREATED -> "made";
            case CLUSTER_RULE_REMOVED -> "removed";
            default -> "changed";
        };
        return "%s %s of %s was %s.".formatted(what, subject, cluster, did);
    }

    /** Conflicts there were before do not stand in the way of a change that adds none. */
    private static void requireKeepable(InventorySnapshot snapshot, Cluster cluster, ClusterRules rules) {
        Set<HostId> hosts =
                snapshot.hostsOf(cluster.id()).stream().map(Host::id).collect(Collectors.toSet());
        Set<RuleConflict> before =
                new HashSet<>(RuleConflicts.among(PlannedRules.of(snapshot, cluster, cluster.rules()), hosts));
        List<String> added = RuleConflicts.among(PlannedRules.of(snapshot, cluster, rules), hosts).stream()
                .filter(conflict -> !before.contains(conflict))
                .map(conflict -> PlannedRules.named(snapshot, conflict.explanation()))
                .toList();
        if (!added.isEmpty()) {
            throw new FaultException(
                    FaultCode.RULE_CONFLICT,
                    cluster.id().value(),
                    "The rules of %s could not all be kept: %s. Change one of them, or turn it off."
                            .formatted(cluster.name(), String.join("; ", added)));
        }
    }

    private static void requireBounded(Cluster cluster, ClusterRules rules) {
        if (rules.vmRules().size() + rules.vmHostRules().size() > ClusterRules.RULES_MAX
                || rules.vmGroups().size() + rules.hostGroups().size() > ClusterRules.GROUPS_MAX) {
            throw invalid(
                    cluster,
                    "A cluster has at most %d rules and %d groups; remove some."
                            .formatted(ClusterRules.RULES_MAX, ClusterRules.GROUPS_MAX));
        }
    }

    private static Set<String> names(ClusterRules rules) {
        return Stream.concat(
                        rules.vmRules().stream().map(VmRule::name),
                        rules.vmHostRules().stream().map(VmHostRule::name))
                .collect(Collectors.toSet());
    }

    private static void requireFree(Cluster cluster, String name, Set<String> taken, String noun) {
        requireFree(cluster, name, taken.stream(), noun);
    }

    private static void requireFree(Cluster cluster, String name, Stream<String> taken, String noun) {
        if (taken.anyMatch(name::equals)) {
            throw new FaultException(
                    FaultCode.NAME_TAKEN,
                    cluster.id().value(),
                    "%s has a %s named %s. Choose another name.".formatted(cluster.name(), noun, name));
        }
    }

    private static List<VirtualMachineId> vms(InventorySnapshot snapshot, Cluster cluster, List<String> references) {
        return references.stream()
                .map(reference -> {
                    VirtualMachine vm = snapshot.resolve(reference, VirtualMachine.class);
                    boolean here = snapshot.clusterOf(vm.hostId())
                            .filter(its -> its.id().equals(cluster.id()))
                            .isPresent();
                    if (!here) {
                        throw invalid(
                                cluster, "%s does not run in %s; leave it out.".formatted(vm.name(), cluster.name()));
                    }
                    return vm.id();
                })
                .distinct()
                .toList();
    }

    private static List<HostId> hosts(InventorySnapshot snapshot, Cluster cluster, List<String> references) {
        return references.stream()
                .map(reference -> {
                    Host host = snapshot.resolve(reference, Host.class);
                    if (!host.parentId().equals(cluster.id())) {
                        throw invalid(
                                cluster, "%s is no host of %s; leave it out.".formatted(host.name(), cluster.name()));
                    }
                    return host.id();
                })
                .toList();
    }

    private static <T> List<T> with(List<T> all, T one) {
        List<T> more = new ArrayList<>(all);
        more.add(one);
        return more;
    }

    private static <T> List<T> without(List<T> all, Function<T, String> nameOf, String name) {
        return all.stream().filter(one -> !nameOf.apply(one).equals(name)).toList();
    }

    private static <T> List<T> replaced(
            List<T> all, Function<T, String> nameOf, String name, Function<T, T> replacement) {
        return all.stream()
                .map(one -> nameOf.apply(one).equals(name) ? replacement.apply(one) : one)
                .toList();
    }

    private static FaultException invalid(Cluster cluster, String message) {
        return new FaultException(FaultCode.REQUEST_INVALID, cluster.id().value(), message);
    }

    private static FaultException notFound(Cluster cluster, String noun, String name) {
        return new FaultException(
                FaultCode.OBJECT_NOT_FOUND,
                cluster.id().value(),
                "%s has no %s \"%s\". List the rules and groups of the cluster.".formatted(cluster.name(), noun, name));
    }
}
