package dev.sternpost.inventory;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Which virtual machines of a cluster run together, apart, or on which hosts. Members that have left the inventory stay
 * named here until the rule is next changed, and do not count.
 *
 * @param vmGroups named sets of virtual machines, for rules about hosts; by name
 * @param hostGroups named sets of hosts; by name
 * @param vmRules rules among virtual machines; by name
 * @param vmHostRules rules of virtual machines and hosts; by name
 */
public record ClusterRules(
        List<VmGroup> vmGroups, List<HostGroup> hostGroups, List<VmRule> vmRules, List<VmHostRule> vmHostRules) {
    /** Most rules of a cluster, both kinds together. */
    public static final int RULES_MAX = 2_000;

    /** Most groups of a cluster, both kinds together. */
    public static final int GROUPS_MAX = 2_000;

    /** No rule. */
    public static final ClusterRules NONE = new ClusterRules(List.of(), List.of(), List.of(), List.of());

    /** Virtual machines under one name. */
    public record VmGroup(String name, List<VirtualMachineId> vmIds) {
        public VmGroup {
            Checks.notBlank("name", name);
            vmIds = vmIds.stream().distinct().sorted().toList();
        }
    }

    /** Hosts under one name. */
    public record HostGroup(String name, List<HostId> hostIds) {
        public HostGroup {
            Checks.notBlank("name", name);
            hostIds = hostIds.stream().distinct().sorted().toList();
        }
    }

    /** What virtual machines have to do with each other. */
    public enum VmAffinity {
        KEEP_TOGETHER,
        KEEP_APART
    }

    /** What virtual machines have to do with hosts. */
    public enum HostAffinity {
        MUST_RUN_ON,
        MUST_NOT_RUN_ON,
        SHOULD_RUN_ON,
        SHOULD_NOT_RUN_ON
    }

    /**
     * A rule among virtual machines.
     *
     * @param enabled whether it counts at present
     */
    public record VmRule(String name, boolean enabled, VmAffinity affinity, List<VirtualMachineId> vmIds) {
        public VmRule {
            Checks.notBlank("name", name);
            Objects.requireNonNull(affinity, "affinity");
            vmIds = vmIds.stream().distinct().sorted().toList();
        }
    }

    /**
     * A rule of virtual machines and hosts.
     *
     * @param enabled whether it counts at present
     * @param vmGroup name of a group of virtual machines
     * @param hostGroup name of a group of hosts
     */
    public record VmHostRule(String name, boolean enabled, HostAffinity affinity, String vmGroup, String hostGroup) {
        public VmHostRule {
            Checks.notBlank("name", name);
            Objects.requireNonNull(affinity, "affinity");
            Checks.notBlank("vmGroup", vmGroup);
            Checks.notBlank("hostGroup", hostGroup);
        }
    }

    public ClusterRules {
        vmGroups = byName(vmGroups, VmGroup::name);
        hostGroups = byName(hostGroups, HostGroup::name);
        vmRules = byName(vmRules, VmRule::name);
        vmHostRules = byName(vmHostRules, VmHostRule::name);
        unique(Stream.concat(
                vmRules.stream().map(VmRule::name), vmHostRules.stream().map(VmHostRule::name)));
        unique(Stream.concat(
                vmGroups.stream().map(VmGroup::name), hostGroups.stream().map(HostGroup::name)));
    }

    private static <T> List<T> byName(List<T> all, Function<T, String> name) {
        return all.stream().sorted(Comparator.comparing(name)).toList();
    }

    private static void unique(Stream<String> names) {
        Set<String> seen = new HashSet<>();
        names.forEach(name -> {
            if (!seen.add(name)) {
                throw new IllegalArgumentException("two are named " + name);
            }
        });
    }

    public Optional<VmGroup> vmGroup(String name) {
        return vmGroups.stream().filter(group -> group.name().equals(name)).findFirst();
    }

    public Optional<HostGroup> hostGroup(String name) {
        return hostGroups.stream().filter(group -> group.name().equals(name)).findFirst();
    }
}
