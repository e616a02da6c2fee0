package dev.sternpost.server.powercontrol;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A command that the administrator of the server has configured there: called with the host's name and {@code status}, {@code on} or
 * {@code off}. Its exit code says what came of it, its output is told to people:
 *
 * <ul>
 *   <li>0: done; of {@code status}, the first word of its output is {@code on}, {@code off} or {@code unknown}
 *   <li>3: was so already
 *   <li>4: wrong credentials
 *   <li>5: the machine's power control does not answer
 *   <li>any other: failed
 * </ul>
 */
final class CommandControl implements PowerControl {
    /** What it may know of the server's environment. */
    private static final Set<String> ENVIRONMENT = Set.of("PATH", "HOME", "LANG");

    private static final int ALREADY = 3;
    private static final int CREDENTIALS = 4;
    private static final int UNREACHABLE = 5;
    private static final int OUTPUT_BYTES_MAX = 4_096;
    private static final int DETAIL_CHARACTERS_MAX = 300;

    private final Path command;
    private final String hostName;
    private final Duration patience;

    CommandControl(Path command, String hostName, Duration patience) {
        this.command = command;
        this.hostName = hostName;
        this.patience = patience;
    }

    private record Ran(int exitCode, String output) {
        String detail() {
            String line = output.strip().replaceAll("\\s+", " ");
            return line.isEmpty()
                    ? "exit code " + exitCode
                    : line.substring(0, Math.min(line.length(), DETAIL_CHARACTERS_MAX));
        }
    }

    @Override
    public PowerAnswer state() {
        return run("status", ran -> switch (ran.output().strip().split("\\s+", 2)[0]) {
            case "on" -> new PowerAnswer.Is(PowerAnswer.MachinePower.ON);
            case "off" -> new PowerAnswer.Is(PowerAnswer.MachinePower.OFF);
            case "unknown" -> new PowerAnswer.Is(PowerAnswer.MachinePower.UNKNOWN);
            default -> new PowerAnswer.Failed("status printed neither on, off nor unknown: " + ran.detail());
        });
    }

    @Override
    public PowerAnswer on() {
        return run("on", ran -> new PowerAnswer.Done());
    }

    @Override
    public PowerAnswer off() {
        return run("off", ran -> new PowerAnswer.Done());
    }

    private PowerAnswer run(String verb, Function<Ran, PowerAnswer> success) {
        try {
            Path output = Files.createTempFile("power", ".out");
            try {
                return run(verb, output, success);
            } finally {
                Files.deleteIfExists(output);
            }
        } catch (IOException e) {
            return new PowerAnswer.Failed("%s cannot be run: %s".formatted(command, e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new PowerAnswer.Unreachable("interrupted");
        }
    }

    /** Into a file, since what the command leaves running may keep a pipe open. */
    private PowerAnswer run(String verb, Path output, Function<Ran, PowerAnswer> success)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(List.of(command.toString(), hostName, verb))
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(output.toFile());
        // The server's own environment has secrets in it.
        builder.environment().keySet().retainAll(ENVIRONMENT);
        Process process = builder.start();
        boolean ended = false;
        try {
            ended = process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } finally {
            if (!ended) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        }
        if (!ended) {
            return new PowerAnswer.Unreachable("%s did not end within %d s".formatted(command, patience.toSeconds()));
        }
        Ran ran = new Ran(process.exitValue(), read(output));
        return switch (ran.exitCode()) {
            case 0 -> success.apply(ran);
            case ALREADY -> new PowerAnswer.Already();
            case CREDENTIALS -> new PowerAnswer.CredentialsRefused(ran.detail());
            case UNREACHABLE -> new PowerAnswer.Unreachable(ran.detail());
            default -> new PowerAnswer.Failed(ran.detail());
        };
    }

    private static String read(Path output) throws IOException {
        try (InputStream stream = Files.newInputStream(output)) {
            return new String(stream.readNBytes(OUTPUT_BYTES_MAX), StandardCharsets.UTF_8);
        }
    }
}
