package dev.sternpost.cli.vm;

import dev.sternpost.cli.shell.Table;
import dev.sternpost.cli.task.MigrationReport;
import dev.sternpost.proto.virtualmachine.v1.CheckMigrationResponse;
import dev.sternpost.proto.virtualmachine.v1.MigrationVerdict;
import java.io.PrintStream;

/** What a move would mean, before it. */
final class MigrationPreview {
    private MigrationPreview() {}

    /** @param withFiles whether its files would go along */
    static void print(PrintStream out, CheckMigrationResponse check, boolean withFiles) {
        new Table<MigrationVerdict>()
                .column("HOST", MigrationVerdict::getHostName)
                .column("FITS", host -> host.getObstaclesCount() == 0 ? "yes" : "no")
                .column("WHY NOT", host -> String.join("; ", host.getObstaclesList()))
                .print(out, "", check.getHostsList());
        check.getHostsList().stream()
                .filter(host -> host.getObstaclesCount() == 0)
                .flatMap(host -> host.getNotesList().stream())
                .forEach(note -> out.println("note: " + note));
        if (check.hasForecast()) {
            MigrationReport.printForecast(out, "", check.getForecast());
            out.println(MigrationReport.allowance(check.getDowntimeLimitMs(), check.getForecast()));
        } else if (withFiles) {
            out.println("its files are sent to the other host; how long that takes is not forecast");
        } else {
            out.println("it does not run, so it is only assigned to the other host: no copying, no pause");
        }
    }
}
