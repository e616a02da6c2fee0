package dev.sternpost.drs.power;

import dev.sternpost.drs.ClusterBalance;
import dev.sternpost.drs.DrsPlanner;
import dev.sternpost.drs.maintenance.EvacuationOptions;
import dev.sternpost.drs.maintenance.EvacuationPlan;
import dev.sternpost.drs.maintenance.EvacuationPlanner;
import dev.sternpost.drs.recommendation.VmMove;
import dev.sternpost.drs.rule.RuleViolations;
import dev.sternpost.drs.snapshot.AutomationLevel;
import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.drs.snapshot.HostCondition;
import dev.sternpost.drs.snapshot.VmDemand;
import dev.sternpost.drs.wording.Words;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Looks whether hosts should be woken, and if none, whether some could sleep (the method of the field's distributed power management: keep the
 * use of the hosts that are on within a band, judge waking by what is expected and sleeping by the peak).
 *
 * <p>It does not swing: hosts are woken above the band's upper end, and a host sleeps only when those that are left stay at or below its
 * middle, expected and at their peak. So with the same demand no plan to wake follows one to sleep.
 */
public final class PowerPlanner {
    /** A host is not emptied when that takes more than this part of the time it stays in stand-by at least. */
    private static final double EMPTYING_PART_MAX = 0.25;

    /** Hosts that one look plans to empty at most. */
    private static final int CANDIDATES_MAX = 8;

    /** Hosts that one look puts into stand-by at most: what comes after is seen by the next. */
    private static final int AT_ONCE_MAX = 4;

    private final DrsPolicy policy;
    private final PowerPolicy power;
    private final Map<HostId, HostPower> powers;
    private final FailoverCapacity failoverCapacity;
    private final List<PowerAdvice> advice = new ArrayList<>();
    private final List<PowerPlan.Kept> kept = new ArrayList<>();
    private DrsSnapshot snapshot;

    private PowerPlanner(
            DrsSnapshot snapshot,
            DrsPolicy policy,
            PowerPolicy power,
            Map<HostId, HostPower> powers,
            FailoverCapacity failoverCapacity) {
        this.snapshot = snapshot;
        this.policy = policy.withAutomation(AutomationLevel.FULLY_AUTOMATED);
        this.power = power;
        this.powers = powers;
        this.failoverCapacity = each -> PromisesKept.on(each) && failoverCapacity.enough(each);
    }

    /**
     * @param powers what is known of the hosts' power; a host that is not in it is left as it is
     * @param failoverCapacity what high availability needs
     */
    public static PowerPlan plan(
            DrsSnapshot snapshot,
            DrsPolicy policy,
            PowerPolicy power,
            Map<HostId, HostPower> powers,
            FailoverCapacity failoverCapacity) {
        if (!power.enabled()) {
            return new PowerPlan(List.of(), List.of(), "power management is switched off");
        }
        return new PowerPlanner(snapshot, policy, power, powers, failoverCapacity).plan();
    }

    private PowerPlan plan() {
        ClusterHealth health = health(snapshot, power.useTarget() + power.useTolerance());
        String stopped = health.good() ? sleep() : wake(health);
        kept.sort(Comparator.comparing(PowerPlan.Kept::hostId));
        return new PowerPlan(advice, kept, stopped);
    }

    private ClusterHealth health(DrsSnapshot of, double useMost) {
        return ClusterHealth.of(of, policy, useMost, failoverCapacity);
    }

    /** Wakes the host that helps most, and so on until all is well or none helps. */
    private String wake(ClusterHealth before) {
        ClusterHealth health = before;
        List<DrsHost> asleep = new ArrayList<>(in(HostCondition.STANDBY));
        asleep.removeIf(host -> keeps(host, whyNotWake(host)));
        // Each round takes one host off the list.
        while (!health.good() && !asleep.isEmpty()) {
            DrsHost best = null;
            ClusterHealth bestHealth = health;
            for (DrsHost host : asleep) {
                ClusterHealth with = health(
                        withCondition(snapshot, host.id(), HostCondition.NORMAL),
                        power.useTarget() + power.useTolerance());
                if (with.betterThan(bestHealth)) {
                    best = host;
                    bestHealth = with;
                }
            }
            if (best == null) {
                asleep.forEach(host -> keeps(host, Optional.of("would not help")));
                break;
            }
            advice.add(new PowerAdvice.Wake(best.id(), health.words()));
            snapshot = withCondition(snapshot, best.id(), HostCondition.NORMAL);
            asleep.remove(best);
            health = bestHealth;
        }
        return health.good()
                ? "with that the hosts that are on suffice"
                : health.words() + ", and no other host can help";
    }

    private Optional<String> whyNotWake(DrsHost host) {
        HostPower known = powers.get(host.id());
        return known == null || !known.wakeTested() ? Optional.of("did not wake when it was to") : Optional.empty();
    }

    /** Puts hosts into stand-by, those that are emptied soonest first, as long as the others stay within what is wished. */
    private String sleep() {
        List<DrsHost> on = in(HostCondition.NORMAL);
        if (uses(snapshot).stream().noneMatch(use -> use(use) < power.useTarget() - power.useTolerance())) {
            return "no host is less used than is wished";
        }
        List<DrsHost> candidates = new ArrayList<>();
        for (DrsHost host : on) {
            if (!keeps(host, whyNotSleep(host))) {
                candidates.add(host);
            }
        }
        List<EvacuationPlan> ways =
                lightest(candidates).stream().map(this::way).collect(Collectors.toCollection(ArrayList::new));
        ways.sort(Comparator.comparingDouble(EvacuationPlan::etaSeconds).thenComparing(EvacuationPlan::hostId));
        for (EvacuationPlan each : ways) {
            DrsHost host = snapshot.host(each.hostId());
            // Those that slept before this one have changed what there is.
            EvacuationPlan way = advice.isEmpty() ? each : way(host);
            DrsSnapshot after = after(way);
            if (!keeps(host, whyNotEmptied(way, after))) {
                advice.add(new PowerAdvice.StandBy(host.id(), "the other hosts can carry what it carries", way));
                snapshot = after;
                if (advice.size() == AT_ONCE_MAX) {
                    return "the next look is after these";
                }
            }
        }
        return advice.isEmpty() ? "no host can be spared" : "no other host can be spared";
    }

