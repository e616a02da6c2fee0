package dev.sternpost.server.migration;

import dev.sternpost.server.host.HostPayload.DowntimeSource;
import dev.sternpost.server.host.HostPayload.MigrationConduct;
import dev.sternpost.server.host.HostPayload.MigrationDecision;
import dev.sternpost.server.host.HostPayload.MigrationReport;
import dev.sternpost.server.work.Json;
import dev.sternpost.task.TaskSummary;
import dev.sternpost.vmotion.precopy.PrecopyRound;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a live migration goes or went, for people and programs. It is the report of tasks of kind {@link LiveMigration#KIND}.
 *
 * @param downtimeMillis guest-seen pause; 0 until known
 * @param downtimeSource where it was read; null until known
 * @param totalMillis from the first byte to the guest running at the target; 0 until known
 * @param bandwidthBytesPerSecond achieved; 0 until known
 * @param limited whether a limit of bandwidth was asked for
 * @param downtimeLimitMillis longest pause it aims at; 0 in tasks of older servers
 * @param forecast what was expected of it; null when nothing was
 * @param conduct how its source led it; null when nothing is known of that
 */
public record MigrationView(
        String sourceHostId,
        String targetHostId,
        List<PrecopyRound> rounds,
        long sentBytes,
        double downtimeMillis,
        @Nullable DowntimeSource downtimeSource,
        long totalMillis,
        long bandwidthBytesPerSecond,
        boolean limited,
        long downtimeLimitMillis,
        @Nullable MigrationForecast forecast,
        @Nullable MigrationConduct conduct) {

    public MigrationView {
        rounds = List.copyOf(rounds);
    }

    static MigrationView begun(
            String sourceHostId,
            String targetHostId,
            boolean limited,
            long downtimeLimitMillis,
            @Nullable MigrationForecast forecast) {
        return new MigrationView(
                sourceHostId, targetHostId, List.of(), 0, 0, null, 0, 0, limited, downtimeLimitMillis, forecast, null);
    }

    MigrationView with(MigrationReport report) {
        return new MigrationView(
                sourceHostId,
                targetHostId,
                report.progress().rounds(),
                report.sentBytes(),
                downtimeMillis,
                downtimeSource,
                totalMillis,
                // In the switch-over it is that of the last few pages, which says nothing of the link.
                Math.max(bandwidthBytesPerSecond, report.progress().bandwidthBytesPerSecond()),
                limited,
                downtimeLimitMillis,
                forecast,
                report.conduct() == null ? conduct : report.conduct());
    }

    MigrationView ended(double newDowntimeMillis, DowntimeSource source, long newTotalMillis) {
        return new MigrationView(
                sourceHostId,
                targetHostId,
                rounds,
                sentBytes,
                newDowntimeMillis,
                source,
                newTotalMillis,
                bandwidthBytesPerSecond,
                limited,
                downtimeLimitMillis,
                forecast,
                conduct);
    }

    /** Number of the first round in which time was taken from the guest; above all there are when none was. */
    int firstThrottledRound() {
        return conduct == null
                ? Integer.MAX_VALUE
                : conduct.decisions().stream()
                        .filter(decision -> decision.kind().equals("throttle"))
                        .mapToInt(MigrationDecision::round)
                        .min()
                        .orElse(Integer.MAX_VALUE);
    }

    /** Whether the guest stood still no longer than was allowed; also while neither is known. */
    boolean pauseMet() {
        return downtimeLimitMillis == 0 || downtimeMillis <= downtimeLimitMillis;
    }

    /** "Guest runs, pause 38.4 ms of 300 ms allowed", or by how much the pause was longer. */
    String pauseSentence() {
        return String.format(
                Locale.ROOT,
                pauseMet()
                        ? "Guest runs, pause %.1f ms of %d ms allowed"
                        : "Guest runs, pause %.1f ms, longer than the %d ms allowed",
                downtimeMillis,
                downtimeLimitMillis);
    }

    /** Share of its time that was taken from the guest, 0 to 1. */
    public double guestSlowdown() {
        long millis = totalMillis > 0
                ? totalMillis
                : rounds.stream().mapToLong(PrecopyRound::durationMillis).sum();
        return conduct == null || millis == 0 ? 0 : Math.min(1, conduct.takenMillis() / millis);
    }

    /** The report of a task; empty when it has none. */
    public static Optional<MigrationView> of(TaskSummary summary) {
        return summary.report().isEmpty()
                ? Optional.empty()
                : Optional.of(Json.read(summary.report(), MigrationView.class));
    }
}
