package dev.sternpost.drs;

import dev.sternpost.drs.balancing.Balance;
import dev.sternpost.drs.balancing.Balancer;
import dev.sternpost.drs.correction.Corrections;
import dev.sternpost.drs.layout.ClusterLayout;
import dev.sternpost.drs.layout.ClusterScore;
import dev.sternpost.drs.layout.HostTable;
import dev.sternpost.drs.recommendation.RecommendationBook;
import dev.sternpost.drs.rule.RuleConflicts;
import dev.sternpost.drs.rule.RuleViolations;
import dev.sternpost.drs.snapshot.AutomationLevel;
import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import java.util.ArrayList;
import java.util.List;

/**
 * One pass over a cluster: first what must be put right, then what is worth improving.
 *
 * <p>The method is the field's (Gulati et al., VMware Distributed Resource Management: Design, Implementation and Lessons
 * Learned, 2012): entitlements over the pools decide what load a VM is, moves are chosen greedily, and each must gain more
 * than it costs and risks.
 */
public final class DrsPlanner {
    private DrsPlanner() {}

    public static DrsPlan plan(DrsSnapshot snapshot, DrsPolicy policy) {
        ClusterLayout layout = ClusterLayout.of(snapshot, policy);
        ClusterBalance before = balanceOf(layout);
        List<VmScore> scores = VmScores.of(layout, policy);
        RecommendationBook book = new RecommendationBook(layout, policy);
        Balance balance = policy.automation() == AutomationLevel.DISABLED
                ? new Balance(0, "load balancing is switched off", List.of())
                : improve(layout, policy, book);
        return new DrsPlan(
                before,
                balanceOf(layout),
                book.recommendations(),
                RuleViolations.of(snapshot.rules(), snapshot.placement()),
                RuleConflicts.among(
                        snapshot.rules(),
                        snapshot.hosts().stream().map(DrsHost::id).toList()),
                book.problems(),
                balance.bindingConstraints(),
                balance.stopped(),
                scores);
    }

    private static Balance improve(ClusterLayout layout, DrsPolicy policy, RecommendationBook book) {
        Corrections.make(layout, policy, book);
        return Balancer.balance(layout, policy, book);
    }

    private static ClusterBalance balanceOf(ClusterLayout layout) {
        HostTable hosts = layout.hosts();
        List<ClusterBalance.HostUse> uses = new ArrayList<>();
        for (int host = 0; host < hosts.count(); host++) {
            uses.add(new ClusterBalance.HostUse(
                    layout.host(host).id(),
                    hosts.cpuUse(host),
                    hosts.memoryUse(host),
                    hosts.memoryFree(host),
                    layout.vmCountOn(host)));
        }
        return new ClusterBalance(
                ClusterScore.of(hosts), ClusterScore.cpuDeviation(layout), ClusterScore.memoryDeviation(layout), uses);
    }
}
