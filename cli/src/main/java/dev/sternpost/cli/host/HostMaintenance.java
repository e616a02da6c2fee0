package dev.sternpost.cli.host;

import dev.sternpost.cli.connection.ServerVerb;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.shell.Table;
import dev.sternpost.cli.shell.Times;
import dev.sternpost.cli.shell.UsageFailure;
import dev.sternpost.cli.task.TaskResults;
import dev.sternpost.cli.task.TaskVerb;
import dev.sternpost.proto.host.v1.BlockedVm;
import dev.sternpost.proto.host.v1.EnterMaintenanceRequest;
import dev.sternpost.proto.host.v1.EvacuationMove;
import dev.sternpost.proto.host.v1.EvacuationPlan;
import dev.sternpost.proto.host.v1.ExitMaintenanceRequest;
import dev.sternpost.proto.host.v1.ExitMaintenanceResponse;
import dev.sternpost.proto.host.v1.Host;
import dev.sternpost.proto.host.v1.PauseMaintenanceRequest;
import dev.sternpost.proto.host.v1.PlanMaintenanceRequest;
import dev.sternpost.proto.host.v1.SetQuarantineRequest;
import dev.sternpost.proto.host.v1.StayingVm;
import dev.sternpost.proto.task.v1.Task;
import dev.sternpost.sdk.SternpostSession;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The verbs that take a host out of use and back. */
final class HostMaintenance {
    private HostMaintenance() {}

    static final class Enter extends TaskVerb {
        String reference = "";

        boolean dryRun;

        boolean movePoweredOff;

        boolean waitForBlocked;

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Empty a host: running virtual machines move away, then nothing may be started there.")
                    .example("sternpost host enter-maintenance host-2 --dry-run")
                    .example("sternpost host enter-maintenance host-2")
                    .example("sternpost host enter-maintenance host-2 --powered-off move --no-wait")
                    .argument("HOST", "Name, path or id.", text -> reference = text)
                    .flag("--dry-run", "Only show what would move where, and what cannot.", () -> dryRun = true)
                    .option(
                            "--powered-off",
                            "move|leave",
                            "Whether virtual machines that do not run are registered on other hosts. Default: leave.",
                            text -> movePoweredOff = moves(text))
                    .flag(
                            "--wait-for-blocked",
                            "Begin although some cannot leave, and wait until somebody has dealt with them.",
                            () -> waitForBlocked = true);
        }

        private static boolean moves(String text) {
            return switch (text) {
                case "move" -> true;
                case "leave" -> false;
                default -> throw new UsageFailure("--powered-off is move or leave, not \"" + text + "\".");
            };
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            if (!dryRun) {
                return super.run(session);
            }
            PlanMaintenanceRequest request = PlanMaintenanceRequest.newBuilder()
                    .setHost(reference)
                    .setMovePoweredOff(movePoweredOff)
                    .build();
            EvacuationPlan plan = session.call(() -> session.hostMaintenance().planMaintenance(request))
                    .getPlan();
            if (forPeople()) {
                show(shell().out(), plan);
            } else {
                print("", plan);
            }
            return plan.getBlockedCount() == 0 ? ExitCode.DONE : ExitCode.CONFLICT;
        }

        @Override
        protected Task file(SternpostSession session) {
            EnterMaintenanceRequest request = EnterMaintenanceRequest.newBuilder()
                    .setHost(reference)
                    .setMovePoweredOff(movePoweredOff)
                    .setWaitForBlocked(waitForBlocked)
                    .build();
            return session.call(() -> session.hostMaintenance().enterMaintenance(request))
                    .getTask();
        }

        @Override
        protected String success(SternpostSession session, Task task) {
            return task.getSubjectName() + " is in maintenance mode; nothing runs there";
        }

