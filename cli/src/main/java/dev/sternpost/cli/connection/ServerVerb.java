package dev.sternpost.cli.connection;

import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.sdk.SternpostSession;

/** A command that needs a session. */
public abstract class ServerVerb extends ConnectionVerb {
    @Override
    protected final ExitCode run(Connection connection) throws Exception {
        try (SternpostSession session = connection.session()) {
            return run(session);
        }
    }

    /** Does it. */
    protected abstract ExitCode run(SternpostSession session) throws Exception;
}
