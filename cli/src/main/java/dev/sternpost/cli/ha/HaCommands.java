package dev.sternpost.cli.ha;

import dev.sternpost.cli.connection.ServerVerb;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Noun;
import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.task.TaskVerb;
import dev.sternpost.proto.ha.v1.DisableHaRequest;
import dev.sternpost.proto.ha.v1.DisarmHaRequest;
import dev.sternpost.proto.ha.v1.EnableHaRequest;
import dev.sternpost.proto.ha.v1.HaSettings;
import dev.sternpost.proto.ha.v1.RearmHaRequest;
import dev.sternpost.proto.task.v1.Task;
import dev.sternpost.sdk.SternpostSession;
import java.util.function.Consumer;

/** sternpost ha ... */
public final class HaCommands {
    private HaCommands() {}

    /** The noun with its verbs. */
    public static Noun noun() {
        return new Noun("ha", "High availability: what runs on a host that fails is started elsewhere.")
                .with("status", HaStatusVerb::new)
                .with("enable", Enable::new)
                .with("disable", Disable::new)
                .with("set", HaSet::new)
                .with("vm", HaVmVerb::new)
                .with("test", HaTest::new)
                .with("disarm", Disarm::new)
                .with("rearm", Rearm::new);
    }

    static void clusterArgument(Syntax syntax, Consumer<String> setter) {
        syntax.optionalArgument("CLUSTER", "Name, path or id. Default: the only one.", setter);
    }

    static final class Enable extends TaskVerb {
        private final EnableHaRequest.Builder request = EnableHaRequest.newBuilder();

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe(
                            "Enable high availability. Every connected host must prove first that it can stop what it runs.")
                    .example("sternpost ha enable")
                    .example("sternpost ha enable cluster-1 --heartbeats shared1")
                    .option(
                            "--heartbeats",
                            "DATASTORE",
                            "Where hosts keep their leases; all of them must see it. Default: the one of before, or the largest.",
                            request::setHeartbeatDatastore);
            clusterArgument(syntax, request::setCluster);
        }

        @Override
        protected Task file(SternpostSession session) {
            return session.call(() -> session.highAvailability().enableHa(request.build()))
                    .getTask();
        }

        @Override
        protected String success(SternpostSession session, Task task) {
            return "high availability of %s is on".formatted(task.getSubjectName());
        }
    }

    static final class Disable extends TaskVerb {
        private final DisableHaRequest.Builder request = DisableHaRequest.newBuilder();

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Disable high availability: what fails then stays down until somebody starts it.")
                    .example("sternpost ha disable cluster-1")
                    .flag(
                            "--force",
                            "Also while virtual machines wait to be started again; they stay down.",
                            () -> request.setForce(true));
            clusterArgument(syntax, request::setCluster);
        }

        @Override
        protected Task file(SternpostSession session) {
            return session.call(() -> session.highAvailability().disableHa(request.build()))
                    .getTask();
        }

        @Override
        protected String success(SternpostSession session, Task task) {
            return "high availability of %s is off".formatted(task.getSubjectName());
        }
    }

    static final class Disarm extends ServerVerb {
        private final DisarmHaRequest.Builder request = DisarmHaRequest.newBuilder();

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe(
                            "Let nothing be started again until it is armed anew: for planned work on the whole cluster.")
                    .example("sternpost ha disarm --reason \"switch upgrade\"")
                    .required("--reason", "TEXT", "Why; shown on the cluster meanwhile.", request::setReason);
            clusterArgument(syntax, request::setCluster);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            HaSettings settings = session.call(() -> session.highAvailability().disarmHa(request.build()))
                    .getSettings();
            print(
                    "high availability of %s is disarmed; arm it again with: sternpost ha rearm %s"
                            .formatted(settings.getClusterName(), settings.getClusterName()),
                    settings);
            return ExitCode.DONE;
        }
    }

    static final class Rearm extends ServerVerb {
        private final RearmHaRequest.Builder request = RearmHaRequest.newBuilder();

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Let failures be answered again.").example("sternpost ha rearm");
            clusterArgument(syntax, request::setCluster);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            HaSettings settings = session.call(() -> session.highAvailability().rearmHa(request.build()))
                    .getSettings();
            print("high availability of %s is armed".formatted(settings.getClusterName()), settings);
            return ExitCode.DONE;
        }
    }
}
