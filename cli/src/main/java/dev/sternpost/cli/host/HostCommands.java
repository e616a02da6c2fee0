package dev.sternpost.cli.host;

import dev.sternpost.cli.connection.ServerVerb;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Noun;
import dev.sternpost.cli.shell.Properties;
import dev.sternpost.cli.shell.Sizes;
import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.shell.Table;
import dev.sternpost.cli.shell.Times;
import dev.sternpost.cli.shell.Words;
import dev.sternpost.proto.host.v1.AddHostRequest;
import dev.sternpost.proto.host.v1.AddHostResponse;
import dev.sternpost.proto.host.v1.CreateHostTokenRequest;
import dev.sternpost.proto.host.v1.CreateHostTokenResponse;
import dev.sternpost.proto.host.v1.GetHostRequest;
import dev.sternpost.proto.host.v1.Host;
import dev.sternpost.proto.host.v1.HostMode;
import dev.sternpost.proto.host.v1.ListHostsRequest;
import dev.sternpost.proto.host.v1.ListHostsResponse;
import dev.sternpost.proto.host.v1.RemoveHostRequest;
import dev.sternpost.sdk.Pages;
import dev.sternpost.sdk.SternpostSession;

/** sternpost host ... */
public final class HostCommands {
    private static final int PAGE_SIZE = 1_000;

    private HostCommands() {}

    /** The noun with its verbs. */
    public static Noun noun() {
        return new Noun("host", "Machines that run virtual machines.")
                .with("ls", Ls::new)
                .with("show", Show::new)
                .with("stats", HostStatistics::new)
                .with("add", Add::new)
                .with("enter-maintenance", HostMaintenance.Enter::new)
                .with("pause-maintenance", HostMaintenance.Pause::new)
                .with("continue-maintenance", HostMaintenance.Continue::new)
                .with("exit-maintenance", HostMaintenance.Exit::new)
                .with("quarantine", HostMaintenance.Quarantine::new)
                .with("power", HostPowerSettings::new)
                .with("wake-test", HostStandby.WakeTest::new)
                .with("enter-standby", HostStandby.Enter::new)
                .with("exit-standby", HostStandby.Exit::new)
                .with("token", Token::new)
                .with("remove", Remove::new);
    }

    static final class Ls extends ServerVerb {
        String parent = "";

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("List hosts.")
                    .example("sternpost host ls")
                    .example("sternpost host ls --in cluster-1 -o json")
                    .option("--in", "OBJECT", "Only below this folder or cluster.", text -> parent = text);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            print(
                    new Table<Host>()
                            .column("NAME", Host::getName)
                            .column("ID", Host::getId)
                            .column("STATE", HostCommands::state)
                            .number("VMS", host -> String.valueOf(host.getVmCount()))
                            .number("CPU", host -> String.valueOf(host.getCpuCount()))
                            .number("MEMORY", host -> Sizes.format(host.getMemoryBytes()))
                            .number("FREE", host -> Sizes.format(host.getMemoryFreeBytes()))
                            .column("ACCEL", host -> Words.of(host.getAccelerator()))
                            .column("QEMU", Host::getQemuVersion)
                            .column("STATUS", host -> Words.of(host.getStatus())),
                    Pages.all(
                            token -> page(session, token),
                            page -> page.getHostsList(),
                            page -> page.getNextPageToken()));
            return ExitCode.DONE;
        }

