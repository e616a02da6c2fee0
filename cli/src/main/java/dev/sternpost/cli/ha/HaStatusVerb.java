package dev.sternpost.cli.ha;

import dev.sternpost.cli.connection.ServerVerb;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Properties;
import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.shell.Table;
import dev.sternpost.cli.shell.Times;
import dev.sternpost.proto.ha.v1.GetHaRequest;
import dev.sternpost.proto.ha.v1.GetHaResponse;
import dev.sternpost.proto.ha.v1.HaFailover;
import dev.sternpost.proto.ha.v1.HaFailoverEvent;
import dev.sternpost.proto.ha.v1.HaHost;
import dev.sternpost.proto.ha.v1.HaSettings;
import dev.sternpost.proto.ha.v1.HaStatus;
import dev.sternpost.proto.ha.v1.HaVm;
import dev.sternpost.sdk.SternpostSession;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** All there is to know in an outage, on one screen: who decides, how each host stands, what is being started, what happened. */
final class HaStatusVerb extends ServerVerb {
    private static final int EVENTS_SHOWN_MAX = 20;
    private static final int EVENTS_SHOWN_FIRST = 6;
    private static final int VMS_SHOWN_MAX = 20;

    private final GetHaRequest.Builder request = GetHaRequest.newBuilder();
    private boolean all;

    @Override
    protected void declare(Syntax syntax) {
        syntax.describe(
                        "Show how high availability stands: coordinator, hosts, leases, virtual machines that are not protected or being started, and the last failover.")
                .example("sternpost ha status")
                .example("sternpost ha status cluster-1 --all")
                .flag("--all", "Every virtual machine and every event of the last failover.", () -> all = true);
        HaCommands.clusterArgument(syntax, request::setCluster);
    }

    @Override
    protected ExitCode run(SternpostSession session) {
        GetHaResponse answer = session.call(() -> session.highAvailability().getHa(request.build()));
        if (forPeople()) {
            show(shell().out(), answer.getSettings(), answer.getStatus());
        } else {
            print("", answer);
        }
        return ExitCode.DONE;
    }

    private void show(PrintStream out, HaSettings settings, HaStatus status) {
        Properties head = new Properties()
                .with("High availability", "%s: %s".formatted(settings.getClusterName(), HaWords.state(settings)));
        if (settings.hasDisarmTime()) {
            head.with("Disarmed since", Times.format(settings.getDisarmTime()));
        }
        head.with(
                        "Coordinator",
                        status.getCoordinatorHostName().isEmpty()
                                ? "none that the server hears"
                                : "%s, term %d".formatted(status.getCoordinatorHostName(), status.getTerm()))
                .with(
                        "Heartbeats",
                        "on %s, %s times, configuration %d"
                                .formatted(
                                        settings.getHeartbeatDatastoreName().isEmpty()
                                                ? "no datastore yet"
                                                : settings.getHeartbeatDatastoreName(),
                                        HaWords.of(settings.getTiming()),
                                        status.getConfigVersion()))
                .with(
                        "Capacity",
                        "%d %s can be absorbed; kept free for: %s"
                                .formatted(
                                        status.getFailuresAbsorbed(),
                                        status.getFailuresAbsorbed() == 1 ? "host failure" : "host failures",
                                        HaWords.of(settings.getAdmission())))
                .withAny("PROBLEM", status.getProblem())
                .withAny("Promise broken", status.getAdmissionProblem())
                .print(out);
        out.println();
        hosts(out, status.getHostsList());
        vms(out, status.getVmsList());
        if (status.hasLastFailover()) {
            failover(out, status.getLastFailover());
        }
    }

    private static void hosts(PrintStream out, List<HaHost> hosts) {
        new Table<HaHost>()
                .column("HOST", HaHost::getHostName)
                .column("STATE", HaStatusVerb::state)
                .column("DOES", host -> HaWords.of(host.getMode()))
                .column("LEASE", HaStatusVerb::lease)
                .column("HEARS", host -> String.join(", ", host.getHeardHostNamesList()))
                .column("CONFIG", host -> host.getConfigVersion() == 0 ? "" : host.getCurrent() ? "current" : "old")
                .column("CAN STOP ITS VMS", HaStatusVerb::fence)
                .print(out, "", hosts);
    }

    private static String state(HaHost host) {
        if (!host.getMember()) {
            return "takes no part";
        }
        String verdict = host.getIsolated() ? "isolated" : HaWords.verdict(host.getVerdict());
        String link = host.getConnected() ? "" : "no answer";
        return verdict.isEmpty() || link.isEmpty() ? verdict + link : verdict + ", " + link;
    }

    private static String lease(HaHost host) {
        return host.getLeaseHeld()
                ? String.format(Locale.ROOT, "%.1f s", host.getLeaseLeftMs() / 1_000.0)
                : host.getGuardUp() ? "none" : "";
    }

