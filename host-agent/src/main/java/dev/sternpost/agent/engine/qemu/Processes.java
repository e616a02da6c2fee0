package dev.sternpost.agent.engine.qemu;

import dev.sternpost.agent.engine.ProcessIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Processes as /proc shows them. A pid alone says nothing: it may be reused, or belong to a zombie. */
final class Processes {

    private static final Path PROC = Path.of("/proc");
    private static final int STATE_FIELD = 0;
    private static final int START_TIME_FIELD = 19;
    private static final long POLL_NANOS = 2_000_000;

    private Processes() {}

    /** The living process with this pid. */
    static Optional<ProcessIdentity> find(long pid) {
        if (pid <= 0) {
            return Optional.empty();
        }
        try {
            String stat = Files.readString(PROC.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
            // The program's name stands in parentheses and may itself hold spaces and parentheses.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            if (fields[STATE_FIELD].equals("Z") || fields[STATE_FIELD].equals("X")) {
                return Optional.empty();
            }
            return Optional.of(new ProcessIdentity(pid, Long.parseLong(fields[START_TIME_FIELD]), bootId()));
        } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    static boolean alive(ProcessIdentity process) {
        return find(process.pid()).filter(process::equals).isPresent();
    }

    /** The living process that has this word in its command line. */
    static Optional<ProcessIdentity> findByWord(String word) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path entry : entries) {
                if (hasWord(entry.resolve("cmdline"), word)) {
                    Optional<ProcessIdentity> found =
                            find(Long.parseLong(entry.getFileName().toString()));
                    if (found.isPresent()) {
                        return found;
                    }
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new IllegalStateException("/proc cannot be read", e);
        }
    }

    private static boolean hasWord(Path commandLine, String word) {
        try {
            String text = Files.readString(commandLine, StandardCharsets.ISO_8859_1);
            return Arrays.asList(text.split("\0")).contains(word);
        } catch (IOException e) {
            // It ended while we looked.
            return false;
        }
    }

    /** Kills that very process. */
    static void kill(ProcessIdentity process) {
        if (alive(process)) {
            ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    /** Waits for the end of a process. */
    static boolean awaitEnd(ProcessIdentity process, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (alive(process)) {
            if (System.nanoTime() - deadline >= 0) {
                return false;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return true;
    }

    static String bootId() {
        try {
            return Files.readString(PROC.resolve("sys/kernel/random/boot_id")).strip();
        } catch (IOException e) {
            throw new IllegalStateException("the machine does not tell its boot id", e);
        }
    }
}
