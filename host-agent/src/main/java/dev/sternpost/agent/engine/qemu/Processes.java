package dev.sternpost.agent.engine.qemu;

import dev.sternpost.agent.engine.ProcessIdentity;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Processes as /proc shows them. A pid alone says nothing: it may be reused, or belong to a zombie. */
final class Processes {

    private static final Logger LOG = LoggerFactory.getLogger(Processes.class);
    private static final Path PROC = Path.of("/proc");
    private static final int STATE_FIELD = 0;
    private static final int START_TIME_FIELD = 19;
    private static final long POLL_NANOS = 2_000_000;

    private Processes() {}

    /**
     * The living process with this pid.
     *
     * @throws FaultException HOST_ERROR when there is a process that cannot be looked at
     */
    static Optional<ProcessIdentity> find(long pid) {
        if (pid <= 0) {
            return Optional.empty();
        }
        try {
            String stat = read(PROC.resolve(pid + "/stat"));
            // The program's name stands in parentheses and may itself hold spaces and parentheses.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            if (fields[STATE_FIELD].equals("Z") || fields[STATE_FIELD].equals("X")) {
                return Optional.empty();
            }
            return Optional.of(new ProcessIdentity(pid, Long.parseLong(fields[START_TIME_FIELD]), bootId()));
        } catch (IOException e) {
            return provenGone(pid, e);
        }
    }

    // That a process is dead lets its guest run elsewhere, so failing to look is no proof: file descriptors may have
    // run out. Nor must an interrupt keep us from looking, which it would with a channel.
    private static String read(Path file) throws IOException {
        try (InputStream in = new FileInputStream(file.toFile())) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static <T> Optional<T> provenGone(long pid, IOException problem) {
        if (Files.notExists(PROC.resolve(Long.toString(pid)))) {
            return Optional.empty();
        }
        throw new FaultException(
                Fault.of(
                                FaultCode.HOST_ERROR,
                                "The host does not let its processes be looked at; check how many files the agent has open.")
                        .withContext("process " + pid + ": " + problem),
                problem);
    }

    /** Whether that very process lives; one that cannot be looked at counts as alive. */
    static boolean alive(ProcessIdentity process) {
        try {
            return find(process.pid()).filter(process::equals).isPresent();
        } catch (FaultException e) {
            LOG.error("process {}: {}", process.pid(), e.fault().context());
            return true;
        }
    }

    /** The living process that has this word in its command line. */
    static Optional<ProcessIdentity> findByWord(String word) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path entry : entries) {
                long pid = Long.parseLong(entry.getFileName().toString());
                if (hasWord(pid, word)) {
                    Optional<ProcessIdentity> found = find(pid);
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

    private static boolean hasWord(long pid, String word) {
        try {
            return Arrays.asList(read(PROC.resolve(pid + "/cmdline")).split("\0"))
                    .contains(word);
        } catch (IOException e) {
            return provenGone(pid, e).isPresent();
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
            return read(PROC.resolve("sys/kernel/random/boot_id")).strip();
        } catch (IOException e) {
            throw new IllegalStateException("the machine does not tell its boot id", e);
        }
    }
}