        private ListHostsResponse page(SternpostSession session, String token) {
            ListHostsRequest request = ListHostsRequest.newBuilder()
                    .setPageSize(PAGE_SIZE)
                    .setPageToken(token)
                    .setParent(parent)
                    .build();
            return session.call(() -> session.hosts().listHosts(request));
        }
    }

    static String state(Host host) {
        boolean plain = host.getMode() == HostMode.HOST_MODE_NORMAL || host.getMode() == HostMode.HOST_MODE_UNSPECIFIED;
        return Words.of(host.getConnectionState()) + (plain ? "" : ", " + Words.of(host.getMode()));
    }

    static final class Show extends ServerVerb {
        String reference = "";

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Show one host.")
                    .example("sternpost host show host-1")
                    .example("sternpost host show host-1 -o yaml")
                    .argument("HOST", "Name, path or id.", text -> reference = text);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            GetHostRequest request =
                    GetHostRequest.newBuilder().setHost(reference).build();
            Host host = session.call(() -> session.hosts().getHost(request)).getHost();
            Properties lines = new Properties()
                    .with("Name", host.getName())
                    .with("Id", host.getId())
                    .with("Path", host.getPath())
                    .with("State", state(host))
                    .with("Status", Words.of(host.getStatus()))
                    .with("VMs", String.valueOf(host.getVmCount()))
                    .with("CPU", "%d × %d MHz, %s".formatted(host.getCpuCount(), host.getCpuMhz(), host.getCpuModel()))
                    .with(
                            "Memory",
                            "%s, %s free"
                                    .formatted(
                                            Sizes.format(host.getMemoryBytes()),
                                            Sizes.format(host.getMemoryFreeBytes())))
                    .with(
                            "Accelerator",
                            "%s (%s)".formatted(Words.of(host.getAccelerator()), host.getAcceleratorReason()))
                    .with("QEMU", host.getQemuVersion())
                    .with("Agent", "%s, start %d".formatted(host.getAgentVersion(), host.getIncarnation()))
                    .with("Last heard of", Times.format(host.getLastSeenTime()))
                    .withAny("Relay", host.getRelayAddress())
                    .with("Datastores", String.join(", ", host.getDatastoreIdsList()))
                    .with("Networks", String.join(", ", host.getNetworkIdsList()));
            host.getNoticesList().forEach(notice -> lines.with("Notices", notice));
            print(lines, host);
            return ExitCode.DONE;
        }
    }

    static final class Add extends ServerVerb {
        String name = "";

        String parent = "";

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Add a host and print the one-time token with which its agent enrols.")
                    .example("sternpost host add host-4 --in cluster-1")
                    .argument("NAME", "Name of the host.", text -> name = text)
                    .required("--in", "OBJECT", "Cluster or host folder (name, path or id).", text -> parent = text);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            AddHostRequest request =
                    AddHostRequest.newBuilder().setParent(parent).setName(name).build();
            AddHostResponse answer = session.call(() -> session.hosts().addHost(request));
            print(
                    "%s is added as %s. Start its agent with this token before %s; it is shown this once:%n%s"
                            .formatted(
                                    answer.getHost().getName(),
                                    answer.getHost().getId(),
                                    Times.format(answer.getExpireTime()),
                                    answer.getToken()),
                    answer);
            return ExitCode.DONE;
        }
    }

    static final class Token extends ServerVerb {
        String reference = "";

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Make another one-time token for a host that lost its identity; using it revokes the old"
                            + " certificate.")
                    .example("sternpost host token host-1")
                    .argument("HOST", "Name, path or id.", text -> reference = text);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            CreateHostTokenRequest request =
                    CreateHostTokenRequest.newBuilder().setHost(reference).build();
            CreateHostTokenResponse answer = session.call(() -> session.hosts().createHostToken(request));
            print(
                    "Good until %s; it is shown this once:%n%s"
                            .formatted(Times.format(answer.getExpireTime()), answer.getToken()),
                    answer);
            return ExitCode.DONE;
        }
    }

    static final class Remove extends ServerVerb {
        String reference = "";

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Remove a host that has no virtual machines and revoke its certificate.")
                    .example("sternpost host remove host-4")
                    .argument("HOST", "Name, path or id.", text -> reference = text);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            RemoveHostRequest request =
                    RemoveHostRequest.newBuilder().setHost(reference).build();
            print(reference + " is removed", session.call(() -> session.hosts().removeHost(request)));
            return ExitCode.DONE;
        }
    }
}
