package dev.sternpost.cli.cluster;

import dev.sternpost.cli.connection.ServerVerb;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.PowerWords;
import dev.sternpost.cli.shell.Properties;
import dev.sternpost.cli.shell.Sizes;
import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.shell.Times;
import dev.sternpost.cli.shell.Values;
import dev.sternpost.proto.power.v1.ClusterPower;
import dev.sternpost.proto.power.v1.GetClusterPowerRequest;
import dev.sternpost.proto.power.v1.UpdateClusterPowerRequest;
import dev.sternpost.sdk.SternpostSession;

/** How the power of a cluster's hosts is managed: shows it, or changes it when an option says what. */
final class ClusterPowerSettings extends ServerVerb {
    private final UpdateClusterPowerRequest.Builder wish = UpdateClusterPowerRequest.newBuilder();

    @Override
    protected void declare(Syntax syntax) {
        syntax.describe("Show how the power of a cluster's hosts is managed, or change what the options name.")
                .example("sternpost cluster power cluster-1")
                .example("sternpost cluster power cluster-1 --level automatic --hosts-min 2")
                .example("sternpost cluster power cluster-1 --target 60 --tolerance 15 --state-time 20m")
                .argument("CLUSTER", "Name, path or id.", wish::setCluster)
                .option(
                        "--level",
                        "LEVEL",
                        "off, manual (recommend only) or automatic (put hosts into stand-by and wake them).",
                        text -> wish.setLevel(
                                Values.choice(PowerWords.LevelWord.class, text).level()))
                .option(
                        "--target",
                        "PERCENT",
                        "How full the hosts that are on should be.",
                        text -> wish.setUseTargetPercent(Values.whole(text)))
                .option(
                        "--tolerance",
                        "PERCENT",
                        "How far off that they may be: above, hosts are woken, below, they are put into stand-by.",
                        text -> wish.setUseTolerancePercent(Values.whole(text)))
                .option(
                        "--hosts-min",
                        "COUNT",
                        "Hosts that always stay on.",
                        text -> wish.setHostsMin(Values.whole(text)))
                .option(
                        "--state-time",
                        "TIME",
                        "How long a host stays on or in stand-by before that is changed, like 20m.",
                        text -> wish.setStateSeconds(
                                Math.toIntExact(Times.parse(text).toSeconds())))
                .option(
                        "--cpu-min",
                        "MHZ",
                        "CPU capacity that always stays on; 0 takes the bound away.",
                        text -> wish.setCpuMhzMin(Values.number(text)))
                .option(
                        "--memory-min",
                        "SIZE",
                        "Memory that always stays on; 0 takes the bound away.",
                        text -> wish.setMemoryBytesMin(Sizes.parse(text)));
    }

    @Override
    protected ExitCode run(SternpostSession session) {
        UpdateClusterPowerRequest request = wish.build();
        boolean asks = request.equals(UpdateClusterPowerRequest.newBuilder()
                .setCluster(request.getCluster())
                .build());
        ClusterPower power = asks
                ? session.call(() -> session.power()
                                .getClusterPower(GetClusterPowerRequest.newBuilder()
                                        .setCluster(request.getCluster())
                                        .build()))
                        .getPower()
                : session.call(() -> session.power().updateClusterPower(request))
                        .getPower();
        print(
                new Properties()
                        .with("Cluster", power.getClusterName())
                        .with("Power management", PowerWords.of(power.getLevel()))
                        .with(
                                "Use of hosts that are on",
                                "%d %%, woken above %d %%, into stand-by below %d %%"
                                        .formatted(
                                                power.getUseTargetPercent(),
                                                power.getUseTargetPercent() + power.getUseTolerancePercent(),
                                                power.getUseTargetPercent() - power.getUseTolerancePercent()))
                        .with("Always on", alwaysOn(power))
                        .with("Least time in a state", power.getStateSeconds() + " s"),
                power);
        return ExitCode.DONE;
    }

    private static String alwaysOn(ClusterPower power) {
        return power.getHostsMin()
                + (power.getHostsMin() == 1 ? " host" : " hosts")
                + (power.getCpuMhzMin() == 0 ? "" : ", %d MHz".formatted(power.getCpuMhzMin()))
                + (power.getMemoryBytesMin() == 0 ? "" : ", " + Sizes.format(power.getMemoryBytesMin()));
    }
}
