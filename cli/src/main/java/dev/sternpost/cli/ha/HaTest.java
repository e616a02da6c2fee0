package dev.sternpost.cli.ha;

import dev.sternpost.cli.connection.ServerVerb;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.shell.Table;
import dev.sternpost.proto.ha.v1.HaPlannedStart;
import dev.sternpost.proto.ha.v1.HaStranded;
import dev.sternpost.proto.ha.v1.TestFailoverRequest;
import dev.sternpost.proto.ha.v1.TestFailoverResponse;
import dev.sternpost.sdk.SternpostSession;
import java.io.PrintStream;
import java.util.Comparator;

/** What would start where if hosts failed; nothing is touched. */
final class HaTest extends ServerVerb {
    private final TestFailoverRequest.Builder request = TestFailoverRequest.newBuilder();

    @Override
    protected void declare(Syntax syntax) {
        syntax.describe("Show what would start where if hosts failed together now. Nothing is touched.")
                .example("sternpost ha test host-1")
                .example("sternpost ha test host-1 host-2 --cluster cluster-1")
                .option("--cluster", "CLUSTER", "Name, path or id. Default: the only one.", request::setCluster)
                .arguments("HOST", "The hosts that fail: names, paths or ids.", request::addHosts);
    }

    @Override
    protected ExitCode run(SternpostSession session) {
        TestFailoverResponse answer =
                session.call(() -> session.highAvailability().testFailover(request.build()));
        if (forPeople()) {
            show(shell().out(), answer);
        } else {
            print("", answer);
        }
        return answer.getStrandedCount() == 0 ? ExitCode.DONE : ExitCode.CONFLICT;
    }

    private static void show(PrintStream out, TestFailoverResponse answer) {
        if (answer.getStartsCount() > 0) {
            new Table<HaPlannedStart>()
                    .number("WAVE", start -> String.valueOf(start.getWave()))
                    .column("VM", HaPlannedStart::getVmName)
                    .column("PRIORITY", start -> HaWords.of(start.getPriority()))
                    .column("FROM", HaPlannedStart::getFromHostName)
                    .column("TO", HaPlannedStart::getToHostName)
                    .print(out, "", answer.getStartsList());
        }
        if (answer.getStrandedCount() > 0) {
            out.println();
            out.println("Would not start:");
            new Table<HaStranded>()
                    .column("VM", HaStranded::getVmName)
                    .column("PRIORITY", stranded -> HaWords.of(stranded.getPriority()))
                    .column("FROM", HaStranded::getFromHostName)
                    .column("BECAUSE", HaStranded::getReason)
                    .print(out, "", answer.getStrandedList());
        }
        int waves = answer.getStartsList().stream()
                .map(HaPlannedStart::getWave)
                .max(Comparator.naturalOrder())
                .orElse(0);
        out.println("%d would start in %d waves, %d would not"
                .formatted(answer.getStartsCount(), waves, answer.getStrandedCount()));
    }
}
