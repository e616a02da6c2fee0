package dev.sternpost.cli.demo;

import dev.sternpost.cli.connection.ServerVerb;
import dev.sternpost.cli.shell.CommandFailure;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.shell.Times;
import dev.sternpost.cli.shell.UsageFailure;
import dev.sternpost.sdk.SternpostException;
import dev.sternpost.sdk.SternpostSession;
import java.time.Duration;

public final class Demo extends ServerVerb {
    boolean json;

    String template = "linux-guest";

    String compute = "/DC0/host/cluster-1";

    String what = "";

    Duration settle = Duration.ofMillis(1_500);

    @Override
    protected void declare(Syntax syntax) {
        syntax.describe("Show in the open what the datacenter does: make two virtual machines, let one ping the other,"
                        + " move it to another host and back meanwhile, and tell what the guests saw. Machines demo-1 and"
                        + " demo-2 of an earlier run are deleted first; the new ones are left running.")
                .example("sternpost demo")
                .example("sternpost demo --json > demo.json")
                .example("sternpost demo drs")
                .optionalArgument(
                        "drs",
                        "Show load balancing instead: three busy virtual machines on one host, moved apart.",
                        this::choose)
                .flag(
                        "--json",
                        "Print one JSON document with the facts, and the story on standard error.",
                        () -> json = true)
                .option("--template", "TEMPLATE", "Default: linux-guest.", text -> template = text)
                .option("--in", "CLUSTER", "Default: /DC0/host/cluster-1.", text -> compute = text)
                .option(
                        "--settle",
                        "TIME",
                        "How long the ping runs before and after each migration. Default: 1500ms.",
                        text -> settle = Times.parse(text));
    }

    private void choose(String text) {
        if (!text.equals("drs")) {
            throw new UsageFailure("there is no demonstration \"%s\"; it is drs, or nothing".formatted(text));
        }
        what = text;
    }

    @Override
    protected ExitCode run(SternpostSession session) throws InterruptedException {
        return what.isEmpty() ? travel(session) : balance(session);
    }

    private ExitCode balance(SternpostSession session) throws InterruptedException {
        long begun = System.nanoTime();
        Story story = new Story(json ? shell().err() : shell().out());
        DrsReport report = new DrsReport();
        ExitCode outcome = ExitCode.DONE;
        try {
            new DrsScript(session, story, report).play(template, compute);
        } catch (SternpostException e) {
            report.fail("%s (%s)".formatted(e.message(), e.code()));
            outcome = ExitCode.of(e);
            tell(e.message());
        } catch (CommandFailure e) {
            report.fail(String.valueOf(e.getMessage()));
            outcome = e.exitCode();
            tell(String.valueOf(e.getMessage()));
        }
        report.took(Duration.ofNanos(System.nanoTime() - begun));
        if (json) {
            shell().out().println(report.json());
        } else {
            story.out().println();
            story.say(
                    report.ok()
                            ? "Done: %d moves. The virtual machines go on running; their load has been stopped."
                                    .formatted(report.moveCount())
                            : "The demonstration did not get to its end.");
        }
        return outcome == ExitCode.DONE && !report.ok() ? ExitCode.TASK_FAILED : outcome;
    }

    private ExitCode travel(SternpostSession session) throws InterruptedException {
        long begun = System.nanoTime();
        Story story = new Story(json ? shell().err() : shell().out());
        DemoReport report = new DemoReport();
        ExitCode outcome = ExitCode.DONE;
        try {
            new DemoScript(session, story, report, settle).play(template, compute);
        } catch (SternpostException e) {
            report.fail("%s (%s)".formatted(e.message(), e.code()));
            outcome = ExitCode.of(e);
            tell(e.message());
        } catch (CommandFailure e) {
            report.fail(String.valueOf(e.getMessage()));
            outcome = e.exitCode();
            tell(String.valueOf(e.getMessage()));
        }
        report.took(Duration.ofNanos(System.nanoTime() - begun));
        if (json) {
            shell().out().println(report.json());
            return outcome;
        }
        story.chapter("Summary");
        report.print(story.out());
        story.out().println();
        if (outcome == ExitCode.DONE) {
            story.say("Done in %s. Both virtual machines go on running; try them:"
                    .formatted(Times.format(Duration.ofNanos(System.nanoTime() - begun))));
            story.command("vm ls");
            story.command("vm exec demo-1 uname -a");
            story.command("vm migrate demo-2");
        } else {
            story.say("The demonstration did not get to its end.");
        }
        return outcome;
    }

    private void tell(String message) {
        shell().out().flush();
        shell().err().println("error: " + message);
    }
}
