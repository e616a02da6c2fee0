package dev.sternpost.agent.process;

import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One run of a program of the host, such as {@code qemu-img} or {@code ip}. */
public final class HostCommand {

    private static final int OUTPUT_BYTES_MAX = 1 << 20;
    private static final Duration READERS_GRACE = Duration.ofSeconds(2);

    private HostCommand() {}

    /**
     * How a program ended.
     *
     * @param exitCode its exit status
     * @param standardOutput at most 1 MiB of it
     * @param standardError at most 1 MiB of it
     */
    public record Output(int exitCode, String standardOutput, String standardError) {

        /** The end of what it complained about, fit for a fault's context. */
        public String complaint() {
            String text = (standardError.isBlank() ? standardOutput : standardError).strip();
            return text.length() <= 2000 ? text : text.substring(text.length() - 2000);
        }
    }

    /**
     * Runs a program and waits for its end.
     *
     * @param input what it reads from standard input
     * @throws FaultException HOST_ERROR when it cannot be started or does not end in time (it is killed then)
     */
    public static Output run(Duration timeout, String input, List<String> command) {
        Process process;
        try {
            process = new ProcessBuilder(command).start();
        } catch (IOException e) {
            throw new FaultException(
                    Fault.of(
                                    FaultCode.HOST_ERROR,
                                    "The host cannot run " + command.getFirst() + "; install it on the host.")
                            .withContext(String.valueOf(e.getMessage())),
                    e);
        }
        try {
            return await(process, timeout, input, command);
        } finally {
            process.destroyForcibly();
        }
    }

    /**
     * Runs a program that must succeed.
     *
     * @return its standard output
     * @throws FaultException HOST_ERROR when it fails
     */
    public static String require(Duration timeout, List<String> command) {
        return require(timeout, "", command);
    }

    /** As {@link #require(Duration, List)}, with standard input. */
    public static String require(Duration timeout, String input, List<String> command) {
        Output output = run(timeout, input, command);
        if (output.exitCode() != 0) {
            throw failure(command, output);
        }
        return output.standardOutput();
    }

    /** The fault for a program that failed. */
    public static FaultException failure(List<String> command, Output output) {
        return Fault.of(
                        FaultCode.HOST_ERROR,
                        command.getFirst() + " failed on the host with status " + output.exitCode()
                                + "; see the agent's log.")
                .withContext(String.join(" ", command) + ": " + output.complaint())
                .exception();
    }

    private static Output await(Process process, Duration timeout, String input, List<String> command) {
        Reader out = new Reader(process.getInputStream());
        Reader err = new Reader(process.getErrorStream());
        try {
            try (OutputStream in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // It ended without reading; its exit status tells why.
                process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
            }
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw Fault.of(
                                FaultCode.HOST_ERROR,
                                command.getFirst() + " did not end within " + timeout.toSeconds()
                                        + " s on the host and was killed.")
                        .withContext(String.join(" ", command))
                        .exception();
            }
            return new Output(process.exitValue(), out.text(), err.text());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FaultException(Fault.of(FaultCode.OPERATION_CANCELLED, "The agent is stopping; try again."), e);
        }
    }

    /** Drains one pipe, so that the program never blocks on it. */
    private static final class Reader {
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        // Reads of a pipe hold on to their carrier, so not a virtual thread.
        private final Thread thread;

        Reader(InputStream stream) {
            thread = Thread.ofPlatform().daemon().name("command-output").start(() -> drain(stream));
        }

        private void drain(InputStream stream) {
            byte[] buffer = new byte[8192];
            try (stream) {
                for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
                    synchronized (kept) {
                        kept.write(buffer, 0, Math.min(count, OUTPUT_BYTES_MAX - kept.size()));
                    }
                }
            } catch (IOException e) {
                // The program was killed; what came until then is all there is.
                return;
            }
        }

        String text() throws InterruptedException {
            thread.join(READERS_GRACE);
            synchronized (kept) {
                return kept.toString(StandardCharsets.UTF_8);
            }
        }
    }
}
