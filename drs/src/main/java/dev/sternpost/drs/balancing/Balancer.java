package dev.sternpost.drs.balancing;

import dev.sternpost.drs.layout.ClusterLayout;
import dev.sternpost.drs.layout.HostTable;
import dev.sternpost.drs.layout.Obstacle;
import dev.sternpost.drs.recommendation.Cause;
import dev.sternpost.drs.recommendation.RecommendationBook;
import dev.sternpost.drs.search.HostSearch;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.drs.wording.Words;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Greedy descent. Of all moves the one with the greatest worth, which is gain less what it must gain, is made, and so on. It is found
 * without looking at all of them: no move between two hosts can gain more than sharing their load out evenly, so pairs of hosts are
 * looked into in the order of that bound until nothing that is left can beat the best that was found. What was found for a pair stays true
 * until one of its hosts changes. The result is that of trying every move every time.
 *
 * <p>Each move lowers the loss of the cluster by more than the cost of the move, and no unit moves twice, so it ends.
 */
public final class Balancer {
    private final ClusterLayout layout;
    private final DrsPolicy policy;
    private final RecommendationBook book;
    private final HostTable hosts;
    private final MoveWorth worth;
    private final PairTable pairs;
    private final double[] cpuMost;
    private final double[] memoryMost;
    private int poorUnit = -1;
    private int poorHost = -1;
    private double poorGain;

    private Balancer(ClusterLayout layout, DrsPolicy policy, RecommendationBook book) {
        this.layout = layout;
        this.policy = policy;
        this.book = book;
        this.hosts = layout.hosts();
        this.worth = new MoveWorth(layout, policy);
        this.pairs = new PairTable(hosts.count());
        this.cpuMost = new double[hosts.count()];
        this.memoryMost = new double[hosts.count()];
    }

    /** Writes the moves for balance into the book. */
    public static Balance balance(ClusterLayout layout, DrsPolicy policy, RecommendationBook book) {
        if (policy.migrationThreshold() == DrsPolicy.THRESHOLD_MIN) {
            return new Balance(0, "migration threshold 1 moves VMs only for rules and maintenance", List.of());
        }
        return new Balancer(layout, policy, book).run();
    }

    private Balance run() {
        for (int host = 0; host < hosts.count(); host++) {
            measure(host);
        }
        for (int from = 0; from < hosts.count(); from++) {
            for (int to = 0; to < hosts.count(); to++) {
                bound(from, to);
            }
        }
        int moves = 0;
        while (moves < policy.movesMax()) {
            int pair = bestMove();
            if (pairs.worth(pair) <= 0) {
                return new Balance(moves, whyNoMore(), bindingConstraints());
            }
            make(pairs.unit(pair), pairs.from(pair), pairs.to(pair));
            moves++;
        }
        return new Balance(moves, Words.text("the most moves of one pass, %d, are made", moves), bindingConstraints());
    }

    /** Looks into pairs until the best of what is known is at least the bound of all that is not. */
    private int bestMove() {
        while (true) {
            int pair = pairs.best();
            if (pairs.known(pair) || pairs.worth(pair) <= 0) {
                return pair;
            }
            lookInto(pair);
        }
    }

    private void make(int unit, int from, int to) {
        double gain = HostSearch.gain(layout, unit, to);
        String reason = Words.text(
                "CPU of %s is %s used, of %s %s; memory %s and %s",
                layout.host(from).name(),
                Words.percent(hosts.cpuUse(from)),
                layout.host(to).name(),
                Words.percent(hosts.cpuUse(to)),
                Words.percent(hosts.memoryUse(from)),
                Words.percent(hosts.memoryUse(to)));
        book.move(
                Cause.BALANCE,
                worth.priority(unit, gain),
                reason,
                new int[] {unit},
                to,
                HostSearch.alternatives(layout, unit, to));
        measure(from);
        measure(to);
        for (int host = 0; host < hosts.count(); host++) {
            bound(from, host);
            bound(to, host);
            bound(host, from);
            bound(host, to);
        }
    }

    /** Notes the most that one move could take off a host. */
    private void measure(int host) {
        cpuMost[host] = 0;
        memoryMost[host] = 0;
        for (int i = 0; i < layout.unitCountOn(host); i++) {
            int unit = layout.unitOn(host, i);
            if (!book.moved(unit)) {
                cpuMost[host] = Math.max(cpuMost[host], layout.cpu(unit));
                memoryMost[host] = Math.max(memoryMost[host], layout.memory(unit));
            }
        }
    }

