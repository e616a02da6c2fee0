package dev.sternpost.cli.cluster;

import dev.sternpost.cli.connection.ServerVerb;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Properties;
import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.shell.Table;
import dev.sternpost.cli.shell.UsageFailure;
import dev.sternpost.proto.cluster.v1.Cluster;
import dev.sternpost.proto.cluster.v1.CpuBaseline;
import dev.sternpost.proto.cluster.v1.CpuLevel;
import dev.sternpost.proto.cluster.v1.CpuShortfall;
import dev.sternpost.proto.cluster.v1.ListCpuLevelsRequest;
import dev.sternpost.proto.cluster.v1.ListCpuLevelsResponse;
import dev.sternpost.proto.cluster.v1.UpdateCpuBaselineRequest;
import dev.sternpost.proto.cluster.v1.WaitingVm;
import dev.sternpost.sdk.SternpostSession;
import java.util.stream.Collectors;

/** The CPU features that the guests of a cluster are held to. */
final class ClusterCpu {
    private ClusterCpu() {}

    /** Lines about a baseline, for whoever shows a cluster. */
    static Properties lines(Properties lines, CpuBaseline baseline) {
        lines.with(
                "CPU baseline",
                baseline.getLevel().isEmpty()
                        ? "none"
                        : baseline.getLevel().equals(baseline.getCpuModel())
                                ? baseline.getLevel()
                                : "%s (%s)".formatted(baseline.getLevel(), baseline.getCpuModel()));
        for (CpuShortfall host : baseline.getShortHostsList()) {
            lines.with("Hosts below it", words(host));
        }
        for (WaitingVm vm : baseline.getWaitingVmsList()) {
            lines.with(
                    "Wait for power-on",
                    "%s runs with %s, gets %s".formatted(vm.getVmName(), vm.getCpuModel(), vm.getLevel()));
        }
        return lines;
    }

    private static String words(CpuShortfall host) {
        return "%s lacks %s".formatted(host.getHostName(), String.join(", ", host.getMissingFeaturesList()));
    }

    /** Changes settings of the cluster itself. */
    static final class Set extends ServerVerb {
        private final UpdateCpuBaselineRequest.Builder wish = UpdateCpuBaselineRequest.newBuilder();

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe(
                            "Change the settings of a cluster. A CPU baseline is what its guests find of CPU features, on every host the"
                                    + " same; it counts for a virtual machine from its next power-on.")
                    .example("sternpost cluster set cluster-1 --cpu-baseline auto")
                    .example("sternpost cluster set cluster-1 --cpu-baseline x86-64-v3")
                    .example("sternpost cluster set cluster-1 --cpu-baseline none")
                    .argument("CLUSTER", "Name, path or id.", wish::setCluster)
                    .option(
                            "--cpu-baseline",
                            "LEVEL",
                            "A level that `cluster cpu-levels` lists, auto (the best that all hosts can give now) or none.",
                            wish::setLevel);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            if (wish.getLevel().isEmpty()) {
                throw new UsageFailure("nothing to change: give --cpu-baseline");
            }
            Cluster cluster = session.call(() -> session.clusters().updateCpuBaseline(wish.build()))
                    .getCluster();
            print(lines(new Properties().with("Cluster", cluster.getName()), cluster.getCpuBaseline()), cluster);
            return ExitCode.DONE;
        }
    }

    /** The levels there are. */
    static final class Levels extends ServerVerb {
        private final ListCpuLevelsRequest.Builder wish = ListCpuLevelsRequest.newBuilder();

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("List the levels of CPU features there are, and which hosts of a cluster cannot give each.")
                    .example("sternpost cluster cpu-levels cluster-1")
                    .argument("CLUSTER", "Name, path or id.", wish::setCluster);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            ListCpuLevelsResponse answer = session.call(() -> session.clusters().listCpuLevels(wish.build()));
            Table<CpuLevel> table = new Table<CpuLevel>()
                    .column("LEVEL", CpuLevel::getName)
                    .number("FEATURES", level -> String.valueOf(level.getFeatureCount()))
                    .column(
                            "ALL HOSTS",
                            level -> level.getShortHostsCount() > 0
                                    ? "no"
                                    : level.getName().equals(answer.getBest()) ? "yes, the best" : "yes")
                    .column(
                            "WHY NOT",
                            level -> level.getShortHostsList().stream()
                                    .map(ClusterCpu::words)
                                    .collect(Collectors.joining("; ")));
            print(table, answer.getLevelsList());
            return ExitCode.DONE;
        }
    }
}
