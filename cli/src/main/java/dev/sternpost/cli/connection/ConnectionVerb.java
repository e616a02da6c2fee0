package dev.sternpost.cli.connection;

import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.shell.Verb;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A command that talks to a server, logged in or not. */
public abstract class ConnectionVerb extends Verb {
    @Nullable
    String server;

    @Nullable
    Path ca;

    @Override
    protected void declareShared(Syntax syntax) {
        syntax.option(
                        "--server",
                        "HOST:PORT",
                        "The server. Default: STERNPOST_SERVER, else the one that ./sternpost up started.",
                        text -> server = text)
                .option(
                        "--ca",
                        "FILE",
                        "PEM file of the installation's CA. Default: STERNPOST_CA, else the launcher's.",
                        text -> ca = Path.of(text));
        super.declareShared(syntax);
    }

    @Override
    protected final ExitCode run() throws Exception {
        try (Connection connection = Connection.open(Target.find(shell(), server, ca))) {
            return run(connection);
        }
    }

    /** Does it. */
    protected abstract ExitCode run(Connection connection) throws Exception;
}
