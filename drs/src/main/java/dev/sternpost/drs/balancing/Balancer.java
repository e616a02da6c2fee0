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
import java.util.Arrays;
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
    private static final double NOTHING = Double.NEGATIVE_INFINITY;

    private final ClusterLayout layout;
    private final DrsPolicy policy;
    private final RecommendationBook book;
    private final HostTable hosts;
    private final MoveWorth worth;
    private final PairTable pairs;
    private final Movers[] movers;

    private Balancer(ClusterLayout layout, DrsPolicy policy, RecommendationBook book) {
        this.layout = layout;
        this.policy = policy;
        this.book = book;
        this.hosts = layout.hosts();
        this.worth = new MoveWorth(layout, policy);
        this.pairs = new PairTable(hosts.count());
        this.movers = new Movers[hosts.count()];
        Arrays.setAll(movers, host -> new Movers());
    }

    /** Writes the moves for balance into the book. */
    public static Balance balance(ClusterLayout layout, DrsPolicy policy, RecommendationBook book) {
        if (policy.migrationThreshold() == DrsPolicy.THRESHOLD_MIN) {
            return new Balance(0, "migration threshold 1 moves VMs only for rules and maintenance", List.of());
        }
        if (layout.hosts().count() == 0) {
            return new Balance(0, "there is no host yet", List.of());
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
        String reason = "CPU of " + layout.host(from).name() + " is " + Words.percent(hosts.cpuUse(from)) + " used, of "
                + layout.host(to).name() + " " + Words.percent(hosts.cpuUse(to)) + "; memory "
                + Words.percent(hosts.memoryUse(from)) + " and " + Words.percent(hosts.memoryUse(to));
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

    private void measure(int host) {
        movers[host].measure(layout, book, worth, host);
    }

    private void bound(int from, int to) {
        pairs.bound(pairs.pair(from, to), usable(from, to) ? gainMax(from, to) - worth.requiredMin() : NOTHING);
    }

    private boolean usable(int from, int to) {
        return from != to
                && movers[from].count() > 0
                && layout.host(from).condition().counts()
                && layout.host(to).condition().counts();
    }

    private double gainMax(int from, int to) {
        return hosts.gainMax(from, to, movers[from].cpuMost(), movers[from].memoryMost());
    }

    /** Finds the best move of a pair, and the best one that would have been better were it allowed. */
    private void lookInto(int pair) {
        int to = pairs.to(pair);
        Movers leaving = movers[pairs.from(pair)];
        double best = 0;
        int bestUnit = -1;
        double blocked = 0;
        int blockedUnit = -1;
        for (int i = 0; i < leaving.count() && leaving.netOfRest(i) >= best; i++) {
            if (leaving.net(i) >= best) {
                int unit = leaving.unit(i);
                double net = leaving.net(i) - hosts.harm(to, leaving.cpu(i), leaving.memory(i));
                if (better(net, unit, best, bestUnit)) {
                    if (allowed(unit, to)) {
                        net -= worth.risk(unit, to);
                        if (better(net, unit, best, bestUnit)) {
                            best = net;
                            bestUnit = unit;
                        }
                    } else if (better(net, unit, blocked, blockedUnit)) {
                        blocked = net;
                        blockedUnit = unit;
                    }
                }
            }
        }
        pairs.found(pair, bestUnit, bestUnit < 0 ? NOTHING : best);
        if (blocked > best) {
            pairs.blocked(pair, blockedUnit, blocked);
        }
    }

    /** Of equals the one with the lesser number, so that the order in which they are looked at does not matter. */
    private static boolean better(double net, int unit, double best, int bestUnit) {
        return net > best || (net == best && bestUnit >= 0 && unit < bestUnit);
    }

    private boolean allowed(int unit, int to) {
        return layout.movable(unit) && layout.fitsWell(unit, to) && !layout.returnsTooSoon(unit, to);
    }

    /** Names the move that gains most of those that are allowed; none of them gains enough. */
    private String whyNoMore() {
        double most = 0;
        int unit = -1;
        int target = -1;
        for (int from = 0; from < hosts.count(); from++) {
            for (int to = 0; to < hosts.count(); to++) {
                if (usable(from, to) && gainMax(from, to) > most) {
                    for (int i = 0; i < movers[from].count(); i++) {
                        int one = movers[from].unit(i);
                        double gain = movers[from].net(i)
                                + worth.required(one)
                                - hosts.harm(to, movers[from].cpu(i), movers[from].memory(i));
                        if (gain > most && allowed(one, to)) {
                            most = gain;
                            unit = one;
                            target = to;
                        }
                    }
                }
            }
        }
        return unit < 0
                ? "no move that is allowed gains enough to be worth its cost"
                : Words.text(
                        "the best move left, %s to %s, gains %s of a host and would have to gain %s to be worth its cost",
                        layout.vmsOf(unit).getFirst().name(),
                        layout.host(target).name(),
                        Words.decimal(most, 5),
                        Words.decimal(worth.required(unit), 5));
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
        if (layout.returnsTooSoon(unit, to)) {
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
