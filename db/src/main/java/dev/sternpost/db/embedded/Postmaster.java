package dev.sternpost.db.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What PostgreSQL says of itself in {@code postmaster.pid}.
 *
 * @param pid of the server
 * @param ready whether it takes connections
 */
record Postmaster(long pid, boolean ready) {
    private static final int PID_LINE = 0;
    private static final int STATUS_LINE = 7;

    /** What the file in a data directory says; empty when there is none, or it is not written yet. */
    static Optional<Postmaster> read(Path data) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(file(data), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        try {
            return lines.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Postmaster(
                            Long.parseLong(lines.get(PID_LINE).strip()),
                            lines.size() > STATUS_LINE
                                    && lines.get(STATUS_LINE).strip().equals("ready")));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    static Path file(Path data) {
        return data.resolve("postmaster.pid");
    }

    /**
     * The processes that work in a data directory. Every process of PostgreSQL does, and nothing else has a reason to; a
     * process id in a file proves nothing, since ids are used again.
     */
    static List<Long> processesIn(Path data) throws IOException {
        List<Long> found = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (worksIn(process, data)) {
                    found.add(Long.parseLong(process.getFileName().toString()));
                }
            }
        }
        return found;
    }

    private static boolean worksIn(Path process, Path data) {
        try {
            return Files.isSameFile(process.resolve("cwd"), data);
        } catch (IOException e) {
            // It has just ended, or belongs to another user and so is none of ours.
            return false;
        }
    }

    /** Sends a signal, such as "INT"; a process that is gone is no error. */
    static void signal(long pid, String signal) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("sh", "-c", "kill -" + signal + " " + pid)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!kill.waitFor(5, TimeUnit.SECONDS)) {
            kill.destroyForcibly();
        }
    }
}
