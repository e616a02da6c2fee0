package dev.sternpost.cli.host;

import dev.sternpost.cli.connection.ServerVerb;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.shell.Table;
import dev.sternpost.cli.shell.Times;
import dev.sternpost.cli.shell.Values;
import dev.sternpost.cli.shell.Words;
import dev.sternpost.cli.task.TaskVerb;
import dev.sternpost.proto.host.v1.EnterMaintenanceRequest;
import dev.sternpost.proto.host.v1.ExitMaintenanceRequest;
import dev.sternpost.proto.host.v1.GetMaintenancePlanRequest;
import dev.sternpost.proto.host.v1.Host;
import dev.sternpost.proto.host.v1.MaintenanceBlock;
import dev.sternpost.proto.host.v1.MaintenanceMove;
import dev.sternpost.proto.host.v1.MaintenancePlan;
import dev.sternpost.proto.host.v1.PauseMaintenanceRequest;
import dev.sternpost.proto.host.v1.SetHostQuarantineRequest;
import dev.sternpost.proto.task.v1.Task;
import dev.sternpost.sdk.SternpostSession;
import java.io.PrintStream;
import java.time.Duration;

/** Taking hosts out of use and back. */
final class HostMaintenance {
    private HostMaintenance() {}

    /** What becomes of VMs that do not run. */
    enum PoweredOff {
        move,
        leave
    }

    static final class Enter extends TaskVerb {
        private final EnterMaintenanceRequest.Builder wish = EnterMaintenanceRequest.newBuilder();

        private boolean dryRun;

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Empty a host and keep it out of use: its running virtual machines are moved live, nothing"
                            + " comes to it. Cancel the task to bring it back before the end.")
                    .example("sternpost host enter-maintenance host-1 --dry-run")
                    .example("sternpost host enter-maintenance host-1 --powered-off move")
                    .argument("HOST", "Name, path or id.", wish::setHost)
                    .flag("--dry-run", "Only tell what would move where, and what cannot.", () -> dryRun = true)
                    .option(
                            "--powered-off",
                            "move|leave",
                            "Whether virtual machines that do not run are registered elsewhere. Default: leave.",
                            text -> wish.setMovePoweredOff(Values.choice(PoweredOff.class, text) == PoweredOff.move));
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            return dryRun ? plan(session) : super.run(session);
        }

        private ExitCode plan(SternpostSession session) {
            GetMaintenancePlanRequest request = GetMaintenancePlanRequest.newBuilder()
                    .setHost(wish.getHost())
                    .setMovePoweredOff(wish.getMovePoweredOff())
                    .build();
            MaintenancePlan plan = session.call(() -> session.hostMaintenance().getMaintenancePlan(request))
                    .getPlan();
            if (forPeople()) {
                tell(shell().out(), plan);
            } else {
                print("", plan);
            }
            return plan.getBlockedCount() == 0 ? ExitCode.DONE : ExitCode.CONFLICT;
        }

        @Override
        protected Task file(SternpostSession session) {
            return session.call(() -> session.hostMaintenance().enterMaintenance(wish.build()))
                    .getTask();
        }
    }

    private static void tell(PrintStream out, MaintenancePlan plan) {
        if (plan.getMovesCount() > 0) {
            new Table<MaintenanceMove>()
                    .column("VM", MaintenanceMove::getVmName)
                    .column("FROM", MaintenanceMove::getFromHostName)
                    .column("TO", MaintenanceMove::getToHostName)
                    .column("HOW", HostMaintenance::how)
                    .number("BEGINS AFTER", move -> seconds(move.getStartSeconds()))
                    .number("ENDS AFTER", move -> seconds(move.getEndSeconds()))
                    .print(out, "", plan.getMovesList());
        }
        for (MaintenanceBlock block : plan.getBlockedList()) {
            out.printf("%s cannot leave: %s %s%n", block.getVmName(), block.getReason(), block.getRemedy());
        }
        if (plan.getStayingCount() > 0) {
            out.println("Stay, since they do not run: " + String.join(", ", plan.getStayingList()));
        }
        out.println(
                plan.getBlockedCount() > 0
                        ? "%s cannot enter maintenance mode now".formatted(plan.getHostName())
                        : "%s would be empty in about %s".formatted(plan.getHostName(), seconds(plan.getEtaSeconds())));
    }

    private static String how(MaintenanceMove move) {
        return (move.getLive() ? "live" : "registered there") + (move.getMakesRoom() ? ", makes room" : "");
    }

    private static String seconds(double seconds) {
        return Times.format(Duration.ofMillis(Math.round(seconds * 1_000)));
    }

    static final class Exit extends TaskVerb {
        private final ExitMaintenanceRequest.Builder wish = ExitMaintenanceRequest.newBuilder();

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Bring a host back into use.")
                    .example("sternpost host exit-maintenance host-1 --restore")
                    .argument("HOST", "Name, path or id.", wish::setHost)
                    .flag(
                            "--restore",
                            "Move the virtual machines back that were there before.",
                            () -> wish.setRestore(true));
        }

        @Override
        protected Task file(SternpostSession session) {
            return session.call(() -> session.hostMaintenance().exitMaintenance(wish.build()))
                    .getTask();
        }
    }

    static final class Pause extends ServerVerb {
        private final PauseMaintenanceRequest.Builder wish =
                PauseMaintenanceRequest.newBuilder().setPaused(true);

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe(
                            "Hold the emptying of a host: what is being moved arrives, no more is moved, and still nothing"
                                    + " comes to the host.")
                    .example("sternpost host pause-maintenance host-1")
                    .example("sternpost host pause-maintenance host-1 --end")
                    .argument("HOST", "Name, path or id.", wish::setHost)
                    .flag("--end", "Go on.", () -> wish.setPaused(false));
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            Host host = session.call(() -> session.hostMaintenance().pauseMaintenance(wish.build()))
                    .getHost();
            print("%s: %s".formatted(host.getName(), Words.of(host.getMode())), host);
            return ExitCode.DONE;
        }
    }

    static final class Quarantine extends ServerVerb {
        private final SetHostQuarantineRequest.Builder wish =
                SetHostQuarantineRequest.newBuilder().setQuarantined(true);

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe(
                            "Say that a host is degraded: no virtual machine comes to it, and load balancing moves those"
                                    + " there elsewhere where they can go.")
                    .example("sternpost host quarantine host-1")
                    .example("sternpost host quarantine host-1 --end")
                    .argument("HOST", "Name, path or id.", wish::setHost)
                    .flag("--end", "It is well again.", () -> wish.setQuarantined(false));
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            Host host = session.call(() -> session.hostMaintenance().setHostQuarantine(wish.build()))
                    .getHost();
            print("%s: %s".formatted(host.getName(), Words.of(host.getMode())), host);
            return ExitCode.DONE;
        }
    }
}
