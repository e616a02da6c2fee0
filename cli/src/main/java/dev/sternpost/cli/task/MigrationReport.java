package dev.sternpost.cli.task;

import dev.sternpost.cli.shell.Sizes;
import dev.sternpost.cli.shell.Table;
import dev.sternpost.cli.shell.Times;
import dev.sternpost.cli.shell.Words;
import dev.sternpost.proto.task.v1.DowntimeSource;
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
        new Table<PrecopyRound>()
                .number("ROUND", round -> String.valueOf(round.getNumber()))
                .number("SENT", round -> Sizes.format(round.getSentBytes()))
                .number("LEFT", round -> Sizes.format(round.getRemainingBytes()))
                .number("DIRTIED", round -> Sizes.format(round.getDirtyRateBytesPerSecond()) + "/s")
                .number("TOOK", round -> Times.format(Duration.ofMillis(round.getDurationMs())))
                .print(out, indent, shown(migration.getRoundsList()));
        int left = migration.getRoundsCount() - FIRST_ROUNDS - LAST_ROUNDS;
        if (left > 0) {
            out.println(indent + "(%d rounds in between are left out; task show -o json has all)".formatted(left));
        }
        out.println(indent + totals(migration));
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
        return "%s in all, %s sent; the guest paused %s (%s)"
                .formatted(
                        Times.format(Duration.ofMillis(migration.getTotalMs())),
                        Sizes.format(migration.getSentBytes()),
                        pause(migration),
                        Words.of(migration.getDowntimeSource()));
    }

    /** "38.4 ms"; "?" when it was not measured. */
    public static String pause(MigrationProgress migration) {
        return migration.getDowntimeSource() == DowntimeSource.DOWNTIME_SOURCE_UNSPECIFIED
                ? "?"
                : String.format(Locale.ROOT, "%.1f ms", migration.getDowntimeMs());
    }
}
