package dev.sternpost.cli.ha;

import dev.sternpost.cli.connection.ServerVerb;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Properties;
import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.shell.Values;
import dev.sternpost.proto.ha.v1.GetHaRequest;
import dev.sternpost.proto.ha.v1.GetHaResponse;
import dev.sternpost.proto.ha.v1.HaAdmission;
import dev.sternpost.proto.ha.v1.HaDedicatedHosts;
import dev.sternpost.proto.ha.v1.HaPercentage;
import dev.sternpost.proto.ha.v1.HaSettings;
import dev.sternpost.proto.ha.v1.HaTiming;
import dev.sternpost.proto.ha.v1.UpdateHaRequest;
import dev.sternpost.sdk.SternpostSession;
import java.util.Arrays;

/** How high availability of a cluster is set: shows it, or changes it when an option says what. */
final class HaSet extends ServerVerb {
    private final UpdateHaRequest.Builder wish = UpdateHaRequest.newBuilder();
    private final HaDedicatedHosts.Builder dedicated = HaDedicatedHosts.newBuilder();

    /** What {@code --timing} takes. */
    enum TimingWord {
        normal,
        patient;

        HaTiming timing() {
            return this == normal ? HaTiming.HA_TIMING_DEFAULT : HaTiming.HA_TIMING_PATIENT;
        }
    }

    @Override
    protected void declare(Syntax syntax) {
        syntax.describe("Show how high availability of a cluster is set, or change what the options name.")
                .example("sternpost ha set")
                .example("sternpost ha set cluster-1 --tolerate 2")
                .example("sternpost ha set --keep-free 25,25 --isolation shut-down")
                .example("sternpost ha set --spare host-3 --timing patient")
                .option(
                        "--tolerate",
                        "COUNT",
                        "So many hosts may fail together; what would break that is refused. 0 keeps nothing free.",
                        this::tolerate)
                .option(
                        "--keep-free",
                        "MEMORY,CPU",
                        "Shares in percent that are not given away, instead of --tolerate.",
                        this::keepFree)
                .option(
                        "--spare",
                        "HOST",
                        "A host that runs nothing, instead of --tolerate. May be given several times.",
                        this::spare)
                .option(
                        "--timing",
                        "TIMING",
                        "normal (a death is known after 12.5 s) or patient (50 s; for storage that is sometimes slow).",
                        text -> wish.setTiming(
                                Values.choice(TimingWord.class, text).timing()))
                .option(
                        "--isolation",
                        "RESPONSE",
                        "What an isolated host does with virtual machines: leave-on, shut-down or power-off.",
                        text -> wish.setIsolationResponse(HaWords.isolation(text)))
                .option(
                        "--monitoring",
                        "ON|OFF",
                        "Whether guests that hang are reset.",
                        text -> wish.setMonitoring(onOff(text)))
                .option(
                        "--isolation-addresses",
                        "ADDRESSES",
                        "Addresses that answer as long as a host is on the network, separated by commas; \"\" for none.",
                        text -> wish.setSetIsolationAddresses(true)
                                .addAllIsolationAddresses(Arrays.stream(text.split(","))
                                        .map(String::strip)
                                        .filter(each -> !each.isEmpty())
                                        .toList()));
        HaCommands.clusterArgument(syntax, wish::setCluster);
    }

    private void alone() {
        if (wish.hasAdmission()) {
            throw new IllegalArgumentException("give only one of --tolerate, --keep-free and --spare");
        }
    }

    private void tolerate(String text) {
        alone();
        int count = Values.whole(text);
        wish.setAdmission(
                count == 0
                        ? HaAdmission.newBuilder().setOff(true)
                        : HaAdmission.newBuilder().setHostFailures(count));
    }

    private void keepFree(String text) {
        alone();
        String[] shares = text.split(",", 2);
        if (shares.length != 2) {
            throw new IllegalArgumentException("\"%s\": write it like 25,25".formatted(text));
        }
        wish.setAdmission(HaAdmission.newBuilder()
                .setPercentage(HaPercentage.newBuilder()
                        .setMemoryPercent(Values.whole(shares[0]))
                        .setCpuPercent(Values.whole(shares[1]))));
    }

    private void spare(String host) {
        if (dedicated.getHostIdsCount() == 0) {
            alone();
        }
        wish.setAdmission(HaAdmission.newBuilder().setDedicatedHosts(dedicated.addHostIds(host)));
    }

    static boolean onOff(String text) {
        return switch (text) {
            case "on" -> true;
            case "off" -> false;
            default -> throw new IllegalArgumentException("\"%s\" is neither on nor off".formatted(text));
        };
    }

    @Override
    protected ExitCode run(SternpostSession session) {
        UpdateHaRequest request = wish.build();
        boolean asks = request.equals(
                UpdateHaRequest.newBuilder().setCluster(request.getCluster()).build());
        if (!asks) {
            session.call(() -> session.highAvailability().updateHa(request));
        }
        GetHaResponse now = session.call(() -> session.highAvailability()
                .getHa(GetHaRequest.newBuilder()
                        .setCluster(request.getCluster())
                        .build()));
        HaSettings settings = now.getSettings();
        print(
                new Properties()
                        .with("Cluster", settings.getClusterName())
                        .with("High availability", HaWords.state(settings))
                        .with("Heartbeats on", settings.getHeartbeatDatastoreName())
                        .with("Timing", HaWords.of(settings.getTiming()))
                        .with("Kept free for", HaWords.of(settings.getAdmission()))
                        .with("Isolated hosts", HaWords.of(settings.getIsolationResponse()))
                        .with("Hung guests", settings.getMonitoring() ? "reset" : "left alone")
                        .with("Isolation addresses", String.join(", ", settings.getIsolationAddressesList()))
                        .with("VMs of their own", String.valueOf(settings.getVmsCount()))
                        .withAny("Promise broken", now.getStatus().getAdmissionProblem()),
                settings);
        return ExitCode.DONE;
    }
}
