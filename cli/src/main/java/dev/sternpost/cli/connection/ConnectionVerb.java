package dev.sternpost.cli.connection;

import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Verb;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A command that talks to a server, logged in or not. */
public abstract class ConnectionVerb extends Verb {
    @Option(
            names = "--server",
            paramLabel = "HOST:PORT",
            order = 90,
            description = "The server. Default: STERNPOST_SERVER, else the one that ./sternpost up started.")
    @Nullable
    String server;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            order = 91,
            description = "PEM file of the installation's CA. Default: STERNPOST_CA, else the launcher's.")
    @Nullable
    Path ca;

    @Override
    protected final ExitCode run() throws Exception {
        try (Connection connection = Connection.open(Target.find(shell(), server, ca))) {
            return run(connection);
        }
    }

    /** Does it. */
    protected abstract ExitCode run(Connection connection) throws Exception;
}
