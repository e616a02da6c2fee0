package dev.sternpost.sim.drs;

import dev.sternpost.drs.ClusterBalance;
import dev.sternpost.drs.DrsPlan;
import dev.sternpost.drs.DrsPlanner;
import dev.sternpost.drs.power.FailoverCapacity;
import dev.sternpost.drs.power.HostPower;
import dev.sternpost.drs.power.PowerAdvice;
import dev.sternpost.drs.power.PowerPlan;
import dev.sternpost.drs.power.PowerPlanner;
import dev.sternpost.drs.power.PowerPolicy;
import dev.sternpost.drs.recommendation.Recommendation;
import dev.sternpost.drs.recommendation.VmMove;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.HostCondition;
import dev.sternpost.inventory.HostId;
import dev.sternpost.sim.kernel.Simulation;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Looks at the cluster every minute and does what is advised. It writes down what changes, not every look. */
final class BalancingLoop {
    private static final Duration PERIOD = Duration.ofMinutes(1);
    private static final Duration POWER_PERIOD = Duration.ofMinutes(5);
    private static final Duration WAKING = Duration.ofMinutes(3);

    private final Simulation simulation;
    private final SimCluster cluster;
    private final Set<HostId> fallingAsleep = new HashSet<>();
    private final Set<HostId> waking = new HashSet<>();
    private String problemsBefore = "";
    private String violationsBefore = "";
    private boolean restedBefore;
    private int moves;

    DrsPolicy policy = DrsPolicy.standard();

    PowerPolicy powerPolicy = PowerPolicy.standard();

    BalancingLoop(Simulation simulation, SimCluster cluster) {
        this.simulation = simulation;
        this.cluster = cluster;
        simulation.every(PERIOD, "load balancing", this::look);
        simulation.every(POWER_PERIOD, "power management", this::lookAtPower);
    }

    /** Migrations that were begun so far. */
    int moves() {
        return moves;
    }

    private void look() {
        cluster.live();
        DrsPlan plan = DrsPlanner.plan(cluster.snapshot(), policy);
        tellChanges(plan);
        for (Recommendation each : plan.recommendations()) {
            simulation.say("advice: %s, priority %d, %s: %s"
                    .formatted(
                            each.cause().toString().toLowerCase(Locale.ROOT).replace('_', ' '),
                            each.priority(),
                            each.reason(),
                            each.moves().stream()
                                    .map(move -> "%s from %s to %s"
                                            .formatted(move.vmId(), move.fromHostId(), move.toHostId()))
                                    .collect(Collectors.joining(", "))));
            if (each.automatic()) {
                for (VmMove move : each.moves()) {
                    cluster.migrate(move.vmId(), move.toHostId());
                    moves++;
                }
            }
        }
        fallAsleep();
    }

    private void tellChanges(DrsPlan plan) {
        boolean rests = plan.recommendations().isEmpty();
        if (!rests || !restedBefore) {
            simulation.say(told(plan.before()) + (rests ? "; rests" : ""));
        }
        restedBefore = rests;
        String violations = plan.violations().stream()
                .map(each -> each.ruleName() + " is " + each.explanation())
                .collect(Collectors.joining("; "));
        if (!violations.equals(violationsBefore)) {
            simulation.say(violations.isEmpty() ? "all rules are kept" : "broken: " + violations);
            violationsBefore = violations;
        }
        String problems =
                plan.problems().stream().map(each -> each.explanation()).collect(Collectors.joining("; "));
        if (!problems.equals(problemsBefore)) {
            simulation.say(problems.isEmpty() ? "no more problems" : "problem: " + problems);
            problemsBefore = problems;
        }
    }

    private static String told(ClusterBalance balance) {
        return "score %.1f, CPU %s"
                .formatted(
                        balance.score(),
                        balance.hosts().stream()
                                .map(host -> String.format(Locale.ROOT, "%.0f %%", 100 * host.cpuUse()))
                                .collect(Collectors.joining(" ")));
    }

    private void lookAtPower() {
        DrsSnapshot snapshot = cluster.snapshot();
        Map<HostId, HostPower> powers = new HashMap<>();
        cluster.hosts()
                .forEach((id, host) -> powers.put(id, new HostPower(!waking.contains(id), host.changedAtSeconds)));
        PowerPlan plan = PowerPlanner.plan(snapshot, policy, powerPolicy, powers, FailoverCapacity.NOT_NEEDED);
        for (PowerAdvice advice : plan.advice()) {
            switch (advice) {
                case PowerAdvice.Wake wake -> wake(wake);
                case PowerAdvice.StandBy standBy -> {
                    simulation.say("power: %s is to sleep, since %s".formatted(standBy.hostId(), standBy.reason()));
                    fallingAsleep.add(standBy.hostId());
                    cluster.host(standBy.hostId()).condition = HostCondition.MAINTENANCE;
                }
            }
        }
    }

    private void wake(PowerAdvice.Wake advice) {
        simulation.say("power: %s is woken, since %s".formatted(advice.hostId(), advice.reason()));
        waking.add(advice.hostId());
        simulation.after(WAKING, "waking of " + advice.hostId(), () -> {
            waking.remove(advice.hostId());
            changed(advice.hostId(), HostCondition.NORMAL);
            simulation.say("%s is awake".formatted(advice.hostId()));
        });
    }

    /** Hosts that are to sleep and are empty do. */
    private void fallAsleep() {
        List<HostId> empty = fallingAsleep.stream()
                .filter(id ->
                        cluster.vms().values().stream().noneMatch(vm -> vm.host.equals(id) || id.equals(vm.target)))
                .sorted()
                .toList();
        for (HostId id : empty) {
            fallingAsleep.remove(id);
            changed(id, HostCondition.STANDBY);
            simulation.say("%s sleeps".formatted(id));
        }
    }

    private void changed(HostId id, HostCondition condition) {
        cluster.host(id).condition = condition;
        cluster.host(id).changedAtSeconds = simulation.seconds();
    }
}
