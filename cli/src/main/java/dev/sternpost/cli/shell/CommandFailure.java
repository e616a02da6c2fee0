package dev.sternpost.cli.shell;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Ends a command with one line for the user and an exit code. */
public final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ExitCode exitCode;

    /** The message says what to do; it is printed behind "error: ". */
    public CommandFailure(ExitCode exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** A file that cannot be read or written, with the reason in words: the system's own message is often just the path. */
    public static CommandFailure ofFile(ExitCode exitCode, Path file, String what, IOException e) {
        String reason = switch (e) {
            case NoSuchFileException missing -> "no such file or directory";
            case AccessDeniedException denied -> "permission denied";
            default -> String.valueOf(e.getMessage());
        };
        return new CommandFailure(exitCode, "%s cannot be %s: %s".formatted(file, what, reason));
    }

    /** What the process ends with. */
    public ExitCode exitCode() {
        return exitCode;
    }
}
