package dev.sternpost.drs.layout;

import dev.sternpost.drs.rule.Rule;
import dev.sternpost.drs.rule.Togetherness;
import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rules that are on, by VM, and how many members of each keep-apart rule and tie are on each host. */
final class RuleTable {
    private static final int[] NONE = {};

    private final int hostCount;
    private final List<Rule.VmHost> hostRules = new ArrayList<>();
    private final List<Rule.KeepApart> apartRules = new ArrayList<>();
    private final int[][] hostRulesOf;
    private final int[][] apartRulesOf;
    private final int[] ties;
    private final int[][] hostRuleObstacles;
    private final int[] apartCounts;
    private final int[] tieCounts;
    private final int[] tieTotals;

    RuleTable(DrsSnapshot snapshot) {
        List<DrsHost> hosts = snapshot.hosts();
        this.hostCount = hosts.size();
        this.hostRulesOf = new int[snapshot.vms().size()][];
        this.apartRulesOf = new int[hostRulesOf.length][];
        this.ties = new int[hostRulesOf.length];
        Arrays.fill(hostRulesOf, NONE);
        Arrays.fill(apartRulesOf, NONE);
        Arrays.fill(ties, -1);
        for (Rule rule : snapshot.rules()) {
            if (rule.enabled()) {
                switch (rule) {
                    case Rule.VmHost hostRule -> collect(snapshot, hostRule, hostRules, hostRulesOf);
                    case Rule.KeepApart apart -> collect(snapshot, apart, apartRules, apartRulesOf);
                    case Rule.KeepTogether ignored -> {
                        // in togetherness
                    }
                }
            }
        }
        int tieCount = numberTies(snapshot);
        apartCounts = new int[apartRules.size() * hostCount];
        tieCounts = new int[tieCount * hostCount];
        tieTotals = new int[tieCount];
        hostRuleObstacles =
                hostRules.stream().map(rule -> obstaclesOf(rule, hosts)).toArray(int[][]::new);
    }

    private int numberTies(DrsSnapshot snapshot) {
        Togetherness togetherness = new Togetherness(snapshot.rules());
        Map<VirtualMachineId, Integer> byLeader = new HashMap<>();
        for (VirtualMachineId vm : togetherness.tied()) {
            int tie = byLeader.computeIfAbsent(togetherness.leaderOf(vm), leader -> byLeader.size());
            int index = snapshot.indexOf(vm);
            if (index >= 0) {
                ties[index] = tie;
            }
        }
        return byLeader.size();
    }

    private static int[] obstaclesOf(Rule.VmHost rule, List<DrsHost> hosts) {
        Set<HostId> named = new HashSet<>(rule.hostIds());
        int bit = (rule.mandatory() ? Obstacle.VM_HOST_RULE : Obstacle.SHOULD_RULE).bit();
        boolean runOn = rule.affinity() == Rule.Affinity.RUN_ON;
        return hosts.stream()
                .mapToInt(host -> named.contains(host.id()) == runOn ? 0 : bit)
                .toArray();
    }

    private static <R extends Rule> void collect(DrsSnapshot snapshot, R rule, List<R> into, int[][] byVm) {
        int number = into.size();
        into.add(rule);
        for (VirtualMachineId vm : rule.vmIds()) {
            int index = snapshot.indexOf(vm);
            if (index >= 0) {
                int[] old = byVm[index];
                byVm[index] = Arrays.copyOf(old, old.length + 1);
                byVm[index][old.length] = number;
            }
        }
    }

    /** Number of the tie a VM is in, by its index in the snapshot; -1 when it is free. */
    int tieOf(int vm) {
        return ties[vm];
    }

    int[] apartRulesOf(int vm) {
        return apartRulesOf[vm];
    }

    int[] hostRulesOf(int vm) {
        return hostRulesOf[vm];
    }

    /** The bit of what a rule of VMs and hosts puts in the way of its VMs on a host; 0 for nothing. */
    int hostRuleObstacle(int rule, int host) {
        return hostRuleObstacles[rule][host];
    }

    Rule.VmHost hostRule(int index) {
        return hostRules.get(index);
    }

    Rule.KeepApart apartRule(int index) {
        return apartRules.get(index);
    }

    /** How many members of a keep-apart rule are on a host. */
    int apartOn(int rule, int host) {
        return apartCounts[rule * hostCount + host];
    }

    /** How many members of a tie are on a host. */
    int tiedOn(int tie, int host) {
        return tieCounts[tie * hostCount + host];
    }

    /** How many members of a tie are on any host. */
    int tiedInAll(int tie) {
        return tieTotals[tie];
    }

    /** Notes that a unit came to a host ({@code by} 1) or left it ({@code by} -1). */
    void count(int[] apart, int tie, int members, int host, int by) {
        for (int rule : apart) {
            apartCounts[rule * hostCount + host] += by;
        }
        if (tie >= 0) {
            tieCounts[tie * hostCount + host] += by * members;
            tieTotals[tie] += by * members;
        }
    }
}
