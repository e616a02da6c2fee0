package dev.sternpost.cli.cluster;

import dev.sternpost.cli.connection.ServerVerb;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Properties;
import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.shell.Times;
import dev.sternpost.cli.shell.Values;
import dev.sternpost.cli.shell.Words;
import dev.sternpost.proto.cluster.v1.AutomationLevel;
import dev.sternpost.proto.cluster.v1.Cluster;
import dev.sternpost.proto.cluster.v1.DrsOverride;
import dev.sternpost.proto.cluster.v1.DrsSettings;
import dev.sternpost.proto.cluster.v1.SetDrsOverrideRequest;
import dev.sternpost.proto.cluster.v1.UpdateDrsSettingsRequest;
import dev.sternpost.sdk.SternpostSession;

/** How a cluster is balanced: shows it, or changes it when an option says what. */
final class ClusterDrs extends ServerVerb {
    /** What --automation takes. */
    enum LevelWord {
        manual,
        partial,
        full,
        disabled;

        AutomationLevel level() {
            return switch (this) {
                case manual -> AutomationLevel.AUTOMATION_LEVEL_MANUAL;
                case partial -> AutomationLevel.AUTOMATION_LEVEL_PARTIALLY_AUTOMATED;
                case full -> AutomationLevel.AUTOMATION_LEVEL_FULLY_AUTOMATED;
                case disabled -> AutomationLevel.AUTOMATION_LEVEL_DISABLED;
            };
        }
    }

    private final UpdateDrsSettingsRequest.Builder wish = UpdateDrsSettingsRequest.newBuilder();

    @Override
    protected void declare(Syntax syntax) {
        syntax.describe("Show how a cluster is balanced, or change what the options name.")
                .example("sternpost cluster drs cluster-1")
                .example("sternpost cluster drs cluster-1 --automation full --threshold 3 --interval 60s")
                .example("sternpost cluster drs cluster-1 --off")
                .argument("CLUSTER", "Name, path or id.", wish::setCluster)
                .flag("--on", "Balance it.", () -> wish.setEnabled(true))
                .flag("--off", "Do not balance it.", () -> wish.setEnabled(false))
                .option(
                        "--automation",
                        "LEVEL",
                        "manual (recommend only), partial (choose the host at power-on) or full (move VMs as well).",
                        text -> wish.setAutomation(
                                Values.choice(LevelWord.class, text).level()))
                .option(
                        "--threshold",
                        "1-5",
                        "From 1, only what rules and maintenance demand, to 5, every move that is worth its cost.",
                        text -> wish.setThreshold(Values.whole(text)))
                .option(
                        "--interval",
                        "TIME",
                        "From one pass to the next, like 60s.",
                        text -> wish.setIntervalSeconds(
                                Math.toIntExact(Times.parse(text).toSeconds())));
    }

    @Override
    protected ExitCode run(SternpostSession session) {
        UpdateDrsSettingsRequest request = wish.build();
        boolean asks = request.equals(UpdateDrsSettingsRequest.newBuilder()
                .setCluster(request.getCluster())
                .build());
        Cluster cluster = asks
                ? ClusterCommands.get(session, request.getCluster())
                : session.call(() -> session.clusters().updateDrsSettings(request))
                        .getCluster();
        Properties lines = new Properties()
                .with("Cluster", cluster.getName())
                .with("Load balancing", describe(cluster.getDrs()))
                .with("Rules", String.valueOf(cluster.getRuleCount()));
        for (DrsOverride override : cluster.getDrs().getOverridesList()) {
            lines.with("Overrides", "%s: %s".formatted(override.getVmName(), Words.of(override.getAutomation())));
        }
        print(lines, cluster.getDrs());
        return ExitCode.DONE;
    }

    static String describe(DrsSettings drs) {
        return drs.getEnabled()
                ? "on, %s, threshold %d, a pass every %d s"
                        .formatted(Words.of(drs.getAutomation()), drs.getThreshold(), drs.getIntervalSeconds())
                : "off";
    }

    /** The level of one VM. */
    static final class OfVm extends ServerVerb {
        private final SetDrsOverrideRequest.Builder wish = SetDrsOverrideRequest.newBuilder();

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Give a virtual machine an automation level of its own, or take it away.")
                    .example("sternpost cluster drs-override web-1 disabled")
                    .example("sternpost cluster drs-override web-1 none")
                    .argument("VM", "Name, path, id or UUID.", wish::setVm)
                    .argument("LEVEL", "manual, partial, full, disabled, or none for the cluster's.", this::level);
        }

        private void level(String text) {
            wish.setAutomation(
                    text.equals("none")
                            ? AutomationLevel.AUTOMATION_LEVEL_UNSPECIFIED
                            : Values.choice(LevelWord.class, text).level());
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            Cluster cluster = session.call(() -> session.clusters().setDrsOverride(wish.build()))
                    .getCluster();
            print(
                    wish.getAutomation() == AutomationLevel.AUTOMATION_LEVEL_UNSPECIFIED
                            ? "%s is balanced like %s".formatted(wish.getVm(), cluster.getName())
                            : "%s is balanced at level %s in %s"
                                    .formatted(wish.getVm(), Words.of(wish.getAutomation()), cluster.getName()),
                    cluster.getDrs());
            return ExitCode.DONE;
        }
    }
}
