package dev.sternpost.cli.shell;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where a command reads and writes. Results go to {@link #out}, progress and errors to {@link #err}.
 *
 * @param bars whether progress may be drawn over itself, as on a terminal
 */
public record Shell(PrintStream out, PrintStream err, InputStream in, Map<String, String> environment, boolean bars) {
    private static final int BUFFER_BYTES = 8192;

    /** The process's own. */
    public static Shell ofProcess() {
        return new Shell(
                stream(FileDescriptor.out),
                stream(FileDescriptor.err),
                System.in,
                System.getenv(),
                isTerminal("/proc/self/fd/2") && !"dumb".equals(System.getenv("TERM")));
    }

    private static PrintStream stream(FileDescriptor file) {
        return new PrintStream(
                new java.io.BufferedOutputStream(new FileOutputStream(file), BUFFER_BYTES),
                true,
                StandardCharsets.UTF_8);
    }

    // System.console() tells of standard input and output only, and loads a line editor.
    private static boolean isTerminal(String file) {
        try {
            String target = Files.readSymbolicLink(Path.of(file)).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /** A variable of the environment; empty when it is not set or blank. */
    public Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }
}
