package dev.sternpost.drs.layout;

import dev.sternpost.drs.rule.Rule;
import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.inventory.DatastoreId;
import dev.sternpost.inventory.NetworkId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The different needs of a cluster's units by number, and what speaks against each host for each of them. */
final class NeedsTable {
    /** Needs are the same when these are: the number of those without rules, and the rules. */
    private record WithRules(int plain, List<Integer> rules) {}

    private final List<DrsHost> hosts;
    private final RuleTable rules;
    private final Map<HostNeeds, Integer> plain = new HashMap<>();
    private final Map<WithRules, Integer> withRules = new HashMap<>();
    private final List<HostNeeds> needs = new ArrayList<>();
    private final List<int[]> obstacles = new ArrayList<>();

    NeedsTable(List<DrsHost> hosts, RuleTable rules) {
        this.hosts = hosts;
        this.rules = rules;
    }

    /** The number of these needs. */
    int intern(int cpuCount, List<DatastoreId> datastores, List<NetworkId> networks, int[] hostRules) {
        HostNeeds bare = new HostNeeds(cpuCount, datastores, networks, List.of());
        Integer known = plain.get(bare);
        int number = known == null ? add(bare) : known;
        if (hostRules.length == 0) {
            return number;
        }
        List<Integer> indexes = Arrays.stream(hostRules).boxed().toList();
        return withRules.computeIfAbsent(new WithRules(number, indexes), key -> {
            List<Rule.VmHost> named = key.rules().stream().map(rules::hostRule).toList();
            int[] bits = obstacles.get(key.plain()).clone();
            for (int rule : hostRules) {
                for (int host = 0; host < bits.length; host++) {
                    bits[host] |= rules.hostRuleObstacle(rule, host);
                }
            }
            needs.add(new HostNeeds(cpuCount, datastores, networks, named));
            obstacles.add(bits);
            return needs.size() - 1;
        });
    }

    private int add(HostNeeds bare) {
        plain.put(bare, needs.size());
        needs.add(bare);
        obstacles.add(hosts.stream().mapToInt(bare::obstacles).toArray());
        return needs.size() - 1;
    }

    HostNeeds get(int number) {
        return needs.get(number);
    }

    /** Bits by host, for each number. */
    int[][] obstacles() {
        return obstacles.toArray(int[][]::new);
    }
}