    private static String fence(HaHost host) {
        if (!host.getProblem().isEmpty()) {
            return "NO: " + host.getProblem();
        }
        return host.getFenceProof()
                + (host.getFenceProof().isEmpty() || host.getWatchdog().isEmpty()
                        ? ""
                        : "; watchdog " + host.getWatchdog());
    }

    private void vms(PrintStream out, List<HaVm> vms) {
        long waiting = vms.stream().filter(HaStatusVerb::isDown).count();
        long unknown = vms.stream().filter(HaStatusVerb::isUnknown).count();
        long unprotected =
                vms.stream().filter(vm -> !vm.getUnprotectedReason().isEmpty()).count() - off(vms);
        List<HaVm> shown = vms.stream()
                .filter(vm -> all || isDown(vm) || worthSaying(vm))
                .limit(all ? Long.MAX_VALUE : VMS_SHOWN_MAX)
                .toList();
        out.println();
        out.println("%d virtual machines protected, %d not; %d down, of those %d being started again%s"
                .formatted(
                        vms.size() - unprotected - waiting - off(vms),
                        unprotected,
                        waiting - unknown,
                        vms.stream().filter(HaVm::hasRestart).count(),
                        unknown == 0 ? "" : "; of %d nobody says whether they run".formatted(unknown)));
        if (!shown.isEmpty()) {
            new Table<HaVm>()
                    .column("VM", HaVm::getVmName)
                    .column("HOST", HaVm::getHostName)
                    .column("PRIORITY", vm -> HaWords.of(vm.getPriority()))
                    .column("STATE", HaStatusVerb::state)
                    .print(out, "", shown);
        }
    }

    /** What is off because somebody wanted that has nothing to be protected. */
    private static long off(List<HaVm> vms) {
        return vms.stream()
                .filter(vm -> vm.getUnprotectedReason().equals("it does not run"))
                .count();
    }

    /** Its host does not answer, and may run it all the same. */
    private static boolean isUnknown(HaVm vm) {
        return !vm.hasRestart()
                && (vm.getDownReason().startsWith("its host does not answer")
                        || vm.getDownReason().startsWith("its host is silent"));
    }

    private static boolean isDown(HaVm vm) {
        return vm.hasRestart() || !vm.getDownReason().isEmpty();
    }

    /** That all are unprotected while it is off, or that one is off, need not be said for each. */
    private static boolean worthSaying(HaVm vm) {
        String why = vm.getUnprotectedReason();
        return why.startsWith("its restart") || why.startsWith("of its host") || why.startsWith("no other host");
    }

    private static String state(HaVm vm) {
        if (vm.hasRestart()) {
            var restart = vm.getRestart();
            return "%s%s for %s%s%s"
                    .formatted(
                            restart.getStage(),
                            restart.getTargetHostName().isEmpty() ? "" : " on " + restart.getTargetHostName(),
                            Times.format(Duration.ofMillis(restart.getWantedForMs())),
                            restart.getAttempts() == 0 ? "" : ", %d failed".formatted(restart.getAttempts()),
                            restart.getReason().isEmpty() ? "" : ": " + restart.getReason());
        }
        if (!vm.getDownReason().isEmpty()) {
            return vm.getDownReason();
        }
        return vm.getUnprotectedReason().isEmpty()
                ? "protected" + (vm.getPhase().isEmpty() ? "" : ", " + vm.getPhase())
                : "not protected: " + vm.getUnprotectedReason();
    }

    private void failover(PrintStream out, HaFailover failover) {
        out.println();
        out.println("Last failover, %s: %d to be started again, %d seen running, %d attempts failed, %s in all"
                .formatted(
                        Times.format(failover.getStartTime()),
                        failover.getWantedCount(),
                        failover.getRestartedCount(),
                        failover.getFailedCount(),
                        Times.between(failover.getStartTime(), failover.getEndTime())));
        List<HaFailoverEvent> events = failover.getEventsList();
        int left = all ? 0 : Math.max(0, events.size() - EVENTS_SHOWN_MAX);
        int first = left == 0 ? events.size() : EVENTS_SHOWN_FIRST;
        new Table<HaFailoverEvent>()
                .number("AFTER", event -> String.format(Locale.ROOT, "+%.1f s", event.getAfterMs() / 1_000.0))
                .column("WHAT HAPPENED", HaFailoverEvent::getMessage)
                .print(
                        out,
                        "  ",
                        Stream.concat(
                                        events.stream().limit(first),
                                        events.stream().skip(first + left))
                                .toList());
        if (left > 0) {
            out.println("  %d between the first %d and these with: sternpost ha status --all".formatted(left, first));
        }
    }
}
