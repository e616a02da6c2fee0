package dev.sternpost.cli.task;

import dev.sternpost.cli.shell.Sizes;
import dev.sternpost.cli.shell.Table;
import dev.sternpost.cli.shell.Times;
import dev.sternpost.cli.shell.Words;
import dev.sternpost.proto.task.v1.DowntimeSource;
import dev.sternpost.proto.task.v1.MigrationDecision;
import dev.sternpost.proto.task.v1.MigrationForecast;
import dev.sternpost.proto.task.v1.MigrationProgress;
import dev.sternpost.proto.task.v1.PrecopyRound;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A live migration in figures: its rounds, how long it took, and how long the guest stood still. */
public final class MigrationReport {
    private static final int FIRST_ROUNDS = 6;
    private static final int LAST_ROUNDS = 4;

    private MigrationReport() {}

    /** Prints the rounds and the totals, each line begun with this. */
    public static void print(PrintStream out, String indent, MigrationProgress migration) {
        if (migration.hasForecast()) {
            printForecast(out, indent, migration.getForecast());
        }
        long most = migration.getRoundsList().stream()
                .mapToLong(PrecopyRound::getRemainingBytes)
                .max()
                .orElse(0);
        new Table<PrecopyRound>()
                .number("ROUND", round -> String.valueOf(round.getNumber()))
                .number("SENT", round -> Sizes.format(round.getSentBytes()))
                .number("LEFT", round -> Sizes.format(round.getRemainingBytes()))
                .number("DIRTIED", round -> Sizes.format(round.getDirtyRateBytesPerSecond()) + "/s")
                .number("TOOK", round -> Times.format(Duration.ofMillis(round.getDurationMs())))
                .column("LEFT, AS A CHART", round -> bar(round.getRemainingBytes(), most))
                .print(out, indent, shown(migration.getRoundsList()));
        int left = migration.getRoundsCount() - FIRST_ROUNDS - LAST_ROUNDS;
        if (left > 0) {
            out.println(indent + "(%d rounds in between are left out; task show -o json has all)".formatted(left));
        }
        for (MigrationDecision decision : migration.getDecisionsList()) {
            out.println(indent
                    + "%s, round %d: %s: %s"
                            .formatted(
                                    Times.format(Duration.ofMillis(decision.getElapsedMs())),
                                    decision.getRound(),
                                    decision.getKind()
                                            .replaceAll("([A-Z])", " $1")
                                            .toLowerCase(Locale.ROOT),
                                    decision.getReason()));
        }
        out.println(indent + totals(migration));
        if (migration.getDowntimeLimitMs() > 0) {
            out.println(indent + promise(migration));
        }
        if (migration.hasForecast() && migration.getTotalMs() > 0) {
            out.println(indent + against(migration));
        }
    }

    /** What is expected, and what that rests on. */
    public static void printForecast(PrintStream out, String indent, MigrationForecast forecast) {
        out.println(indent
                + "%s; about %s in %d rounds at %s/s, writing %s/s of %s"
                        .formatted(
                                forecast.getSentence(),
                                Sizes.format(forecast.getSentBytes()),
                                forecast.getRounds(),
                                Sizes.format(forecast.getBandwidthBytesPerSecond()),
                                Sizes.format(forecast.getWriteRateBytesPerSecond()),
                                Sizes.format(forecast.getHotSetBytes())));
        out.println(indent + "(known: " + forecast.getBasis() + ")");
    }

    /** "a pause of 300 ms is allowed, 20-60 ms are expected", and what that means when it is more. */
    public static String allowance(long allowedMillis, MigrationForecast forecast) {
        String sentence = String.format(
                Locale.ROOT,
                "a pause of %s is allowed, %.0f-%.0f ms are expected",
                Times.format(Duration.ofMillis(allowedMillis)),
                forecast.getPauseLowMs(),
                forecast.getPauseHighMs());
        return forecast.getPauseHighMs() > allowedMillis ? sentence + ": it may not be kept" : sentence;
    }

    private static final int BAR_WIDTH = 24;

    /** A line as long as what is left. */
    private static String bar(long bytes, long most) {
        return most == 0 ? "" : "#".repeat((int) Math.ceil((double) bytes * BAR_WIDTH / most));
    }

    /** "expected 1.2 s, took 1.4 s (14 % off); expected a pause of 40 ms, was 38.4 ms". */
    static String against(MigrationProgress migration) {
        MigrationForecast forecast = migration.getForecast();
        double off = 100.0 * Math.abs(forecast.getTotalExpectedMs() - migration.getTotalMs()) / migration.getTotalMs();
        return String.format(
                Locale.ROOT,
                "expected %s, took %s (%.0f %% off); expected a pause of %.0f ms, was %s",
                Times.format(Duration.ofMillis(forecast.getTotalExpectedMs())),
                Times.format(Duration.ofMillis(migration.getTotalMs())),
                off,
                forecast.getPauseExpectedMs(),
                pause(migration));
    }

    /** "pause: 300 ms allowed, 20-60 ms expected, 38.4 ms in fact". */
    static String promise(MigrationProgress migration) {
        MigrationForecast forecast = migration.getForecast();
        String expected = migration.hasForecast()
                ? String.format(
                        Locale.ROOT, ", %.0f-%.0f ms expected", forecast.getPauseLowMs(), forecast.getPauseHighMs())
                : "";
        String actual = migration.getDowntimeSource() == DowntimeSource.DOWNTIME_SOURCE_UNSPECIFIED
                ? ""
                : ", " + pause(migration) + " in fact"
                        + (migration.getDowntimeMs() > migration.getDowntimeLimitMs() ? ": not kept" : "");
        return "pause: " + Times.format(Duration.ofMillis(migration.getDowntimeLimitMs())) + " allowed" + expected
                + actual;
    }

    /** A guest that is held back for long has very many small rounds; how it began and ended is what counts. */
    static List<PrecopyRound> shown(List<PrecopyRound> rounds) {
        if (rounds.size() <= FIRST_ROUNDS + LAST_ROUNDS) {
            return rounds;
        }
        List<PrecopyRound> ends = new ArrayList<>(rounds.subList(0, FIRST_ROUNDS));
        ends.addAll(rounds.subList(rounds.size() - LAST_ROUNDS, rounds.size()));
        return ends;
    }

    /** "1.4 s in all, 136 MiB sent; the guest paused 38.4 ms (read off the guest's own ticker)". */
    public static String totals(MigrationProgress migration) {
        String slowed = migration.getGuestSlowdown() < 0.0005
                ? ""
                : String.format(
                        Locale.ROOT, "; %.1f %% of its time was taken from it", migration.getGuestSlowdown() * 100);
        return "%s in all, %s sent; the guest paused %s (%s)%s"
                .formatted(
                        Times.format(Duration.ofMillis(migration.getTotalMs())),
                        Sizes.format(migration.getSentBytes()),
                        pause(migration),
                        Words.of(migration.getDowntimeSource()),
                        slowed);
    }

    /** "38.4 ms"; "?" when it was not measured. */
    public static String pause(MigrationProgress migration) {
        return migration.getDowntimeSource() == DowntimeSource.DOWNTIME_SOURCE_UNSPECIFIED
                ? "?"
                : String.format(Locale.ROOT, "%.1f ms", migration.getDowntimeMs());
    }
}
