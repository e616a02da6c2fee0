package dev.sternpost.cli.ha;

import dev.sternpost.cli.connection.ServerVerb;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Properties;
import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.shell.Times;
import dev.sternpost.cli.shell.Values;
import dev.sternpost.proto.ha.v1.HaPriority;
import dev.sternpost.proto.ha.v1.HaReadiness;
import dev.sternpost.proto.ha.v1.HaVmSettings;
import dev.sternpost.proto.ha.v1.SetVmHaRequest;
import dev.sternpost.sdk.SternpostSession;
import java.time.Duration;

/** How one virtual machine is treated: shows it, or changes it when an option says what. */
final class HaVmVerb extends ServerVerb {
    private final SetVmHaRequest.Builder wish = SetVmHaRequest.newBuilder();

    /** What {@code --priority} takes. */
    enum PriorityWord {
        highest,
        high,
        medium,
        low,
        lowest,
        disabled
    }

    /** What {@code --ready} takes. */
    enum ReadinessWord {
        running,
        guest
    }

    @Override
    protected void declare(Syntax syntax) {
        syntax.describe("Show how high availability treats a virtual machine, or change what the options name.")
                .example("sternpost ha vm db-1 --priority highest --ready guest --ready-after 10s")
                .example("sternpost ha vm web-1 --after db-1")
                .example("sternpost ha vm test-1 --priority disabled")
                .argument("VM", "Name, path or id.", wish::setVm)
                .option(
                        "--priority",
                        "PRIORITY",
                        "highest, high, medium, low, lowest, or disabled: not started again.",
                        text -> wish.setPriority(priority(Values.choice(PriorityWord.class, text))))
                .option(
                        "--after",
                        "VM",
                        "One that must be ready first, in place of those before; may be given several times. \"\" for none.",
                        this::after)
                .option(
                        "--ready",
                        "WHEN",
                        "When it counts as up for those that wait for it: running, or guest (its guest says so).",
                        text -> wish.setReadiness(
                                Values.choice(ReadinessWord.class, text) == ReadinessWord.running
                                        ? HaReadiness.HA_READINESS_POWERED_ON
                                        : HaReadiness.HA_READINESS_GUEST_HEARTBEAT))
                .option(
                        "--ready-after",
                        "TIME",
                        "How long after that, like 10s.",
                        text -> wish.setReadyAfterMs(Times.parse(text).toMillis()))
                .option(
                        "--isolation",
                        "RESPONSE",
                        "What an isolated host does with it: leave-on, shut-down, power-off, or cluster.",
                        this::isolation)
                .option(
                        "--monitoring",
                        "ON|OFF",
                        "Whether its guest is reset when it hangs; or cluster.",
                        this::monitoring);
    }

    private void after(String text) {
        wish.setSetDependsOn(true);
        if (!text.isEmpty()) {
            wish.addDependsOnVms(text);
        }
    }

    private void isolation(String text) {
        if (text.equals("cluster")) {
            wish.setClearIsolationResponse(true);
        } else {
            wish.setIsolationResponse(HaWords.isolation(text));
        }
    }

    private void monitoring(String text) {
        if (text.equals("cluster")) {
            wish.setClearMonitoring(true);
        } else {
            wish.setMonitoring(HaSet.onOff(text));
        }
    }

    private static HaPriority priority(PriorityWord word) {
        return switch (word) {
            case highest -> HaPriority.HA_PRIORITY_HIGHEST;
            case high -> HaPriority.HA_PRIORITY_HIGH;
            case medium -> HaPriority.HA_PRIORITY_MEDIUM;
            case low -> HaPriority.HA_PRIORITY_LOW;
            case lowest -> HaPriority.HA_PRIORITY_LOWEST;
            case disabled -> HaPriority.HA_PRIORITY_DISABLED;
        };
    }

    @Override
    protected ExitCode run(SternpostSession session) {
        HaVmSettings vm = session.call(() -> session.highAvailability().setVmHa(wish.build()))
                .getSettings();
        print(
                new Properties()
                        .with("VM", vm.getVmName())
                        .with("Priority", HaWords.of(vm.getPriority()))
                        .with("Waits for", String.join(", ", vm.getDependsOnVmNamesList()))
                        .with(
                                "Ready when",
                                HaWords.of(vm.getReadiness())
                                        + (vm.getReadyAfterMs() == 0
                                                ? ""
                                                : " for " + Times.format(Duration.ofMillis(vm.getReadyAfterMs()))))
                        .with("If its host is isolated", orCluster(HaWords.of(vm.getIsolationResponse())))
                        .with(
                                "If its guest hangs",
                                orCluster(!vm.hasMonitoring() ? "" : vm.getMonitoring() ? "reset" : "left alone")),
                vm);
        return ExitCode.DONE;
    }

    private static String orCluster(String text) {
        return text.isEmpty() ? "as the cluster says" : text;
    }
}
