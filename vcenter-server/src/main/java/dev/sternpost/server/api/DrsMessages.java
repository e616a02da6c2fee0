package dev.sternpost.server.api;

import dev.sternpost.drs.DrsPlan;
import dev.sternpost.drs.balancing.BindingConstraint;
import dev.sternpost.drs.recommendation.Cause;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.pass.StoredPass;
import dev.sternpost.proto.drs.v1.ClusterBalance;
import dev.sternpost.proto.drs.v1.DrsPass;
import dev.sternpost.proto.drs.v1.DrsProblem;
import dev.sternpost.proto.drs.v1.Recommendation;
import dev.sternpost.proto.drs.v1.RecommendationCause;
import dev.sternpost.proto.drs.v1.RecommendationState;
import dev.sternpost.proto.drs.v1.RecommendedMove;
import dev.sternpost.proto.drs.v1.RejectedTarget;
import dev.sternpost.proto.drs.v1.VmScore;
import dev.sternpost.server.cluster.PlannedRules;
import dev.sternpost.server.drs.Advice;
import java.util.List;
import java.util.Map;

/** What load balancing thinks as messages, with the names that VMs and hosts have now. */
final class DrsMessages {
    private final InventorySnapshot snapshot;

    DrsMessages(InventorySnapshot snapshot) {
        this.snapshot = snapshot;
    }

    private String name(VirtualMachineId id) {
        return snapshot.find(id).map(VirtualMachine::name).orElse(id.value());
    }

    private String name(HostId id) {
        return snapshot.find(id).map(Host::name).orElse(id.value());
    }

    private String named(String text) {
        return PlannedRules.named(snapshot, text);
    }

    static DrsPass pass(StoredPass pass) {
        return DrsPass.newBuilder()
                .setNumber(pass.number())
                .setClusterId(pass.clusterId().value())
                .setTime(Times.of(pass.time()))
                .setTrigger(pass.trigger())
                .setRecommendationCount(pass.recommendationCount())
                .setScoreBefore(pass.scoreBefore())
                .setScoreAfter(pass.scoreAfter())
                .setStopped(pass.stopped())
                .build();
    }

    List<Recommendation> advice(List<Advice> advice) {
        return advice.stream().map(this::advice).toList();
    }

    private Recommendation advice(Advice advice) {
        return recommendation(advice.recommendation(), advice.taskIds()).toBuilder()
                .setId(advice.id())
                .setState(state(advice.state()))
                .setFailure(advice.failure())
                .build();
    }

    private static RecommendationState state(Advice.State state) {
        return switch (state) {
            case PENDING -> RecommendationState.RECOMMENDATION_STATE_PENDING;
            case APPLIED -> RecommendationState.RECOMMENDATION_STATE_APPLIED;
            case DISMISSED -> RecommendationState.RECOMMENDATION_STATE_DISMISSED;
            case FAILED -> RecommendationState.RECOMMENDATION_STATE_FAILED;
        };
    }

    Recommendation recommendation(
            dev.sternpost.drs.recommendation.Recommendation recommendation, Map<VirtualMachineId, String> taskIds) {
        var message = Recommendation.newBuilder()
                .setCause(cause(recommendation.cause()))
                .setPriority(recommendation.priority())
                .setReason(named(recommendation.reason()))
                .setScoreBefore(recommendation.scoreBefore())
                .setScoreAfter(recommendation.scoreAfter())
                .setGain(recommendation.gain())
                .setCost(recommendation.cost())
                .setAutomatic(recommendation.automatic());
        recommendation
                .moves()
                .forEach(move -> message.addMoves(RecommendedMove.newBuilder()
                        .setVmId(move.vmId().value())
                        .setVmName(name(move.vmId()))
                        .setFromHostId(move.fromHostId().value())
                        .setFromHostName(name(move.fromHostId()))
                        .setToHostId(move.toHostId().value())
                        .setToHostName(name(move.toHostId()))
                        .setTaskId(taskIds.getOrDefault(move.vmId(), ""))));
        recommendation
                .alternatives()
                .forEach(other -> message.addRejected(target(other.hostId(), other.gain(), other.reasons())));
        return message.build();
    }

