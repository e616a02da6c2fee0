package dev.sternpost.drs.layout;

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
    private final NeedsTable needs;
    private final RuleTable rules;

    LayoutBuilder(DrsSnapshot snapshot, DrsPolicy policy, Set<VirtualMachineId> arrivals) {
        this.snapshot = snapshot;
        this.policy = policy;
        this.arrivals = arrivals;
        this.rules = new RuleTable(snapshot);
        this.needs = new NeedsTable(snapshot.hosts(), rules);
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
        return new ClusterLayout(snapshot, entitlements, units, rules, hosts, needs);
    }

    /** The VMs that take part, those of one tie on one host as one; in the order of the first of each. */
    private List<int[]> group(boolean[] takesPart) {
        List<int[]> groups = new ArrayList<>();
        Map<UnitKey, Integer> tied = new HashMap<>();
        for (int i = 0; i < takesPart.length; i++) {
            if (takesPart[i]) {
                int tie = rules.tieOf(i);
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
        DrsVm first = snapshot.vms().get(units.vms[unit][0]);
        units.hosts[unit] = hostOf(units.vms[unit][0]);
        units.ties[unit] = rules.tieOf(units.vms[unit][0]);
        units.immovable[unit] = immovable(first, units.hosts[unit]);
        units.leftLately[unit] = leftLately(units.vms[unit]);
        if (units.vms[unit].length == 1) {
            units.apart[unit] = rules.apartRulesOf(units.vms[unit][0]);
            units.needs[unit] = needs.intern(
                    first.cpuCount(), first.datastoreIds(), first.networkIds(), rules.hostRulesOf(units.vms[unit][0]));
        } else {
            describeTied(units, unit);
        }
    }

    private void describeTied(UnitTable units, int unit) {
        int cpuCount = 1;
        Set<DatastoreId> datastores = new TreeSet<>();
        Set<NetworkId> networks = new TreeSet<>();
        Set<Integer> hostRules = new TreeSet<>();
        List<Integer> apart = new ArrayList<>();
        for (int index : units.vms[unit]) {
            DrsVm vm = snapshot.vms().get(index);
            cpuCount = Math.max(cpuCount, vm.cpuCount());
            datastores.addAll(vm.datastoreIds());
            networks.addAll(vm.networkIds());
            IntStream.of(rules.hostRulesOf(index)).forEach(hostRules::add);
            IntStream.of(rules.apartRulesOf(index)).forEach(apart::add);
            units.immovable[unit] |= immovable(vm, units.hosts[unit]);
        }
        // Each rule once: a rule that would part the unit contradicts a tie, and no move can help that.
        units.apart[unit] =
                apart.stream().mapToInt(Integer::intValue).distinct().toArray();
        units.torn[unit] = units.apart[unit].length < apart.size();
        units.needs[unit] = needs.intern(
                cpuCount,
                List.copyOf(datastores),
                List.copyOf(networks),
                hostRules.stream().mapToInt(Integer::intValue).toArray());
    }

    private int[] leftLately(int[] vms) {
        int[] left = UnitTable.NONE;
        for (int vm : vms) {
            VmMobility.LastMove last = snapshot.vms().get(vm).mobility().lastMove();
            if (last != null && snapshot.timeSeconds() - last.atSeconds() < policy.returnSeconds()) {
                left = IntStream.concat(
                                IntStream.of(left), IntStream.of(hostIndexes.getOrDefault(last.fromHostId(), -1)))
                        .toArray();
            }
        }
        return left;
    }

    private int immovable(DrsVm vm, int host) {
        if (host < 0) {
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
        if (snapshot.hosts().get(host).condition() == HostCondition.UNREACHABLE) {
            bits |= Obstacle.SOURCE.bit();
        }
        return bits;
    }
}
