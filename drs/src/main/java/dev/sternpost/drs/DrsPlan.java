package dev.sternpost.drs;

import dev.sternpost.drs.balancing.BindingConstraint;
import dev.sternpost.drs.recommendation.Problem;
import dev.sternpost.drs.recommendation.Recommendation;
import dev.sternpost.drs.rule.RuleConflict;
import dev.sternpost.drs.rule.RuleViolation;
import java.util.List;

/**
 * What one pass came to.
 *
 * @param before the cluster as it is
 * @param after the cluster when everything that is recommended is done
 * @param recommendations in the order in which they are to be done
 * @param violations rules that are broken now
 * @param conflicts rules that cannot all be kept
 * @param problems what should be put right and cannot be
 * @param bindingConstraints what kept moves from being made that would have been worth it
 * @param stopped why there are no more moves for balance, in words; when nothing is recommended, why nothing is done
 * @param vmScores of the running VMs as they are, in the order of ids
 */
public record DrsPlan(
        ClusterBalance before,
        ClusterBalance after,
        List<Recommendation> recommendations,
        List<RuleViolation> violations,
        List<RuleConflict> conflicts,
        List<Problem> problems,
        List<BindingConstraint> bindingConstraints,
        String stopped,
        List<VmScore> vmScores) {
    public DrsPlan {
        recommendations = List.copyOf(recommendations);
        violations = List.copyOf(violations);
        conflicts = List.copyOf(conflicts);
        problems = List.copyOf(problems);
        bindingConstraints = List.copyOf(bindingConstraints);
        vmScores = List.copyOf(vmScores);
    }
}
