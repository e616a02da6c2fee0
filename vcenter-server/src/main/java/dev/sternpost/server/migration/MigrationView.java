package dev.sternpost.server.migration;

import dev.sternpost.server.host.HostPayload.DowntimeSource;
import dev.sternpost.server.host.HostPayload.MigrationReport;
import dev.sternpost.server.work.Json;
import dev.sternpost.task.TaskSummary;
import dev.sternpost.vmotion.precopy.PrecopyRound;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a live migration goes or went, for people and programs. It is the report of tasks of kind {@link LiveMigration#KIND}.
 *
 * @param downtimeMillis guest-seen pause; 0 until known
 * @param downtimeSource where it was read; null until known
 * @param totalMillis from the first byte to the guest running at the target; 0 until known
 */
public record MigrationView(
        String sourceHostId,
        String targetHostId,
        List<PrecopyRound> rounds,
        long sentBytes,
        double downtimeMillis,
        @Nullable DowntimeSource downtimeSource,
        long totalMillis) {

    public MigrationView {
        rounds = List.copyOf(rounds);
    }

    static MigrationView begun(String sourceHostId, String targetHostId) {
        return new MigrationView(sourceHostId, targetHostId, List.of(), 0, 0, null, 0);
    }

    MigrationView with(MigrationReport report) {
        return new MigrationView(
                sourceHostId,
                targetHostId,
                report.progress().rounds(),
                report.sentBytes(),
                downtimeMillis,
                downtimeSource,
                totalMillis);
    }

    MigrationView ended(double newDowntimeMillis, DowntimeSource source, long newTotalMillis) {
        return new MigrationView(
                sourceHostId, targetHostId, rounds, sentBytes, newDowntimeMillis, source, newTotalMillis);
    }

    /** The report of a task; empty when it has none. */
    public static Optional<MigrationView> of(TaskSummary summary) {
        return summary.report().isEmpty()
                ? Optional.empty()
                : Optional.of(Json.read(summary.report(), MigrationView.class));
    }
}