    /** Those with least memory to move: to plan how each host of a large cluster is emptied takes longer than it is worth. */
    private List<DrsHost> lightest(List<DrsHost> candidates) {
        Map<HostId, Long> bytes = new HashMap<>();
        snapshot.vms().stream()
                .filter(vm -> vm.poweredOn() && vm.hostId() != null)
                .forEach(vm -> bytes.merge(Objects.requireNonNull(vm.hostId()), vm.memoryBytes(), Long::sum));
        List<DrsHost> ordered = candidates.stream()
                .sorted(Comparator.comparingLong((DrsHost host) -> bytes.getOrDefault(host.id(), 0L))
                        .thenComparing(DrsHost::id))
                .toList();
        ordered.stream()
                .skip(CANDIDATES_MAX)
                .forEach(host -> kept.add(new PowerPlan.Kept(host.id(), "others are emptied sooner")));
        return ordered.stream().limit(CANDIDATES_MAX).toList();
    }

    private Optional<String> whyNotSleep(DrsHost host) {
        HostPower known = powers.get(host.id());
        if (known == null || !known.wakeTested()) {
            return Optional.of("has not shown yet that it can be woken");
        }
        if (snapshot.timeSeconds() - known.changedAtSeconds() < power.stateSeconds()) {
            return Optional.of("was woken a short while ago");
        }
        return Optional.empty();
    }

    private EvacuationPlan way(DrsHost host) {
        return EvacuationPlanner.plan(snapshot, policy, host.id(), new EvacuationOptions(2, true));
    }

    /** Why a host is not spared, though it may sleep: from what is soonest seen to what is hardest to see. */
    private Optional<String> whyNotEmptied(EvacuationPlan way, DrsSnapshot after) {
        if (in(HostCondition.NORMAL).size() <= power.hostsMin()) {
            return Optional.of(Words.text("is one of the %d that stay on", power.hostsMin()));
        }
        if (!way.complete()) {
            return Optional.of("cannot be emptied: " + way.blocked().getFirst().reason());
        }
        if (after.vms().stream().anyMatch(vm -> way.hostId().equals(vm.hostId()))) {
            return Optional.of("has VMs that no other host can be given");
        }
        if (way.etaSeconds() > EMPTYING_PART_MAX * power.stateSeconds()) {
            return Optional.of(Words.text("takes %.0f s to be emptied", way.etaSeconds()));
        }
        if (breaksRules(after)) {
            return Optional.of("keeps a rule from being broken");
        }
        for (DrsSnapshot state : List.of(after, atPeak(after))) {
            if (uses(state).stream().anyMatch(use -> use(use) > power.useTarget())) {
                return Optional.of("is needed for what VMs may want");
            }
        }
        ClusterHealth health = health(after, power.useTarget());
        return health.good() ? Optional.empty() : Optional.of("is needed: without it " + health.words());
    }

    private boolean breaksRules(DrsSnapshot after) {
        return !new HashSet<>(RuleViolations.of(snapshot.rules(), snapshot.placement()))
                .containsAll(RuleViolations.of(after.rules(), after.placement()));
    }

    private List<ClusterBalance.HostUse> uses(DrsSnapshot of) {
        return DrsPlanner.plan(of, policy.withAutomation(AutomationLevel.DISABLED)).before().hosts().stream()
                .filter(use -> of.host(use.hostId()).condition() == HostCondition.NORMAL)
                .toList();
    }

    private static double use(ClusterBalance.HostUse host) {
        return Math.max(host.cpuUse(), host.memoryUse());
    }

    private List<DrsHost> in(HostCondition condition) {
        return snapshot.hosts().stream()
                .filter(host -> host.condition() == condition)
                .toList();
    }

    private boolean keeps(DrsHost host, Optional<String> reason) {
        reason.ifPresent(words -> kept.add(new PowerPlan.Kept(host.id(), words)));
        return reason.isPresent();
    }

    private DrsSnapshot after(EvacuationPlan way) {
        Map<VirtualMachineId, HostId> targets = new HashMap<>();
        Stream.concat(way.moves().stream().map(EvacuationPlan.Move::move), way.registrations().stream())
                .forEach((VmMove move) -> targets.put(move.vmId(), move.toHostId()));
        List<DrsVm> vms = snapshot.vms().stream()
                .map(vm -> vm.withHost(targets.getOrDefault(vm.id(), vm.hostId()), vm.poweredOn()))
                .toList();
        return withCondition(snapshot.withVms(vms), way.hostId(), HostCondition.STANDBY);
    }

    private static DrsSnapshot atPeak(DrsSnapshot of) {
        return of.withVms(of.vms().stream()
                .map(vm -> vm.withSize(
                        vm.cpuCount(),
                        vm.memoryBytes(),
                        VmDemand.steady(vm.demand().cpuPeakMhz(), vm.demand().memoryBytes())))
                .toList());
    }

    private static DrsSnapshot withCondition(DrsSnapshot of, HostId hostId, HostCondition condition) {
        return of.withHosts(of.hosts().stream()
                .map(host -> host.id().equals(hostId) ? host.withCondition(condition) : host)
                .toList());
    }
}
