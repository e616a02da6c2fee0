package dev.sternpost.agent.engine.qemu;

import dev.sternpost.agent.engine.ProcessIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * CPU time and memory of one QEMU process, from its threads' scheduler figures (nanoseconds, against the 10 ms of
 * /proc/PID/stat). Threads come and go: what one used up to the last reading stays counted. For one thread at a time.
 */
final class ProcessMeter {

    private static final int RESIDENT_FIELD = 1;
    private static final long PAGE_BYTES = 4096;
    /** QEMU names the threads of its virtual CPUs so. */
    private static final String CPU_THREAD_PREFIX = "CPU ";

    private final Path directory;
    private final ProcessIdentity process;
    private final Map<String, Task> tasks = new HashMap<>();
    private long usedNanos;
    private long readyNanos;

    private static final class Task {
        final boolean isCpu;
        long usedNanos;
        long waitedNanos;

        Task(boolean isCpu) {
            this.isCpu = isCpu;
        }
    }

    /**
     * @param usedNanos on a CPU, all threads
     * @param readyNanos waiting for a CPU, threads of virtual CPUs
     * @param residentBytes memory held
     */
    record Reading(long usedNanos, long readyNanos, long residentBytes) {}

    ProcessMeter(ProcessIdentity process) {
        this(process, Path.of("/proc/" + process.pid()));
    }

    ProcessMeter(ProcessIdentity process, Path directory) {
        this.process = process;
        this.directory = directory;
    }

    /** Empty when the process is gone. */
    Optional<Reading> read() {
        Set<String> seen = new HashSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory.resolve("task"))) {
            for (Path entry : entries) {
                String id = entry.getFileName().toString();
                seen.add(id);
                count(id, entry);
            }
            tasks.keySet().retainAll(seen);
            String[] fields = text(directory.resolve("statm")).split(" ");
            return Optional.of(new Reading(usedNanos, readyNanos, Long.parseLong(fields[RESIDENT_FIELD]) * PAGE_BYTES));
        } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private void count(String id, Path entry) {
        try {
            Task task = tasks.get(id);
            if (task == null) {
                task = new Task(text(entry.resolve("comm")).startsWith(CPU_THREAD_PREFIX));
                tasks.put(id, task);
            }
            String[] fields = text(entry.resolve("schedstat")).strip().split(" ");
            long used = Long.parseLong(fields[0]);
            long waited = Long.parseLong(fields[1]);
            usedNanos += Math.max(0, used - task.usedNanos);
            readyNanos += task.isCpu ? Math.max(0, waited - task.waitedNanos) : 0;
            task.usedNanos = used;
            task.waitedNanos = waited;
        } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
            // The thread ended while we looked.
            tasks.remove(id);
        }
    }

    /** The process whose figures these are. */
    ProcessIdentity process() {
        return process;
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }
}
