package dev.sternpost.cli.drs;

import dev.sternpost.cli.connection.ServerVerb;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Noun;
import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.shell.Table;
import dev.sternpost.cli.shell.Times;
import dev.sternpost.cli.shell.UsageFailure;
import dev.sternpost.cli.shell.Values;
import dev.sternpost.proto.drs.v1.ApplyRecommendationsRequest;
import dev.sternpost.proto.drs.v1.ApplyRecommendationsResponse;
import dev.sternpost.proto.drs.v1.DismissRecommendationsRequest;
import dev.sternpost.proto.drs.v1.DrsPass;
import dev.sternpost.proto.drs.v1.GetDrsScoreRequest;
import dev.sternpost.proto.drs.v1.GetDrsScoreResponse;
import dev.sternpost.proto.drs.v1.ListDrsPassesRequest;
import dev.sternpost.proto.drs.v1.ListRecommendationsRequest;
import dev.sternpost.proto.drs.v1.ListRecommendationsResponse;
import dev.sternpost.proto.drs.v1.ReplayDrsPassRequest;
import dev.sternpost.proto.drs.v1.ReplayDrsPassResponse;
import dev.sternpost.proto.drs.v1.RunDrsPassRequest;
import dev.sternpost.proto.drs.v1.RunDrsPassResponse;
import dev.sternpost.proto.power.v1.PowerRecommendation;
import dev.sternpost.sdk.SternpostSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** sternpost drs ... */
public final class DrsCommands {
    private DrsCommands() {}

    /** The noun with its verbs. */
    public static Noun noun() {
        return new Noun("drs", "Load balancing: what it recommends, does and did, and why.")
                .with("ls", Ls::new)
                .with("apply", Apply::new)
                .with("dismiss", Dismiss::new)
                .with("run", Run::new)
                .with("score", Score::new)
                .with("passes", Passes::new)
                .with("explain", DrsExplain::new)
                .with("replay", Replay::new)
                .with("what-if", DrsWhatIf::new);
    }

    static void clusterOption(Syntax syntax, Consumer<String> setter) {
        syntax.option("--cluster", "CLUSTER", "Name, path or id. Default: the only one.", setter);
    }

    private static String pass(DrsPass pass) {
        return "pass %d at %s (%s), score %s: %s"
                .formatted(
                        pass.getNumber(),
                        Times.format(pass.getTime()),
                        pass.getTrigger(),
                        DrsWords.score(pass.getScoreBefore()),
                        pass.getStopped());
    }

