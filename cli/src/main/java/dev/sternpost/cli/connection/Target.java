package dev.sternpost.cli.connection;

import dev.sternpost.cli.shell.CommandFailure;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Shell;
import dev.sternpost.sdk.ConnectOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which server, whom to be there, and where the session is kept. Each part comes from the first of: option,
 * environment, the context file that the launcher (or a login) wrote.
 *
 * @param directory where the context and the session lie: $STERNPOST_HOME/cli, else ~/.config/sternpost
 * @param server "host:port"
 * @param caFile PEM file of the installation's CA
 * @param user for a login without a question
 * @param passwordFile holds that user's password
 */
public record Target(
        Path directory, String server, @Nullable Path caFile, Optional<String> user, Optional<Path> passwordFile) {
    private static final String CONTEXT_FILE = "context.json";

    /** What the options say, completed by environment and context file. */
    public static Target find(Shell shell, @Nullable String serverOption, @Nullable Path caOption) {
        Path directory = directory(shell);
        Map<String, String> context = context(directory.resolve(CONTEXT_FILE));
        Optional<String> explicit = Optional.ofNullable(serverOption).or(() -> shell.variable("STERNPOST_SERVER"));
        String server = explicit.or(() -> Optional.ofNullable(context.get("server")))
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.USAGE,
                        "which server? Start one on this machine with ./sternpost up, or say --server HOST:PORT --ca FILE"
                                + " (or set STERNPOST_SERVER and STERNPOST_CA)"));
        server = address(server);
        boolean ofContext = context.containsKey("server")
                && address(String.valueOf(context.get("server"))).equals(server);
        Map<String, String> fitting = ofContext ? context : Map.of();
        Path caFile = Optional.ofNullable(caOption)
                .or(() -> shell.variable("STERNPOST_CA").map(Path::of))
                .or(() -> Optional.ofNullable(fitting.get("caFile")).map(Path::of))
                .orElse(null);
        return new Target(
                directory,
                server,
                caFile,
                shell.variable("STERNPOST_USER").or(() -> Optional.ofNullable(fitting.get("user"))),
                shell.variable("STERNPOST_PASSWORD_FILE")
                        .or(() -> Optional.ofNullable(fitting.get("passwordFile")))
                        .map(Path::of));
    }

    private static Path directory(Shell shell) {
        return shell.variable("STERNPOST_HOME")
                .map(home -> Path.of(home, "cli"))
                .or(() -> shell.variable("XDG_CONFIG_HOME").map(config -> Path.of(config, "sternpost")))
                .orElseGet(() -> Path.of(shell.variable("HOME").orElse("."), ".config", "sternpost"));
    }

    private static Map<String, String> context(Path file) {
        try {
            return Files.exists(file) ? SmallJson.parse(Files.readString(file)) : Map.of();
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.USAGE, "%s cannot be read (%s); remove it".formatted(file, e.getMessage()));
        }
    }

    private static String address(String given) {
        try {
            return ConnectOptions.to(given).address();
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()));
        }
    }

    /** The password that is meant for logging in without a question; empty when there is none. */
    Optional<String> password() {
        return passwordFile.flatMap(file -> {
            try {
                return Optional.of(Files.readString(file).strip());
            } catch (IOException e) {
                return Optional.empty();
            }
        });
    }

    ConnectOptions connectOptions() {
        ConnectOptions options = ConnectOptions.to(server).withUserAgent("sternpost-cli");
        return caFile == null ? options : options.withCaFile(caFile);
    }
}
