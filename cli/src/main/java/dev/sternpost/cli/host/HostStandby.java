package dev.sternpost.cli.host;

import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.shell.Times;
import dev.sternpost.cli.task.TaskVerb;
import dev.sternpost.proto.power.v1.EnterStandbyRequest;
import dev.sternpost.proto.power.v1.ExitStandbyRequest;
import dev.sternpost.proto.power.v1.HostPower;
import dev.sternpost.proto.power.v1.ListHostPowerRequest;
import dev.sternpost.proto.power.v1.PlanStandbyRequest;
import dev.sternpost.proto.power.v1.PlanStandbyResponse;
import dev.sternpost.proto.power.v1.TestWakeRequest;
import dev.sternpost.proto.task.v1.Task;
import dev.sternpost.sdk.SternpostSession;
import java.time.Duration;

/** The verbs that put a host into stand-by and wake it. */
final class HostStandby {
    private HostStandby() {}

    static final class Enter extends TaskVerb {
        String reference = "";

        boolean dryRun;

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Empty a host and switch its power off; it is woken when it is needed, or by exit-standby.")
                    .example("sternpost host enter-standby host-3 --dry-run")
                    .example("sternpost host enter-standby host-3")
                    .argument("HOST", "Name, path or id.", text -> reference = text)
                    .flag("--dry-run", "Only show what would move where, and what cannot.", () -> dryRun = true);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            if (!dryRun) {
                return super.run(session);
            }
            PlanStandbyRequest request =
                    PlanStandbyRequest.newBuilder().setHost(reference).build();
            PlanStandbyResponse answer = session.call(() -> session.power().planStandby(request));
            if (forPeople()) {
                HostMaintenance.Enter.show(shell().out(), answer.getPlan());
                if (!answer.getRefusal().isEmpty()) {
                    shell().out().println(answer.getRefusal());
                }
            } else {
                print("", answer);
            }
            return answer.getPlan().getBlockedCount() == 0
                            && answer.getRefusal().isEmpty()
                    ? ExitCode.DONE
                    : ExitCode.CONFLICT;
        }

        @Override
        protected Task file(SternpostSession session) {
            EnterStandbyRequest request =
                    EnterStandbyRequest.newBuilder().setHost(reference).build();
            return session.call(() -> session.power().enterStandby(request)).getTask();
        }

        @Override
        protected String success(SternpostSession session, Task task) {
            return task.getSubjectName() + " is in stand-by";
        }
    }

    static final class Exit extends TaskVerb {
        String reference = "";

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Wake a host from stand-by and wait for its agent.")
                    .example("sternpost host exit-standby host-3")
                    .argument("HOST", "Name, path or id.", text -> reference = text);
        }

        @Override
        protected Task file(SternpostSession session) {
            ExitStandbyRequest request =
                    ExitStandbyRequest.newBuilder().setHost(reference).build();
            return session.call(() -> session.power().exitStandby(request)).getTask();
        }

        @Override
        protected String success(SternpostSession session, Task task) {
            return task.getSubjectName() + " is in use again";
        }
    }

    static final class WakeTest extends TaskVerb {
        String reference = "";

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe(
                            "Put a host into stand-by and wake it at once, to see whether it wakes and how long it takes.")
                    .example("sternpost host wake-test host-3")
                    .argument("HOST", "Name, path or id.", text -> reference = text);
        }

        @Override
        protected Task file(SternpostSession session) {
            TestWakeRequest request =
                    TestWakeRequest.newBuilder().setHost(reference).build();
            return session.call(() -> session.power().testWake(request)).getTask();
        }

        @Override
        protected String success(SternpostSession session, Task task) {
            ListHostPowerRequest request = ListHostPowerRequest.newBuilder()
                    .setParent(task.getSubjectId())
                    .build();
            HostPower host =
                    session.call(() -> session.power().listHostPower(request)).getHosts(0);
            return "%s wakes: its agent was there after %s"
                    .formatted(
                            task.getSubjectName(),
                            Times.format(Duration.ofMillis(host.getLastTest().getWakeMs())));
        }
    }
}