        static void show(PrintStream out, EvacuationPlan plan) {
            List<EvacuationMove> moves = new ArrayList<>(plan.getMovesList());
            if (!moves.isEmpty()) {
                new Table<EvacuationMove>()
                        .column("VM", EvacuationMove::getVmName)
                        .column("TO", EvacuationMove::getTargetHostName)
                        .number("BEGINS", move -> "+" + time(move.getStartMs()))
                        .number("ENDS", move -> "+" + time(move.getEndMs()))
                        .column("WHY", move -> move.getMakesRoom() ? "makes room" : "")
                        .print(out, "", moves);
                out.println();
            }
            if (plan.getRegistrationsCount() > 0) {
                out.println("Registered elsewhere, not running: "
                        + plan.getRegistrationsList().stream()
                                .map(move -> move.getVmName() + " on " + move.getTargetHostName())
                                .collect(Collectors.joining(", ")));
            }
            if (plan.getStayingCount() > 0) {
                out.println("Stay, not running: "
                        + plan.getStayingList().stream()
                                .map(StayingVm::getVmName)
                                .collect(Collectors.joining(", ")));
            }
            for (BlockedVm blocked : plan.getBlockedList()) {
                out.println(
                        "Blocked: %s: %s %s".formatted(blocked.getVmName(), blocked.getReason(), blocked.getRemedy()));
            }
            out.println(
                    plan.getBlockedCount() > 0
                            ? "%s cannot be emptied as things are.".formatted(plan.getHostName())
                            : moves.isEmpty()
                                    ? "Nothing runs on %s.".formatted(plan.getHostName())
                                    : "%s would be empty in about %s."
                                            .formatted(plan.getHostName(), time(plan.getEtaMs())));
        }

        private static String time(long millis) {
            return Times.format(Duration.ofMillis(millis));
        }
    }

    static final class Exit extends TaskVerb {
        String reference = "";

        boolean restore;

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Bring a host back into use.")
                    .example("sternpost host exit-maintenance host-2")
                    .example("sternpost host exit-maintenance host-2 --restore")
                    .argument("HOST", "Name, path or id.", text -> reference = text)
                    .flag("--restore", "Bring back the virtual machines that left for it.", () -> restore = true);
        }

        @Override
        protected Task file(SternpostSession session) {
            ExitMaintenanceRequest request = ExitMaintenanceRequest.newBuilder()
                    .setHost(reference)
                    .setRestore(restore)
                    .build();
            ExitMaintenanceResponse answer =
                    session.call(() -> session.hostMaintenance().exitMaintenance(request));
            return answer.hasRestoreTask() ? answer.getRestoreTask() : answer.getTask();
        }

        @Override
        protected String success(SternpostSession session, Task task) {
            boolean restored = TaskResults.verb(task).equals("restoreVms");
            return task.getSubjectName() + " is in use again"
                    + (restored ? ", and the virtual machines that can are back" : "");
        }
    }

    /** Pauses or continues. */
    private abstract static class Turn extends ServerVerb {
        String reference = "";

        private final boolean paused;

        Turn(boolean paused) {
            this.paused = paused;
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            PauseMaintenanceRequest request = PauseMaintenanceRequest.newBuilder()
                    .setHost(reference)
                    .setPaused(paused)
                    .build();
            Host host = session.call(() -> session.hostMaintenance().pauseMaintenance(request))
                    .getHost();
            print("%s: %s".formatted(host.getName(), HostCommands.state(host)), host);
            return ExitCode.DONE;
        }
    }

    static final class Pause extends Turn {
        Pause() {
            super(true);
        }

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Begin no further move while a host is emptied; moves under way go on.")
                    .example("sternpost host pause-maintenance host-2")
                    .argument("HOST", "Name, path or id.", text -> reference = text);
        }
    }

    static final class Continue extends Turn {
        Continue() {
            super(false);
        }

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Go on emptying a host that was paused.")
                    .example("sternpost host continue-maintenance host-2")
                    .argument("HOST", "Name, path or id.", text -> reference = text);
        }
    }

    static final class Quarantine extends ServerVerb {
        String reference = "";

        boolean off;

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe(
                            "Take a host for degraded: no virtual machine comes to it by itself, and load balancing moves"
                                    + " those there away.")
                    .example("sternpost host quarantine host-2")
                    .example("sternpost host quarantine host-2 --off")
                    .argument("HOST", "Name, path or id.", text -> reference = text)
                    .flag("--off", "End it.", () -> off = true);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            SetQuarantineRequest request = SetQuarantineRequest.newBuilder()
                    .setHost(reference)
                    .setQuarantined(!off)
                    .build();
            Host host = session.call(() -> session.hostMaintenance().setQuarantine(request))
                    .getHost();
            print("%s: %s".formatted(host.getName(), HostCommands.state(host)), host);
            return ExitCode.DONE;
        }
    }
}
