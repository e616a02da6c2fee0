package dev.sternpost.cli.drs;

import dev.sternpost.cli.connection.ServerVerb;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Properties;
import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.shell.Table;
import dev.sternpost.cli.shell.Times;
import dev.sternpost.cli.shell.Values;
import dev.sternpost.proto.drs.v1.DrsPlan;
import dev.sternpost.proto.drs.v1.DrsProblem;
import dev.sternpost.proto.drs.v1.ExplainVirtualMachineRequest;
import dev.sternpost.proto.drs.v1.ExplainVirtualMachineResponse;
import dev.sternpost.proto.drs.v1.GetDrsPassRequest;
import dev.sternpost.proto.drs.v1.GetDrsPassResponse;
import dev.sternpost.proto.drs.v1.Recommendation;
import dev.sternpost.proto.drs.v1.RejectedTarget;
import dev.sternpost.sdk.SternpostSession;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** Why a VM is where it is, or why a pass did what it did. */
final class DrsExplain extends ServerVerb {
    String subject = "";

    long pass;

    boolean input;

    @Override
    protected void declare(Syntax syntax) {
        syntax.describe("Explain why a running virtual machine is where it is, or all that a pass thought.")
                .example("sternpost drs explain web-1")
                .example("sternpost drs explain web-1 --pass 41")
                .example("sternpost drs explain 41")
                .argument("VM|PASS", "A virtual machine, or the number of a pass.", text -> subject = text)
                .option(
                        "--pass",
                        "PASS",
                        "The pass that is to explain the virtual machine. Default: the last one.",
                        text -> pass = Values.number(text))
                .flag("--input", "Of a pass, what went into it as JSON, and nothing else.", () -> input = true);
    }

    @Override
    protected ExitCode run(SternpostSession session) {
        return isNumber(subject) ? pass(session, Values.number(subject)) : vm(session);
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.chars().allMatch(Character::isDigit);
    }

    private ExitCode vm(SternpostSession session) {
        ExplainVirtualMachineRequest request = ExplainVirtualMachineRequest.newBuilder()
                .setVm(subject)
                .setPass(pass)
                .build();
        ExplainVirtualMachineResponse answer = session.call(() -> session.drs().explainVirtualMachine(request));
        if (!forPeople()) {
            print("", answer);
            return ExitCode.DONE;
        }
        print(
                new Properties()
                        .with("VM", answer.getScore().getVmName())
                        .with(
                                "Pass",
                                "%d at %s"
                                        .formatted(
                                                answer.getPass().getNumber(),
                                                Times.format(answer.getPass().getTime())))
                        .with("Host", answer.getHostName())
                        .with("Score", String.valueOf(answer.getScore().getScore()))
                        .with(
                                "CPU",
                                "%s demanded, %s entitled, %s delivered"
                                        .formatted(
                                                DrsWords.mhz(answer.getScore().getCpuDemandedMhz()),
                                                DrsWords.mhz(answer.getScore().getCpuEntitledMhz()),
                                                DrsWords.mhz(answer.getScore().getCpuDeliveredMhz())))
                        .with("Cost of a move", part(answer.getCost()))
                        .withAny("Rules", String.join(", ", answer.getRulesList()))
                        .withAny("Stays because it", String.join(", ", answer.getStaysList()))
                        .with(
                                "Recommended",
                                answer.hasRecommendation()
                                        ? "%s: %s"
                                                .formatted(
                                                        DrsWords.moves(answer.getRecommendation()),
                                                        answer.getRecommendation()
                                                                .getReason())
                                        : "nothing"),
                answer);
        shell().out().println();
        targets(shell().out(), "", answer.getHostsList());
        return ExitCode.DONE;
    }

    private static String part(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    private static void targets(PrintStream out, String indent, List<RejectedTarget> targets) {
        new Table<RejectedTarget>()
                .column("OTHER HOST", RejectedTarget::getHostName)
                .number("GAIN", target -> part(target.getGain()))
                .column(
                        "BUT IT",
                        target -> target.getReasonsCount() == 0 ? "-" : String.join(", ", target.getReasonsList()))
                .print(out, indent, targets);
    }

    private ExitCode pass(SternpostSession session, long number) {
        GetDrsPassRequest request = GetDrsPassRequest.newBuilder()
                .setPass(number)
                .setWithInput(input)
                .build();
        GetDrsPassResponse answer = session.call(() -> session.drs().getDrsPass(request));
        if (input) {
            printJson(answer.getInput());
        } else if (forPeople()) {
            people(shell().out(), answer);
        } else {
            print("", answer);
        }
        return ExitCode.DONE;
    }

    private static void people(PrintStream out, GetDrsPassResponse answer) {
        DrsPlan plan = answer.getPlan();
        out.printf(
                "Pass %d at %s (%s)%n%n",
                answer.getPass().getNumber(),
                Times.format(answer.getPass().getTime()),
                answer.getPass().getTrigger());
        DrsWords.balance(out, "", plan.getBefore());
        for (Recommendation each : plan.getRecommendationsList()) {
            out.printf(
                    "%nRecommended: %s (priority %d, score %s to %s, gain %s, cost %s)%n  %s%n",
                    DrsWords.moves(each),
                    each.getPriority(),
                    DrsWords.score(each.getScoreBefore()),
                    DrsWords.score(each.getScoreAfter()),
                    part(each.getGain()),
                    part(each.getCost()),
                    each.getReason());
            if (each.getRejectedCount() > 0) {
                targets(out, "  ", each.getRejectedList());
            }
        }
        out.println();
        for (DrsProblem problem : plan.getProblemsList()) {
            out.println("Problem: " + problem.getExplanation());
        }
        plan.getViolationsList().forEach(line -> out.println("Broken rule " + line));
        plan.getConflictsList().forEach(line -> out.println("Rules contradict each other: " + line));
        plan.getBindingConstraintsList().forEach(line -> out.println("Held back: " + line));
        out.println(
                plan.getRecommendationsCount() == 0
                        ? "Did nothing because " + plan.getStopped()
                        : "No more because " + plan.getStopped());
        out.println();
        DrsWords.vmScores().print(out, "", plan.getVmScoresList());
    }
}
