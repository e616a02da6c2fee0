package dev.sternpost.cli.session;

import dev.sternpost.cli.connection.Connection;
import dev.sternpost.cli.connection.ConnectionVerb;
import dev.sternpost.cli.shell.CommandFailure;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Noun;
import dev.sternpost.cli.shell.Properties;
import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.shell.Times;
import dev.sternpost.proto.session.v1.Session;
import dev.sternpost.sdk.SternpostSession;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** sternpost session ..., and sternpost login. */
public final class SessionCommands {
    private SessionCommands() {}

    /** The noun with its verbs. */
    public static Noun noun() {
        return new Noun("session", "Your login.")
                .with("login", Login::new)
                .with("show", Show::new)
                .with("logout", Logout::new);
    }

    public static final class Login extends ConnectionVerb {
        String user = "administrator";

        @Nullable
        Path passwordFile;

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Log in and keep the session for the commands that follow.")
                    .example("sternpost login")
                    .example("sternpost login --user administrator --password-file secret.txt")
                    .example("sternpost login --server 127.0.0.1:7443 --ca ca.pem")
                    .option("--user", "NAME", "Default: administrator.", text -> user = text)
                    .option(
                            "--password-file",
                            "FILE",
                            "Read the password from this file. Default: ask for it, or read a line of standard input.",
                            text -> passwordFile = Path.of(text));
        }

        @Override
        protected ExitCode run(Connection connection) throws IOException {
            String password = password();
            try (SternpostSession session = connection.login(user, password)) {
                Session description = session.describe();
                print(
                        "logged in to %s as %s until %s, longer while commands are given"
                                .formatted(
                                        connection.address(),
                                        description.getUserName(),
                                        Times.format(description.getExpireTime())),
                        description);
            }
            return ExitCode.DONE;
        }

        private String password() throws IOException {
            if (passwordFile != null) {
                try {
                    return Files.readString(passwordFile).strip();
                } catch (IOException e) {
                    throw CommandFailure.ofFile(ExitCode.NOT_FOUND, passwordFile, "read", e);
                }
            }
            @Nullable Console console = System.console();
            if (console != null && console.isTerminal()) {
                char @Nullable [] typed = console.readPassword("Password of %s: ", user);
                return typed == null ? "" : new String(typed);
            }
            BufferedReader reader = new BufferedReader(new InputStreamReader(shell().in(), StandardCharsets.UTF_8));
            @Nullable String line = reader.readLine();
            if (line == null) {
                throw new CommandFailure(
                        ExitCode.USAGE, "there is nobody to ask for the password; give --password-file FILE");
            }
            return line;
        }
    }

    static final class Show extends ConnectionVerb {
        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Show who is logged in, where, until when.").example("sternpost session show");
        }

        @Override
        protected ExitCode run(Connection connection) {
            try (SternpostSession session = connection.session()) {
                Session description = session.describe();
                print(
                        new Properties()
                                .with("Server", connection.address())
                                .with("User", description.getUserName())
                                .with("Session", description.getId())
                                .with("Since", Times.format(description.getCreateTime()))
                                .with("Until", Times.format(description.getExpireTime())),
                        description);
            }
            return ExitCode.DONE;
        }
    }

    static final class Logout extends ConnectionVerb {
        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("End the kept session, here and at the server.").example("sternpost session logout");
        }

        @Override
        protected ExitCode run(Connection connection) {
            boolean ended = connection.logout();
            shell().out().println(ended ? "logged out of " + connection.address() : "there was no session");
            return ExitCode.DONE;
        }
    }
}
