package dev.sternpost.server.api;

import dev.sternpost.proto.task.v1.MigrationDecision;
import dev.sternpost.proto.task.v1.MigrationForecast;
import dev.sternpost.proto.task.v1.MigrationProgress;
import dev.sternpost.proto.virtualmachine.v1.CheckMigrationResponse;
import dev.sternpost.proto.virtualmachine.v1.MigrationVerdict;
import dev.sternpost.server.host.HostPayload.MigrationConduct;
import dev.sternpost.server.migration.MigrationView;
import dev.sternpost.server.migration.Migrations;

/** What is expected of live migrations and decided in them, as messages. */
final class MigrationMessages {
    private MigrationMessages() {}

    static void fill(MigrationProgress.Builder message, MigrationView view) {
        message.setBandwidthBytesPerSecond(view.bandwidthBytesPerSecond())
                .setGuestSlowdown(view.guestSlowdown())
                .setDowntimeLimitMs(view.downtimeLimitMillis());
        if (view.forecast() != null) {
            message.setForecast(forecast(view.forecast()));
        }
        MigrationConduct conduct = view.conduct();
        if (conduct != null) {
            message.setOutlook(conduct.outlook());
            conduct.decisions()
                    .forEach(decision -> message.addDecisions(MigrationDecision.newBuilder()
                            .setElapsedMs(decision.elapsedMillis())
                            .setRound(decision.round())
                            .setKind(decision.kind())
                            .setReason(decision.reason())));
        }
    }

    private static MigrationForecast forecast(dev.sternpost.server.migration.MigrationForecast forecast) {
        return MigrationForecast.newBuilder()
                .setConvergence(forecast.convergence())
                .setTotalLowMs(Math.round(forecast.totalMillis().low()))
                .setTotalExpectedMs(Math.round(forecast.totalMillis().expected()))
                .setTotalHighMs(Math.round(forecast.totalMillis().high()))
                .setPauseLowMs(forecast.pauseMillis().low())
                .setPauseExpectedMs(forecast.pauseMillis().expected())
                .setPauseHighMs(forecast.pauseMillis().high())
                .setSentBytes(forecast.sentBytes())
                .setRounds(forecast.rounds())
                .setHotSetBytes(forecast.hotSetBytes())
                .setWriteRateBytesPerSecond(forecast.writeBytesPerSecond())
                .setBandwidthBytesPerSecond(forecast.bandwidthBytesPerSecond())
                .setSentence(forecast.sentence())
                .setBasis(forecast.basis())
                .build();
    }

    static CheckMigrationResponse of(Migrations.Check check) {
        CheckMigrationResponse.Builder message =
                CheckMigrationResponse.newBuilder().setDowntimeLimitMs(check.downtimeLimitMillis());
        check.hosts()
                .forEach(host -> message.addHosts(MigrationVerdict.newBuilder()
                        .setHostId(host.hostId().value())
                        .setHostName(host.hostName())
                        .addAllObstacles(host.obstacles())
                        .addAllNotes(host.notes())));
        if (check.forecast() != null) {
            message.setForecast(forecast(check.forecast()));
        }
        return message.build();
    }
}
