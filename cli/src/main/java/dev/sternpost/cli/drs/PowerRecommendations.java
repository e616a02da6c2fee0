package dev.sternpost.cli.drs;

import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Table;
import dev.sternpost.cli.shell.Times;
import dev.sternpost.proto.power.v1.ApplyPowerRecommendationsRequest;
import dev.sternpost.proto.power.v1.ListPowerRecommendationsRequest;
import dev.sternpost.proto.power.v1.ListPowerRecommendationsResponse;
import dev.sternpost.proto.power.v1.PowerPass;
import dev.sternpost.proto.power.v1.PowerRecommendation;
import dev.sternpost.sdk.SternpostSession;
import java.io.PrintStream;
import java.util.List;

/** What power management recommends, beside what load balancing does. */
final class PowerRecommendations {
    private PowerRecommendations() {}

    /** Nothing where power is not managed. */
    static void show(PrintStream out, SternpostSession session, String cluster) {
        ListPowerRecommendationsRequest request =
                ListPowerRecommendationsRequest.newBuilder().setCluster(cluster).build();
        ListPowerRecommendationsResponse answer =
                session.call(() -> session.power().listPowerRecommendations(request));
        if (!answer.hasPass()) {
            return;
        }
        PowerPass pass = answer.getPass();
        out.println();
        if (pass.getRecommendationsCount() > 0) {
            table().print(out, "", pass.getRecommendationsList());
        }
        pass.getKeptList().forEach(kept -> out.println("%s %s".formatted(kept.getHostName(), kept.getReason())));
        out.println("power at %s: %s".formatted(Times.format(pass.getTime()), pass.getStopped()));
    }

    static Table<PowerRecommendation> table() {
        return new Table<PowerRecommendation>()
                .column("ID", PowerRecommendation::getId)
                .column("HOST", PowerRecommendation::getHostName)
                .column("DO", PowerRecommendations::action)
                .number("MOVES", each -> String.valueOf(each.getMoveCount()))
                .column("STATE", PowerRecommendations::state)
                .column("BECAUSE", PowerRecommendation::getReason);
    }

    private static String action(PowerRecommendation recommendation) {
        return switch (recommendation.getAction()) {
            case POWER_ACTION_ENTER_STANDBY -> "enter stand-by";
            case POWER_ACTION_EXIT_STANDBY -> "exit stand-by";
            case POWER_ACTION_UNSPECIFIED, UNRECOGNIZED -> "";
        };
    }

    private static String state(PowerRecommendation recommendation) {
        return switch (recommendation.getState()) {
            case POWER_RECOMMENDATION_STATE_PENDING -> "waits";
            case POWER_RECOMMENDATION_STATE_APPLIED -> recommendation.getTaskId();
            case POWER_RECOMMENDATION_STATE_FAILED -> "failed: " + recommendation.getFailure();
            case POWER_RECOMMENDATION_STATE_UNSPECIFIED, UNRECOGNIZED -> "";
        };
    }

    /** What came of applying them. */
    static List<PowerRecommendation> apply(SternpostSession session, String cluster, List<String> ids) {
        ApplyPowerRecommendationsRequest request = ApplyPowerRecommendationsRequest.newBuilder()
                .setCluster(cluster)
                .addAllIds(ids)
                .build();
        return session.call(() -> session.power().applyPowerRecommendations(request))
                .getPass()
                .getRecommendationsList();
    }

    static ExitCode outcome(List<PowerRecommendation> recommendations) {
        return recommendations.stream().anyMatch(each -> !each.getFailure().isEmpty())
                ? ExitCode.CONFLICT
                : ExitCode.DONE;
    }
}
