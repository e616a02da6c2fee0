package dev.sternpost.cli.drs;

import dev.sternpost.cli.connection.ServerVerb;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Sizes;
import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.shell.UsageFailure;
import dev.sternpost.cli.shell.Values;
import dev.sternpost.proto.drs.v1.AskWhatIfRequest;
import dev.sternpost.proto.drs.v1.AskWhatIfResponse;
import dev.sternpost.proto.drs.v1.DrsPlan;
import dev.sternpost.proto.drs.v1.VmSize;
import dev.sternpost.sdk.SternpostSession;
import java.io.PrintStream;

/** Plans for a cluster that is not so; nothing is touched. */
final class DrsWhatIf extends ServerVerb {
    private final AskWhatIfRequest.Builder question = AskWhatIfRequest.newBuilder();

    @Override
    protected void declare(Syntax syntax) {
        syntax.describe(
                        "Plan for a cluster with a host less or more, or with a larger virtual machine. Nothing is touched.")
                .example("sternpost drs what-if --remove-host host-3")
                .example("sternpost drs what-if --add-host 2")
                .example("sternpost drs what-if --vm-grows web-1=4G --vm-grows db-1=8cpu")
                .option(
                        "--remove-host",
                        "HOST",
                        "A host that is taken away. May be given several times.",
                        question::addRemoveHosts)
                .option(
                        "--add-host",
                        "COUNT",
                        "As many hosts more, each like the first of the cluster.",
                        text -> question.setAddHosts(Values.whole(text)))
                .option(
                        "--vm-grows",
                        "VM=SIZE",
                        "A virtual machine with another size: memory like 4G, or virtual CPUs like 8cpu. May be given several times.",
                        text -> question.addVmSizes(size(text)));
        DrsCommands.clusterOption(syntax, question::setCluster);
    }

    private static VmSize size(String text) {
        int equals = text.lastIndexOf('=');
        if (equals < 1) {
            throw new UsageFailure("\"%s\": write it like web-1=4G or web-1=8cpu".formatted(text));
        }
        VmSize.Builder size = VmSize.newBuilder().setVm(text.substring(0, equals));
        String wanted = text.substring(equals + 1);
        return wanted.endsWith("cpu")
                ? size.setCpuCount(Values.whole(wanted.substring(0, wanted.length() - "cpu".length())))
                        .build()
                : size.setMemoryBytes(Sizes.parse(wanted)).build();
    }

    @Override
    protected ExitCode run(SternpostSession session) {
        AskWhatIfResponse answer = session.call(() -> session.drs().askWhatIf(question.build()));
        if (!forPeople()) {
            print("", answer);
            return ExitCode.DONE;
        }
        tell(shell().out(), "As it is", answer.getAsIs());
        shell().out().println();
        tell(shell().out(), "As it would be", answer.getChanged());
        return ExitCode.DONE;
    }

    private static void tell(PrintStream out, String title, DrsPlan plan) {
        out.printf(
                "%s: score %s, and %s when all that is recommended is done%n",
                title,
                DrsWords.score(plan.getBefore().getScore()),
                DrsWords.score(plan.getAfter().getScore()));
        plan.getRecommendationsList()
                .forEach(each -> out.printf("  %s (%s)%n", DrsWords.moves(each), each.getReason()));
        plan.getProblemsList().forEach(problem -> out.println("  problem: " + problem.getExplanation()));
        if (plan.getRecommendationsCount() == 0) {
            out.println("  nothing is recommended: " + plan.getStopped());
        }
    }
}
