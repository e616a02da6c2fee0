package dev.sternpost.drs.explain;

import dev.sternpost.drs.DrsPlan;
import dev.sternpost.drs.VmScore;
import dev.sternpost.drs.layout.ClusterLayout;
import dev.sternpost.drs.layout.Obstacle;
import dev.sternpost.drs.recommendation.MoveCost;
import dev.sternpost.drs.recommendation.Recommendation;
import dev.sternpost.drs.rule.Rule;
import dev.sternpost.drs.search.HostSearch;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.wording.Words;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one pass thought of one running VM.
 *
 * @param hostId where it was
 * @param score how it was off there
 * @param recommendation what was advised for it; null when nothing was
 * @param rules that name it, by name
 * @param cost what moving it costs, in average hosts
 * @param stays why it is not moved whatever the target; empty when it could be
 * @param hosts every other host, the one that would gain most first
 */
public record VmExplanation(
        VirtualMachineId vmId,
        HostId hostId,
        VmScore score,
        @Nullable Recommendation recommendation,
        List<String> rules,
        double cost,
        List<String> stays,
        List<HostView> hosts) {

    /**
     * One host as seen by the VM before anything was moved.
     *
     * @param gain by how much the loss of the cluster would fall if it went there, in average hosts
     * @param reasons why it cannot go there; empty when it could
     */
    public record HostView(HostId hostId, String name, double gain, List<String> reasons) {
        public HostView {
            reasons = List.copyOf(reasons);
        }
    }

    public VmExplanation {
        rules = List.copyOf(rules);
        stays = List.copyOf(stays);
        hosts = List.copyOf(hosts);
    }

    /**
     * @param plan of this snapshot and policy
     * @throws IllegalArgumentException when the VM is not of this cluster or does not run
     */
    public static VmExplanation of(DrsSnapshot snapshot, DrsPolicy policy, DrsPlan plan, VirtualMachineId vmId) {
        ClusterLayout layout = ClusterLayout.of(snapshot, policy);
        int unit = layout.unitOf(snapshot.vm(vmId).id());
        if (unit < 0) {
            throw new IllegalArgumentException(vmId + " does not run");
        }
        return new VmExplanation(
                vmId,
                layout.host(layout.hostOf(unit)).id(),
                plan.vmScores().stream()
                        .filter(score -> score.vmId().equals(vmId))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("the plan is of another cluster")),
                plan.recommendations().stream()
                        .filter(each -> each.moves().stream()
                                .anyMatch(move -> move.vmId().equals(vmId)))
                        .findFirst()
                        .orElse(null),
                snapshot.rules().stream()
                        .filter(rule -> rule.enabled() && rule.vmIds().contains(vmId))
                        .map(Rule::name)
                        .toList(),
                MoveCost.of(layout, unit, policy),
                stays(layout.unmovableForBalance(unit)),
                views(layout, policy, unit));
    }

    private static List<String> stays(Set<Obstacle> obstacles) {
        return obstacles.stream()
                .map(obstacle -> "belongs to " + obstacle.words())
                .toList();
    }

    private static List<HostView> views(ClusterLayout layout, DrsPolicy policy, int unit) {
        List<HostView> views = new ArrayList<>();
        for (int host = 0; host < layout.hosts().count(); host++) {
            if (host != layout.hostOf(unit)) {
                List<String> reasons = new ArrayList<>(layout.reasons(unit, host));
                if (layout.returnsTooSoon(unit, host)) {
                    reasons.add(Words.text("is where it left less than %d s ago", policy.returnSeconds()));
                }
                views.add(new HostView(
                        layout.host(host).id(),
                        layout.host(host).name(),
                        HostSearch.gain(layout, unit, host),
                        reasons));
            }
        }
        views.sort((one, other) -> one.gain() != other.gain()
                ? Double.compare(other.gain(), one.gain())
                : one.hostId().compareTo(other.hostId()));
        return views;
    }
}
