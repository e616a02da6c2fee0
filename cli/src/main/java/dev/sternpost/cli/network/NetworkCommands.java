package dev.sternpost.cli.network;

import dev.sternpost.cli.connection.ServerVerb;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Noun;
import dev.sternpost.cli.shell.Properties;
import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.shell.Table;
import dev.sternpost.cli.shell.Words;
import dev.sternpost.proto.network.v1.GetNetworkRequest;
import dev.sternpost.proto.network.v1.ListNetworksRequest;
import dev.sternpost.proto.network.v1.Network;
import dev.sternpost.sdk.Pages;
import dev.sternpost.sdk.SternpostSession;
import java.util.List;

/** sternpost network ... */
public final class NetworkCommands {
    private static final int PAGE_SIZE = 1_000;

    private NetworkCommands() {}

    /** The noun with its verbs. */
    public static Noun noun() {
        return new Noun("network", "What virtual machines are connected to.")
                .with("ls", Ls::new)
                .with("show", Show::new);
    }

    static final class Ls extends ServerVerb {
        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("List networks.").example("sternpost network ls");
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            List<Network> networks = Pages.all(
                    token -> session.call(() -> session.networks()
                            .listNetworks(ListNetworksRequest.newBuilder()
                                    .setPageSize(PAGE_SIZE)
                                    .setPageToken(token)
                                    .build())),
                    page -> page.getNetworksList(),
                    page -> page.getNextPageToken());
            print(
                    new Table<Network>()
                            .column("NAME", Network::getName)
                            .column("ID", Network::getId)
                            .column("KIND", network -> Words.of(network.getKind()))
                            .number("HOSTS", network -> String.valueOf(network.getHostIdsCount()))
                            .column("STATUS", network -> Words.of(network.getStatus()))
                            .column("PATH", Network::getPath),
                    networks);
            return ExitCode.DONE;
        }
    }

    static final class Show extends ServerVerb {
        String reference = "";

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Show one network.")
                    .example("sternpost network show vm-network")
                    .argument("NETWORK", "Name, path or id.", text -> reference = text);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            GetNetworkRequest request =
                    GetNetworkRequest.newBuilder().setNetwork(reference).build();
            Network network =
                    session.call(() -> session.networks().getNetwork(request)).getNetwork();
            Properties lines = new Properties()
                    .with("Name", network.getName())
                    .with("Id", network.getId())
                    .with("Path", network.getPath())
                    .with("Kind", Words.of(network.getKind()))
                    .with("Hosts", String.join(", ", network.getHostIdsList()))
                    .with("Status", Words.of(network.getStatus()))
                    .with("Version", String.valueOf(network.getVersion()));
            print(lines, network);
            return ExitCode.DONE;
        }
    }
}