    static final class Ls extends ServerVerb {
        String cluster = "";

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("List the recommendations of the last pass, and those of power management.")
                    .example("sternpost drs ls");
            clusterOption(syntax, text -> cluster = text);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            ListRecommendationsRequest request =
                    ListRecommendationsRequest.newBuilder().setCluster(cluster).build();
            ListRecommendationsResponse answer =
                    session.call(() -> session.drs().listRecommendations(request));
            print(DrsWords.recommendations(), answer.getRecommendationsList());
            if (forPeople()) {
                shell().out().println(answer.hasPass() ? pass(answer.getPass()) : "there was no pass yet");
                PowerRecommendations.show(shell().out(), session, cluster);
            }
            return ExitCode.DONE;
        }
    }

    static final class Apply extends ServerVerb {
        String cluster = "";

        List<String> ids = new ArrayList<>();

        List<String> powerIds = new ArrayList<>();

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Do what is recommended, and show the tasks that do it.")
                    .example("sternpost drs apply")
                    .example("sternpost drs apply drs-41-1 drs-41-2")
                    .example("sternpost drs apply dpm-7-1")
                    .anyArguments(
                            "ID",
                            "Recommendations. Default: all moves that wait; those of power management are named.",
                            text -> (text.startsWith("dpm-") ? powerIds : ids).add(text));
            clusterOption(syntax, text -> cluster = text);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            if (!powerIds.isEmpty()) {
                if (!ids.isEmpty()) {
                    throw new UsageFailure("Apply moves and what power management recommends one after the other.");
                }
                List<PowerRecommendation> applied = PowerRecommendations.apply(session, cluster, powerIds);
                print(PowerRecommendations.table(), applied);
                return PowerRecommendations.outcome(applied);
            }
            ApplyRecommendationsRequest request = ApplyRecommendationsRequest.newBuilder()
                    .setCluster(cluster)
                    .addAllIds(ids)
                    .build();
            ApplyRecommendationsResponse answer =
                    session.call(() -> session.drs().applyRecommendations(request));
            print(DrsWords.recommendations(), answer.getRecommendationsList());
            boolean failed = answer.getRecommendationsList().stream()
                    .anyMatch(each -> !each.getFailure().isEmpty());
            return failed ? ExitCode.CONFLICT : ExitCode.DONE;
        }
    }

    static final class Dismiss extends ServerVerb {
        List<String> ids = new ArrayList<>();

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Set recommendations aside; the next pass may make them again.")
                    .example("sternpost drs dismiss drs-41-2")
                    .arguments("ID", "Recommendations.", ids::add);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            DismissRecommendationsRequest request =
                    DismissRecommendationsRequest.newBuilder().addAllIds(ids).build();
            print(
                    String.join(", ", ids) + ": set aside",
                    session.call(() -> session.drs().dismissRecommendations(request)));
            return ExitCode.DONE;
        }
    }

    static final class Run extends ServerVerb {
        String cluster = "";

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe(
                            "Look at a cluster now, as is done every interval; what its automation level allows is done.")
                    .example("sternpost drs run");
            clusterOption(syntax, text -> cluster = text);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            RunDrsPassRequest request =
                    RunDrsPassRequest.newBuilder().setCluster(cluster).build();
            RunDrsPassResponse answer = session.call(() -> session.drs().runDrsPass(request));
            if (forPeople()) {
                print(DrsWords.recommendations(), answer.getRecommendationsList());
                shell().out().println(pass(answer.getPass()));
            } else {
                print("", answer);
            }
            return ExitCode.DONE;
        }
    }

    static final class Score extends ServerVerb {
        String cluster = "";

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Show how a cluster, its hosts and its running virtual machines are off now.")
                    .example("sternpost drs score");
            clusterOption(syntax, text -> cluster = text);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            GetDrsScoreRequest request =
                    GetDrsScoreRequest.newBuilder().setCluster(cluster).build();
            GetDrsScoreResponse answer = session.call(() -> session.drs().getDrsScore(request));
            if (forPeople()) {
                DrsWords.balance(shell().out(), "", answer.getBalance());
                shell().out().println();
                print(DrsWords.vmScores(), answer.getVmScoresList());
            } else {
                print("", answer);
            }
            return ExitCode.DONE;
        }
    }

    static final class Passes extends ServerVerb {
        String cluster = "";

        int count = 20;

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("List the passes that are kept, newest first.")
                    .example("sternpost drs passes -n 5")
                    .option("-n, --count", "COUNT", "How many. Default: 20.", text -> count = Values.whole(text));
            clusterOption(syntax, text -> cluster = text);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            ListDrsPassesRequest request = ListDrsPassesRequest.newBuilder()
                    .setCluster(cluster)
                    .setPageSize(count)
                    .build();
            print(
                    new Table<DrsPass>()
                            .number("PASS", pass -> String.valueOf(pass.getNumber()))
                            .column("TIME", pass -> Times.format(pass.getTime()))
                            .column("BECAUSE", DrsPass::getTrigger)
                            .number("RECOMMENDED", pass -> String.valueOf(pass.getRecommendationCount()))
                            .number("SCORE", pass -> DrsWords.score(pass.getScoreBefore()))
                            .number("AFTER", pass -> DrsWords.score(pass.getScoreAfter()))
                            .column("STOPPED", DrsPass::getStopped),
                    session.call(() -> session.drs().listDrsPasses(request)).getPassesList());
            return ExitCode.DONE;
        }
    }

    static final class Replay extends ServerVerb {
        long pass;

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Make a pass again from what went into it, and compare the two plans byte by byte.")
                    .example("sternpost drs replay 41")
                    .argument("PASS", "Number of the pass.", text -> pass = Values.number(text));
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            ReplayDrsPassRequest request =
                    ReplayDrsPassRequest.newBuilder().setPass(pass).build();
            ReplayDrsPassResponse answer = session.call(() -> session.drs().replayDrsPass(request));
            print(
                    answer.getIdentical()
                            ? String.format(
                                    Locale.ROOT,
                                    "pass %d made again: the same plan, byte by byte (%d bytes)",
                                    pass,
                                    answer.getPlanBytes())
                            : "pass %d made again differs:%n%s".formatted(pass, answer.getDifference()),
                    answer);
            return answer.getIdentical() ? ExitCode.DONE : ExitCode.CONFLICT;
        }
    }
}