    private void bound(int from, int to) {
        boolean usable = from != to
                && layout.unitCountOn(from) > 0
                && layout.host(from).condition().counts()
                && layout.host(to).condition().counts();
        pairs.bound(
                pairs.pair(from, to),
                usable
                        ? hosts.gainMax(from, to, cpuMost[from], memoryMost[from]) - worth.requiredMin()
                        : Double.NEGATIVE_INFINITY);
    }

    /** Finds the best move of a pair, and the best one that would have been better were it allowed. */
    private void lookInto(int pair) {
        int from = pairs.from(pair);
        int to = pairs.to(pair);
        double lossNow = hosts.loss(from) + hosts.loss(to);
        double best = 0;
        int bestUnit = -1;
        double blocked = 0;
        int blockedUnit = -1;
        for (int i = layout.unitCountOn(from) - 1; i >= 0; i--) {
            int unit = layout.unitOn(from, i);
            double cpu = layout.cpu(unit);
            double memory = layout.memory(unit);
            double gain = lossNow - hosts.lossWith(from, -cpu, -memory) - hosts.lossWith(to, cpu, memory);
            double net = gain - worth.required(unit);
            if (net > best || (net == best && bestUnit >= 0 && unit < bestUnit)) {
                if (!allowed(unit, to)) {
                    if (net > blocked && !book.moved(unit)) {
                        blocked = net;
                        blockedUnit = unit;
                    }
                } else {
                    net -= worth.risk(unit, to);
                    if (net > best || (net == best && bestUnit >= 0 && unit < bestUnit)) {
                        best = net;
                        bestUnit = unit;
                    }
                }
            } else if (net <= 0 && gain > poorGain && allowed(unit, to)) {
                poorGain = gain;
                poorUnit = unit;
                poorHost = to;
            }
        }
        pairs.found(pair, bestUnit, bestUnit < 0 ? Double.NEGATIVE_INFINITY : best);
        if (blocked > best) {
            pairs.blocked(pair, blockedUnit, blocked);
        }
    }

    private boolean allowed(int unit, int to) {
        return layout.movable(unit)
                && !book.moved(unit)
                && layout.fitsWell(unit, to)
                && !layout.returnsTooSoon(unit, to, policy.returnSeconds());
    }

    private String whyNoMore() {
        if (poorUnit >= 0 && poorGain > 0) {
            return Words.text(
                    "the best move left, %s to %s, gains %s of a host and would have to gain %s to be worth its cost",
                    layout.vmsOf(poorUnit).getFirst().name(),
                    layout.host(poorHost).name(),
                    Words.decimal(poorGain, 5),
                    Words.decimal(worth.required(poorUnit), 5));
        }
        return "no move that is allowed gains enough to be worth its cost";
    }

    private List<BindingConstraint> bindingConstraints() {
        Map<Obstacle, BindingConstraint> found = new EnumMap<>(Obstacle.class);
        for (int pair = 0; pair < pairs.pairs(); pair++) {
            int unit = pairs.blockedUnit(pair);
            if (unit >= 0 && pairs.known(pair)) {
                for (Obstacle obstacle : obstaclesOf(unit, pairs.to(pair))) {
                    BindingConstraint one = new BindingConstraint(
                            obstacle,
                            1,
                            layout.vmsOf(unit).getFirst().id(),
                            layout.host(pairs.to(pair)).id(),
                            pairs.blockedWorth(pair));
                    found.merge(obstacle, one, Balancer::both);
                }
            }
        }
        List<BindingConstraint> sorted = new ArrayList<>(found.values());
        sorted.sort(Comparator.comparingDouble(BindingConstraint::gain)
                .reversed()
                .thenComparing(BindingConstraint::obstacle));
        return sorted;
    }

    private Set<Obstacle> obstaclesOf(int unit, int to) {
        Set<Obstacle> obstacles = layout.obstacles(unit, to);
        obstacles.addAll(layout.unmovableForBalance(unit));
        if (layout.returnsTooSoon(unit, to, policy.returnSeconds())) {
            obstacles.add(Obstacle.RETURN);
        }
        return obstacles;
    }

    private static BindingConstraint both(BindingConstraint one, BindingConstraint other) {
        BindingConstraint greater = other.gain() > one.gain() ? other : one;
        return new BindingConstraint(
                greater.obstacle(), one.pairs() + other.pairs(), greater.vmId(), greater.toHostId(), greater.gain());
    }
}
