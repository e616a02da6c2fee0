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
import java.util.Locale;

/** A live migration in figures: its rounds, how long it took, and how long the guest stood still. */
public final class MigrationReport {
    private MigrationReport() {}

    /** Prints the rounds and the totals, each line begun with this. */
    public static void print(PrintStream out, String indent, MigrationProgress migration) {
        new Table<PrecopyRound>()
                .number("ROUND", round -> String.valueOf(round.getNumber()))
                .number("SENT", round -> Sizes.format(round.getSentBytes()))
                .number("LEFT", round -> Sizes.format(round.getRemainingBytes()))
                .number("DIRTIED", round -> Sizes.format(round.getDirtyRateBytesPerSecond()) + "/s")
                .number("TOOK", round -> Times.format(Duration.ofMillis(round.getDurationMs())))
                .print(out, indent, migration.getRoundsList());
        out.println(indent + totals(migration));
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
