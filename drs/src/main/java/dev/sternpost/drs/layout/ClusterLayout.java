package dev.sternpost.drs.layout;

import dev.sternpost.drs.rule.Rule;
import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.drs.wording.Words;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A cluster laid out for planning: hosts and units by number, in the order of their ids. A unit is what moves as one: a VM, or
 * the VMs that rules keep together and that are together. Mutable: {@link #move} makes the change, as if it were done.
 */
public final class ClusterLayout {
    /** Bits of the obstacles that only a should rule puts up. */
    private static final int SHOULD = Obstacle.SHOULD_RULE.bit();

    private final DrsSnapshot snapshot;
    private final Entitlements entitlements;
    private final UnitTable units;
    private final RuleTable rules;
    private final HostTable hosts;
    private final NeedsTable needs;
    private final int[][] needObstacles;
    private final int[][] unitsOn;
    private final int[] unitCounts;
    private final int[] unitByVm;

    ClusterLayout(
            DrsSnapshot snapshot,
            Entitlements entitlements,
            UnitTable units,
            RuleTable rules,
            HostTable hosts,
            NeedsTable needs) {
        this.snapshot = snapshot;
        this.entitlements = entitlements;
        this.units = units;
        this.rules = rules;
        this.hosts = hosts;
        this.needs = needs;
        this.needObstacles = needs.obstacles();
        this.unitsOn = new int[hosts.count()][16];
        this.unitCounts = new int[hosts.count()];
        this.unitByVm = new int[snapshot.vms().size()];
        Arrays.fill(unitByVm, -1);
        for (int unit = 0; unit < units.count(); unit++) {
            for (int vm : units.vms[unit]) {
                unitByVm[vm] = unit;
            }
            if (units.hosts[unit] >= 0) {
                arrive(unit, units.hosts[unit]);
            }
        }
    }

    /** The running VMs of a cluster. */
    public static ClusterLayout of(DrsSnapshot snapshot, DrsPolicy policy) {
        return of(snapshot, policy, Set.of());
    }

    /**
     * The running VMs of a cluster and some that are to run: these belong to a unit without a host until {@link #move} gives
     * them one.
     */
    public static ClusterLayout of(DrsSnapshot snapshot, DrsPolicy policy, Set<VirtualMachineId> arrivals) {
        return new LayoutBuilder(snapshot, policy, arrivals).build();
    }

    public DrsSnapshot snapshot() {
        return snapshot;
    }

    public HostTable hosts() {
        return hosts;
    }

    public DrsHost host(int host) {
        return snapshot.hosts().get(host);
    }

    public int unitCount() {
        return units.count();
    }

    /** Number of a VM's unit; -1 when it takes no part. */
    public int unitOf(VirtualMachineId vm) {
        int index = snapshot.indexOf(vm);
        return index < 0 ? -1 : unitByVm[index];
    }

    /** The VMs of a unit, in the order of ids. */
    public List<DrsVm> vmsOf(int unit) {
        return IntStream.of(units.vms[unit]).mapToObj(snapshot.vms()::get).toList();
    }

    /** The VMs on a host by their indexes in the snapshot, in no particular order. */
    public int[] vmIndexesOn(int host) {
        int[] indexes = new int[vmCountOn(host)];
        int count = 0;
        for (int i = 0; i < unitCounts[host]; i++) {
            for (int vm : units.vms[unitsOn[host][i]]) {
                indexes[count++] = vm;
            }
        }
        return indexes;
    }

    /** How many VMs run on a host. */
    public int vmCountOn(int host) {
        int count = 0;
        for (int i = 0; i < unitCounts[host]; i++) {
            count += units.vms[unitsOn[host][i]].length;
        }
        return count;
    }

    /** Where a unit is; -1 for nowhere. */
    public int hostOf(int unit) {
        return units.hosts[unit];
    }

    /** How many units are on a host. */
    public int unitCountOn(int host) {
        return unitCounts[host];
    }

    /** The n-th unit on a host, in no particular order; the order changes with each move. */
    public int unitOn(int host, int index) {
        return unitsOn[host][index];
    }

    /** CPU that a unit should get, in MHz: the load it puts on its host. */
    public double cpu(int unit) {
        return units.cpu[unit];
    }

    /** What that may rise to. */
    public double cpuPeak(int unit) {
        return units.cpuPeak[unit];
    }

    /** Memory that a unit should get, in bytes. */
    public double memory(int unit) {
        return units.memory[unit];
    }

    /** Memory that its host sets aside for a unit, in bytes. */
    public long memoryCommitted(int unit) {
        return units.memoryCommitted[unit];
    }

    /** CPU that is reserved for a unit, in MHz. */
    public long cpuReserved(int unit) {
        return units.cpuReserved[unit];
    }

    public double migrationSeconds(int unit) {
        return units.migrationSeconds[unit];
    }

    public double pauseSeconds(int unit) {
        return units.pauseSeconds[unit];
    }

    /** What a VM should get of CPU, in MHz, by its index in the snapshot. */
    public double cpuEntitledOf(int vm) {
        return entitlements.cpu()[vm];
    }

    /** What a VM should get of memory, in bytes, by its index in the snapshot. */
    public double memoryEntitledOf(int vm) {
        return entitlements.memory()[vm];
    }

    /** Moves a unit, or gives it its first host; no question is asked. */
    public void move(int unit, int to) {
        if (units.hosts[unit] >= 0) {
            leave(unit);
        }
        arrive(unit, to);
    }

    /** Takes a unit off its host, as if it were switched off. */
    public void remove(int unit) {
        leave(unit);
        units.hosts[unit] = -1;
    }

    private void arrive(int unit, int host) {
        units.hosts[unit] = host;
        hosts.add(host, units.cpu[unit], units.memory[unit], units.memoryCommitted[unit], units.cpuReserved[unit]);
        rules.count(units.apart[unit], units.ties[unit], units.vms[unit].length, host, 1);
        if (unitCounts[host] == unitsOn[host].length) {
            unitsOn[host] = Arrays.copyOf(unitsOn[host], 2 * unitCounts[host]);
        }
        unitsOn[host][unitCounts[host]++] = unit;
    }

    private void leave(int unit) {
        int host = units.hosts[unit];
        hosts.remove(host, units.cpu[unit], units.memory[unit], units.memoryCommitted[unit], units.cpuReserved[unit]);
        rules.count(units.apart[unit], units.ties[unit], units.vms[unit].length, host, -1);
        int at = 0;
        while (unitsOn[host][at] != unit) {
            at++;
        }
        unitsOn[host][at] = unitsOn[host][--unitCounts[host]];
    }

    /** Whether a unit could go to a host without breaking a must rule or overfilling it. */
    public boolean fits(int unit, int host) {
        return (needObstacles[units.needs[unit]][host] & ~SHOULD) == 0 && fitsNow(unit, host);
    }

    /** As {@link #fits}, and no should rule would be broken. */
    public boolean fitsWell(int unit, int host) {
        return needObstacles[units.needs[unit]][host] == 0 && fitsNow(unit, host);
    }

    /** Whether a should rule speaks against a unit's being on a host. */
    public boolean disliked(int unit, int host) {
        return (needObstacles[units.needs[unit]][host] & SHOULD) != 0;
    }

    /** Whether a must rule of VMs and hosts forbids a unit's being on a host. */
    public boolean forbidden(int unit, int host) {
        return (needObstacles[units.needs[unit]][host] & Obstacle.VM_HOST_RULE.bit()) != 0;
    }

    private boolean fitsNow(int unit, int host) {
        if (!hosts.hasRoom(host, units.memoryCommitted[unit], units.cpuReserved[unit])) {
            return false;
        }
        for (int rule : units.apart[unit]) {
            if (rules.apartOn(rule, host) > 0) {
                return false;
            }
        }
        return !tiedElsewhere(unit, host) && !startsTorn(unit);
    }

    /** VMs that rules keep together and apart may stay as they run, but are not started so. */
    private boolean startsTorn(int unit) {
        return units.torn[unit] && units.hosts[unit] < 0;
    }

    /** Whether VMs that this unit is kept together with would stay behind, or are on other hosts and none on this one. */
    private boolean tiedElsewhere(int unit, int host) {
        int tie = units.ties[unit];
        if (tie < 0) {
            return false;
        }
        int from = units.hosts[unit];
        int own = from >= 0 ? units.vms[unit].length : 0;
        boolean staysBehind = from >= 0 && from != host && rules.tiedOn(tie, from) > own;
        return staysBehind || (rules.tiedOn(tie, host) == 0 && rules.tiedInAll(tie) > own);
    }

    /** Whether a VM that a rule keeps apart from this unit is on its host. */
    public boolean breaksApart(int unit) {
        for (int rule : units.apart[unit]) {
            if (rules.apartOn(rule, units.hosts[unit]) > 1) {
                return true;
            }
        }
        return false;
    }

    /** Whether VMs that rules keep together with this unit are on another host. */
    public boolean breaksTie(int unit) {
        int tie = units.ties[unit];
        return tie >= 0 && rules.tiedInAll(tie) > rules.tiedOn(tie, units.hosts[unit]);
    }

    /** The units of the VMs that a unit's rules tie it to, itself included, in the order of numbers. */
    public int[] tiedTo(int unit) {
        int tie = units.ties[unit];
        return tie < 0
                ? new int[] {unit}
                : IntStream.range(0, units.count())
                        .filter(other -> units.ties[other] == tie)
                        .toArray();
    }

    /** What keeps a unit from moving at all, but for having moved a short while ago. */
    public Set<Obstacle> immovable(int unit) {
        return obstacles(units.immovable[unit] & ~Obstacle.RESIDENCE.bit());
    }

    /** Whether a unit may be moved for balance. */
    public boolean movable(int unit) {
        return units.immovable[unit] == 0;
    }

    /** What keeps a unit from being moved for balance, its host's nature apart. */
    public Set<Obstacle> unmovableForBalance(int unit) {
        return obstacles(units.immovable[unit]);
    }

    /** Whether a VM of the unit left this host a shorter while ago than the policy wants. */
    public boolean returnsTooSoon(int unit, int host) {
        for (int left : units.leftLately[unit]) {
            if (left == host) {
                return true;
            }
        }
        return false;
    }

    /** Everything that keeps a unit off a host now; empty when it fits well. */
    public Set<Obstacle> obstacles(int unit, int host) {
        Set<Obstacle> found = obstacles(needObstacles[units.needs[unit]][host]);
        if (units.memoryCommitted[unit] > hosts.memoryFree(host)) {
            found.add(Obstacle.MEMORY);
        }
        if (units.cpuReserved[unit] > 0 && units.cpuReserved[unit] > hosts.cpuUnreserved(host)) {
            found.add(Obstacle.CPU_RESERVATION);
        }
        if (startsTorn(unit) || IntStream.of(units.apart[unit]).anyMatch(rule -> rules.apartOn(rule, host) > 0)) {
            found.add(Obstacle.APART);
        }
        if (tiedElsewhere(unit, host)) {
            found.add(Obstacle.TOGETHER);
        }
        return found;
    }

    private static Set<Obstacle> obstacles(int bits) {
        return Arrays.stream(Obstacle.values())
                .filter(obstacle -> (bits & obstacle.bit()) != 0)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Obstacle.class)));
    }

    /** The same in words, each as the end of a sentence about the host, with names and figures. */
    public List<String> reasons(int unit, int host) {
        List<String> reasons = new ArrayList<>(needs.get(units.needs[unit]).reasons(host(host)));
        hosts.addRoomReasons(host, units.memoryCommitted[unit], units.cpuReserved[unit], reasons);
        for (int rule : units.apart[unit]) {
            if (rules.apartOn(rule, host) > 0) {
                Rule apart = rules.apartRule(rule);
                reasons.add(Words.text("has a VM that rule %s keeps apart", apart.name()));
            }
        }
        if (startsTorn(unit)) {
            reasons.add("would break a rule, since rules keep these VMs both together and apart");
        }
        if (tiedElsewhere(unit, host)) {
            reasons.add("is not where the VMs are that it is kept together with");
        }
        return reasons;
    }
}
