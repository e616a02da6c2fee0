package dev.sternpost.drs.recommendation;

import dev.sternpost.drs.layout.ClusterLayout;
import dev.sternpost.drs.layout.ClusterScore;
import dev.sternpost.drs.snapshot.AutomationLevel;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.inventory.HostId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Collects the recommendations of one pass and makes their moves in its layout. */
public final class RecommendationBook {
    private final ClusterLayout layout;
    private final DrsPolicy policy;
    private final List<Recommendation> recommendations = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();
    private final boolean[] moved;

    public RecommendationBook(ClusterLayout layout, DrsPolicy policy) {
        this.layout = layout;
        this.policy = policy;
        this.moved = new boolean[layout.unitCount()];
    }

    /** Whether a unit was moved in this pass; none is moved twice. */
    public boolean moved(int unit) {
        return moved[unit];
    }

    public List<Recommendation> recommendations() {
        return List.copyOf(recommendations);
    }

    public List<Problem> problems() {
        return List.copyOf(problems);
    }

    public void note(Problem problem) {
        problems.add(problem);
    }

    /** Moves units to a host and writes it down. Those that are there already stay. */
    public void move(Cause cause, int priority, String reason, int[] units, int host, List<Alternative> alternatives) {
        double lossBefore = ClusterScore.loss(layout.hosts());
        double scoreBefore = ClusterScore.of(layout.hosts());
        List<VmMove> moves = new ArrayList<>();
        double cost = 0;
        for (int unit : units) {
            if (layout.hostOf(unit) != host) {
                cost += MoveCost.of(layout, unit, policy);
                HostId from = layout.host(layout.hostOf(unit)).id();
                layout.vmsOf(unit)
                        .forEach(vm -> moves.add(
                                new VmMove(vm.id(), from, layout.host(host).id())));
                layout.move(unit, host);
                moved[unit] = true;
            }
        }
        recommendations.add(new Recommendation(
                recommendations.size() + 1,
                priority,
                cause,
                reason,
                moves,
                scoreBefore,
                ClusterScore.of(layout.hosts()),
                lossBefore - ClusterScore.loss(layout.hosts()),
                cost,
                automatic(units),
                alternatives));
    }

    private boolean automatic(int[] units) {
        for (int unit : units) {
            for (DrsVm vm : layout.vmsOf(unit)) {
                if (Objects.requireNonNullElse(vm.mobility().automation(), policy.automation())
                        != AutomationLevel.FULLY_AUTOMATED) {
                    return false;
                }
            }
        }
        return true;
    }
}
