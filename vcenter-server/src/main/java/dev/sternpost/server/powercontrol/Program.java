package dev.sternpost.server.powercontrol;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A program that the server runs to switch a machine: without a shell, without the server's environment, and for a bounded time. */
final class Program {
    /** What it may know of the server's environment, which has secrets in it. */
    private static final Set<String> ENVIRONMENT = Set.of("PATH", "HOME", "LANG");

    private static final int OUTPUT_BYTES_MAX = 65_536;
    private static final int DETAIL_CHARACTERS_MAX = 300;

    private final List<String> command;
    private final Duration patience;

    /** @param patience how long it may run before it is killed, with what it has started */
    Program(List<String> command, Duration patience) {
        this.command = List.copyOf(command);
        this.patience = patience;
    }

    /** What came of it; its output, both streams in one, may be cut off. */
    record Ran(int exitCode, String output) {
        /** For people: its words in one line, or its exit code when there are none. */
        String detail() {
            return output.isBlank() ? "exit code " + exitCode : line(output);
        }
    }

    /** In one line that is not too long. */
    static String line(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.substring(0, Math.min(line.length(), DETAIL_CHARACTERS_MAX));
    }

    /** It cannot be started: it is not there, or not executable. */
    static final class NotStartedException extends Exception {
        private static final long serialVersionUID = 1;

        NotStartedException(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /**
     * Runs it.
     *
     * @param input for its standard input; less than a pipe holds
     * @param then what its end means
     * @return Unreachable when it does not end in time
     */
    PowerAnswer run(String input, Function<Ran, PowerAnswer> then) throws NotStartedException {
        try {
            // Into a file, since what the command leaves running may keep a pipe open.
            Path output = Files.createTempFile("power", ".out");
            try {
                return run(input, output, then);
            } finally {
                Files.deleteIfExists(output);
            }
        } catch (IOException e) {
            return new PowerAnswer.Failed("%s cannot be run: %s".formatted(command.getFirst(), e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new PowerAnswer.Unreachable("interrupted");
        }
    }

    private PowerAnswer run(String input, Path output, Function<Ran, PowerAnswer> then)
            throws NotStartedException, IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().keySet().retainAll(ENVIRONMENT);
        Process process = start(builder);
        boolean ended = false;
        try {
            tell(process, input);
            ended = process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } finally {
            if (!ended) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        }
        return ended
                ? then.apply(new Ran(process.exitValue(), read(output)))
                : new PowerAnswer.Unreachable(
                        "%s did not end within %d s".formatted(command.getFirst(), patience.toSeconds()));
    }

    private static Process start(ProcessBuilder builder) throws NotStartedException {
        try {
            return builder.start();
        } catch (IOException e) {
            throw new NotStartedException(e);
        }
    }

    private static void tell(Process process, String input) {
        try (OutputStream stream = process.getOutputStream()) {
            stream.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException ignored) {
            // It ended, or closed its input, without reading it all: its exit code says what came of it.
        }
    }

    private static String read(Path output) throws IOException {
        try (InputStream stream = Files.newInputStream(output)) {
            return new String(stream.readNBytes(OUTPUT_BYTES_MAX), StandardCharsets.UTF_8);
        }
    }
}
