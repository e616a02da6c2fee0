package dev.sternpost.drs.layout;

import dev.sternpost.drs.rule.Rule;
import dev.sternpost.drs.snapshot.AutomationLevel;
import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.drs.snapshot.HostCondition;
import dev.sternpost.drs.snapshot.VmMobility;
import dev.sternpost.inventory.DatastoreId;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.NetworkId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** Lays a snapshot out. */
final class LayoutBuilder {
    private record UnitKey(int tie, int host) {}

    private final DrsSnapshot snapshot;
    private final DrsPolicy policy;
    private final Set<VirtualMachineId> arrivals;
    private final Map<HostId, Integer> hostIndexes = new HashMap<>();
    private final Map<HostNeeds, Integer> needIndexes = new LinkedHashMap<>();
    private final RuleTable rules;

    LayoutBuilder(DrsSnapshot snapshot, DrsPolicy policy, Set<VirtualMachineId> arrivals) {
        this.snapshot = snapshot;
        this.policy = policy;
        this.arrivals = arrivals;
        this.rules = new RuleTable(snapshot.rules(), snapshot.hosts().size());
        for (DrsHost host : snapshot.hosts()) {
            hostIndexes.put(host.id(), hostIndexes.size());
        }
    }

    ClusterLayout build() {
        List<DrsVm> vms = snapshot.vms();
        boolean[] takesPart = new boolean[vms.size()];
        for (int i = 0; i < takesPart.length; i++) {
            takesPart[i] =
                    vms.get(i).poweredOn() || arrivals.contains(vms.get(i).id());
        }
        Entitlements entitlements = Entitlements.of(snapshot, takesPart);
        List<int[]> groups = group(takesPart);
        UnitTable units = new UnitTable(groups.size());
        for (int unit = 0; unit < groups.size(); unit++) {
            units.vms[unit] = groups.get(unit);
            units.sum(unit, vms, entitlements.cpu(), entitlements.memory());
            describe(units, unit);
        }
        HostTable hosts = new HostTable(snapshot.hosts(), policy.contentionWeight());
        return new ClusterLayout(snapshot, entitlements, units, rules, hosts, List.copyOf(needIndexes.keySet()));
    }

    /** The VMs that take part, those of one tie on one host as one; in the order of the first of each. */
    private List<int[]> group(boolean[] takesPart) {
        List<int[]> groups = new ArrayList<>();
        Map<UnitKey, Integer> tied = new HashMap<>();
        for (int i = 0; i < takesPart.length; i++) {
            if (takesPart[i]) {
                int tie = rules.tieOf(snapshot.vms().get(i).id());
                Integer known = tie < 0 ? null : tied.putIfAbsent(new UnitKey(tie, hostOf(i)), groups.size());
                if (known == null) {
                    groups.add(new int[] {i});
                } else {
                    groups.set(
                            known,
                            IntStream.concat(IntStream.of(groups.get(known)), IntStream.of(i))
                                    .toArray());
                }
            }
        }
        return groups;
    }

    private int hostOf(int vm) {
        DrsVm at = snapshot.vms().get(vm);
        return at.poweredOn() && at.hostId() != null ? hostIndexes.getOrDefault(at.hostId(), -1) : -1;
    }

    private void describe(UnitTable units, int unit) {
        int first = units.vms[unit][0];
        int cpuCount = 1;
        Set<DatastoreId> datastores = new TreeSet<>();
        Set<NetworkId> networks = new TreeSet<>();
        Set<Integer> hostRules = new TreeSet<>();
        List<int[]> apart = new ArrayList<>();
        for (int index : units.vms[unit]) {
            DrsVm vm = snapshot.vms().get(index);
            cpuCount = Math.max(cpuCount, vm.cpuCount());
            datastores.addAll(vm.datastoreIds());
            networks.addAll(vm.networkIds());
            IntStream.of(rules.hostRulesOf(vm.id())).forEach(hostRules::add);
            apart.add(rules.apartRulesOf(vm.id()));
            units.immovable[unit] |= immovable(vm);
        }
        units.hosts[unit] = hostOf(first);
        units.ties[unit] = rules.tieOf(snapshot.vms().get(first).id());
        // Each rule once: a rule that would part the unit contradicts a tie, and no move can help that.
        int[] rulesApart = apart.stream().flatMapToInt(IntStream::of).toArray();
        units.apart[unit] = IntStream.of(rulesApart).distinct().toArray();
        units.torn[unit] = units.apart[unit].length < rulesApart.length;
        List<Rule.VmHost> ruleList = hostRules.stream().map(rules::hostRule).toList();
        units.needs[unit] = needIndexes.computeIfAbsent(
                new HostNeeds(cpuCount, List.copyOf(datastores), List.copyOf(networks), ruleList),
                ignored -> needIndexes.size());
    }

    private int immovable(DrsVm vm) {
        if (!vm.poweredOn() || vm.hostId() == null) {
            return 0;
        }
        int bits = 0;
        VmMobility mobility = vm.mobility();
        if (!mobility.pinnedBecause().isEmpty()) {
            bits |= Obstacle.PINNED.bit();
        }
        if (mobility.automation() == AutomationLevel.DISABLED) {
            bits |= Obstacle.AUTOMATION.bit();
        }
        if (mobility.lastMove() != null
                && snapshot.timeSeconds() - mobility.lastMove().atSeconds() < policy.residenceSeconds()) {
            bits |= Obstacle.RESIDENCE.bit();
        }
        DrsHost host = snapshot.hosts().get(hostIndexes.getOrDefault(vm.hostId(), 0));
        if (host.condition() == HostCondition.UNREACHABLE) {
            bits |= Obstacle.SOURCE.bit();
        }
        return bits;
    }
}
