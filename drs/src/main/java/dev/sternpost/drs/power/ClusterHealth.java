package dev.sternpost.drs.power;

import dev.sternpost.drs.ClusterBalance;
import dev.sternpost.drs.DrsPlan;
import dev.sternpost.drs.DrsPlanner;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.HostCondition;

/**
 * Whether the hosts that are on can do their work.
 *
 * @param excess by how much hosts are fuller than is wished, summed up in average hosts; after load balancing has done what it can
 * @param problems what should be put right and cannot be
 * @param failover whether what is reserved has room, and high availability has what it needs
 */
record ClusterHealth(double excess, int problems, boolean failover) {

    /** @param useMost how full a host may be */
    static ClusterHealth of(DrsSnapshot snapshot, DrsPolicy policy, double useMost, FailoverCapacity failoverCapacity) {
        DrsPlan plan = DrsPlanner.plan(snapshot, policy);
        return new ClusterHealth(
                Math.min(excess(snapshot, plan.before(), useMost), excess(snapshot, plan.after(), useMost)),
                plan.problems().size(),
                failoverCapacity.enough(snapshot));
    }

    boolean good() {
        return excess <= 0 && problems == 0 && failover;
    }

    /** Whether something is better than in the other and nothing is worse. */
    boolean betterThan(ClusterHealth other) {
        return excess <= other.excess && problems <= other.problems && (failover || !other.failover) && !equals(other);
    }

    String words() {
        if (problems > 0) {
            return "what should be put right cannot be on the hosts that are on";
        }
        return failover
                ? "hosts are fuller than is wished"
                : "the hosts that are on leave too little for what is reserved or for a failover";
    }

    private static double excess(DrsSnapshot snapshot, ClusterBalance balance, double useMost) {
        return balance.hosts().stream()
                .filter(host -> snapshot.host(host.hostId()).condition() == HostCondition.NORMAL)
                .mapToDouble(host -> Math.max(0, Math.max(host.cpuUse(), host.memoryUse()) - useMost))
                .sum();
    }
}
