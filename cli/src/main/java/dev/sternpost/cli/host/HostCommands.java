package dev.sternpost.cli.host;

import dev.sternpost.cli.connection.ServerVerb;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Noun;
import dev.sternpost.cli.shell.Properties;
import dev.sternpost.cli.shell.Sizes;
import dev.sternpost.cli.shell.Table;
import dev.sternpost.cli.shell.Times;
import dev.sternpost.cli.shell.Words;
import dev.sternpost.proto.host.v1.AddHostRequest;
import dev.sternpost.proto.host.v1.AddHostResponse;
import dev.sternpost.proto.host.v1.CreateHostTokenRequest;
import dev.sternpost.proto.host.v1.CreateHostTokenResponse;
import dev.sternpost.proto.host.v1.GetHostRequest;
import dev.sternpost.proto.host.v1.Host;
import dev.sternpost.proto.host.v1.ListHostsRequest;
import dev.sternpost.proto.host.v1.ListHostsResponse;
import dev.sternpost.proto.host.v1.RemoveHostRequest;
import dev.sternpost.sdk.Pages;
import dev.sternpost.sdk.SternpostSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** sternpost host ... */
public final class HostCommands {
    private static final int PAGE_SIZE = 1_000;

    private HostCommands() {}

    /** The noun with its verbs. */
    public static Noun noun() {
        return new Noun("host", "Machines that run virtual machines.")
                .with("ls", Ls::new)
                .with("show", Show::new)
                .with("add", Add::new)
                .with("token", Token::new)
                .with("remove", Remove::new);
    }

    @Command(
            name = "ls",
            description = "List hosts.",
            footer = {"  sternpost host ls", "  sternpost host ls --in cluster-1 -o json"})
    static final class Ls extends ServerVerb {
        @Option(names = "--in", paramLabel = "OBJECT", description = "Only below this folder or cluster.")
        String parent = "";

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

    private static String state(Host host) {
        return Words.of(host.getConnectionState()) + (host.getInMaintenance() ? ", inMaintenance" : "");
    }

    @Command(
            name = "show",
            description = "Show one host.",
            footer = {"  sternpost host show host-1", "  sternpost host show host-1 -o yaml"})
    static final class Show extends ServerVerb {
        @Parameters(paramLabel = "HOST", description = "Name, path or id.")
        String reference;

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

    @Command(
            name = "add",
            description = "Add a host and print the one-time token with which its agent enrols.",
            footer = {"  sternpost host add host-4 --in cluster-1"})
    static final class Add extends ServerVerb {
        @Parameters(paramLabel = "NAME", description = "Name of the host.")
        String name;

        @Option(
                names = "--in",
                required = true,
                paramLabel = "OBJECT",
                description = "Cluster or host folder (name, path or id).")
        String parent;

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

    @Command(
            name = "token",
            description = "Make another one-time token for a host that lost its identity; using it revokes the old"
                    + " certificate.",
            footer = {"  sternpost host token host-1"})
    static final class Token extends ServerVerb {
        @Parameters(paramLabel = "HOST", description = "Name, path or id.")
        String reference;

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

    @Command(
            name = "remove",
            description = "Remove a host that has no virtual machines and revoke its certificate.",
            footer = {"  sternpost host remove host-4"})
    static final class Remove extends ServerVerb {
        @Parameters(paramLabel = "HOST", description = "Name, path or id.")
        String reference;

        @Override
        protected ExitCode run(SternpostSession session) {
            RemoveHostRequest request =
                    RemoveHostRequest.newBuilder().setHost(reference).build();
            print(reference + " is removed", session.call(() -> session.hosts().removeHost(request)));
            return ExitCode.DONE;
        }
    }
}
