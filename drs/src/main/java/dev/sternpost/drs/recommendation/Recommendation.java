package dev.sternpost.drs.recommendation;

import java.util.List;

/**
 * One piece of advice. Those of one plan are in the order in which they are to be done: each counts on those before it.
 *
 * @param number from 1, in the order of the plan
 * @param priority from 1, what rules and maintenance demand, to 5, what is barely worth its cost
 * @param reason in words
 * @param moves one, or the moves of VMs that go together
 * @param scoreBefore score of the cluster before it, 0 to 100
 * @param scoreAfter score of the cluster after it
 * @param gain by how much the loss of the cluster falls, in average hosts; below 0 when a rule or maintenance costs something
 * @param cost what moving costs, in average hosts over the time the move has to pay for itself
 * @param automatic whether it is done without asking
 * @param alternatives hosts that were passed over, the best few
 */
public record Recommendation(
        int number,
        int priority,
        Cause cause,
        String reason,
        List<VmMove> moves,
        double scoreBefore,
        double scoreAfter,
        double gain,
        double cost,
        boolean automatic,
        List<Alternative> alternatives) {

    public Recommendation {
        moves = List.copyOf(moves);
        alternatives = List.copyOf(alternatives);
    }
}