    RejectedTarget target(HostId host, double gain, List<String> reasons) {
        return RejectedTarget.newBuilder()
                .setHostId(host.value())
                .setHostName(name(host))
                .setGain(gain)
                .addAllReasons(reasons.stream().map(this::named).toList())
                .build();
    }

    private static RecommendationCause cause(Cause cause) {
        return switch (cause) {
            case MAINTENANCE -> RecommendationCause.RECOMMENDATION_CAUSE_MAINTENANCE;
            case CAPACITY -> RecommendationCause.RECOMMENDATION_CAUSE_CAPACITY;
            case RULE -> RecommendationCause.RECOMMENDATION_CAUSE_RULE;
            case SHOULD_RULE -> RecommendationCause.RECOMMENDATION_CAUSE_SHOULD_RULE;
            case QUARANTINE -> RecommendationCause.RECOMMENDATION_CAUSE_QUARANTINE;
            case BALANCE -> RecommendationCause.RECOMMENDATION_CAUSE_BALANCE;
        };
    }

    dev.sternpost.proto.drs.v1.DrsPlan plan(DrsPlan plan) {
        var message = dev.sternpost.proto.drs.v1.DrsPlan.newBuilder()
                .setBefore(balance(plan.before()))
                .setAfter(balance(plan.after()))
                .setStopped(named(plan.stopped()))
                .addAllVmScores(scores(plan.vmScores()));
        plan.recommendations().forEach(each -> message.addRecommendations(recommendation(each, Map.of())));
        plan.problems()
                .forEach(problem -> message.addProblems(DrsProblem.newBuilder()
                        .setCause(cause(problem.cause()))
                        .addAllVmIds(problem.vmIds().stream()
                                .map(VirtualMachineId::value)
                                .toList())
                        .setExplanation(named(problem.explanation()))));
        plan.violations()
                .forEach(violation -> message.addViolations(
                        "%s: %s".formatted(violation.ruleName(), named(violation.explanation()))));
        plan.conflicts().forEach(conflict -> message.addConflicts(named(conflict.explanation())));
        plan.bindingConstraints().forEach(constraint -> message.addBindingConstraints(words(constraint)));
        return message.build();
    }

    private String words(BindingConstraint constraint) {
        return "%s kept moves between %d pairs of hosts from being made, such as %s to %s"
                .formatted(
                        constraint.obstacle().words(),
                        constraint.pairs(),
                        name(constraint.vmId()),
                        name(constraint.toHostId()));
    }

    ClusterBalance balance(dev.sternpost.drs.ClusterBalance balance) {
        var message = ClusterBalance.newBuilder()
                .setScore(balance.score())
                .setCpuDeviation(balance.cpuDeviation())
                .setMemoryDeviation(balance.memoryDeviation());
        balance.hosts()
                .forEach(use -> message.addHostsBuilder()
                        .setHostId(use.hostId().value())
                        .setHostName(name(use.hostId()))
                        .setCpuUse(use.cpuUse())
                        .setMemoryUse(use.memoryUse())
                        .setVmCount(use.vmCount()));
        return message.build();
    }

    List<VmScore> scores(List<dev.sternpost.drs.VmScore> scores) {
        return scores.stream().map(this::score).toList();
    }

    VmScore score(dev.sternpost.drs.VmScore score) {
        return VmScore.newBuilder()
                .setVmId(score.vmId().value())
                .setVmName(name(score.vmId()))
                .setScore(score.score())
                .setCpuDemandedMhz(score.cpuDemandedMhz())
                .setCpuEntitledMhz(score.cpuEntitledMhz())
                .setCpuDeliveredMhz(score.cpuDeliveredMhz())
                .build();
    }
}
