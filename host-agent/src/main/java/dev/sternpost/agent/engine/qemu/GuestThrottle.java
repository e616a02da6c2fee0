package dev.sternpost.agent.engine.qemu;

import dev.sternpost.agent.engine.ProcessIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes time from the virtual CPUs of one virtual machine and from nothing else of its process: their threads go to a control
 * group of their own below the machine's, with a quota. So the copying of memory, which is other threads', keeps its speed, and what
 * the machine is entitled to holds as before. The quota is a share of what the guest used before it was held back, in periods so short
 * that it sees slowness and no stalls. (QEMU's own auto-converge takes steps of whole tenths, late, up to stalls of a second.)
 */
final class GuestThrottle {

    private static final Logger LOG = LoggerFactory.getLogger(GuestThrottle.class);

    static final String GROUP = "vcpus";
    static final double SHARE_MAX = 0.9;

    private static final long PERIOD_MICROS = 10_000;
    private static final long QUOTA_MICROS_MIN = 1_000;
    private static final String CPU_THREAD_PREFIX = "CPU ";

    private final ProcessIdentity process;
    private final List<Path> groups;
    private double usedCpus;
    private long markNanoTime;
    private long markUsedNanos;
    private boolean on;
    private double takenMillisBefore;

    /** @param groups of the virtual machine, in every hierarchy that has them */
    GuestThrottle(ProcessIdentity process, List<Path> groups) {
        this.process = process;
        this.groups = groups;
    }

    /** The groups whose CPU time can be limited. */
    private List<Path> limitable() {
        return groups.stream()
                .filter(group ->
                        Files.exists(group.resolve("cpu.cfs_quota_us")) || Files.exists(group.resolve("cpu.max")))
                .toList();
    }

    boolean possible() {
        return !limitable().isEmpty();
    }

    /** Begins to measure what the guest uses. */
    synchronized void begin() {
        lift();
        takenMillisBefore = 0;
        mark();
    }

    private void mark() {
        markNanoTime = System.nanoTime();
        markUsedNanos = usedNanos();
    }

    /** Takes this share from now on; 0 gives everything back. */
    synchronized void set(double share) {
        if (share <= 0) {
            lift();
            mark();
            return;
        }
        if (!on) {
            long passed = Math.max(1, System.nanoTime() - markNanoTime);
            usedCpus = Math.max(0.01, (double) (usedNanos() - markUsedNanos) / passed);
        }
        long quotaMicros = Math.max(QUOTA_MICROS_MIN, Math.round(usedCpus * (1 - share) * PERIOD_MICROS));
        // A very small quota needs a longer period to be one.
        long periodMicros = Math.round(quotaMicros / (usedCpus * (1 - share)));
        for (Path group : limitable()) {
            try {
                limit(group, Files.createDirectories(group.resolve(GROUP)), quotaMicros, periodMicros);
                on = true;
            } catch (IOException e) {
                LOG.warn("{} cannot be throttled: {}", group.getFileName(), e.toString());
            }
        }
    }

    private void limit(Path group, Path child, long quotaMicros, long periodMicros) throws IOException {
        if (Files.exists(child.resolve("cgroup.type"))) {
            write(child.resolve("cgroup.type"), "threaded");
            write(group.resolve("cgroup.subtree_control"), "+cpu");
            write(child.resolve("cpu.max"), quotaMicros + " " + periodMicros);
            move(child.resolve("cgroup.threads"));
        } else {
            write(child.resolve("cpu.cfs_period_us"), Long.toString(Math.clamp(periodMicros, 1_000, 1_000_000)));
            write(child.resolve("cpu.cfs_quota_us"), Long.toString(quotaMicros));
            move(child.resolve("tasks"));
        }
    }

    /** Gives everything back and removes the group; also one that an earlier agent left. */
    synchronized void lift() {
        takenMillisBefore = takenMillis();
        on = false;
        for (Path group : limitable()) {
            Path child = group.resolve(GROUP);
            if (!Files.isDirectory(child)) {
                continue;
            }
            try {
                boolean second = Files.exists(child.resolve("cgroup.type"));
                move(group.resolve(second ? "cgroup.threads" : "tasks"));
                Files.deleteIfExists(child);
            } catch (IOException e) {
                LOG.warn("the throttle of {} stays: {}", group.getFileName(), e.toString());
            }
        }
    }

    /** Milliseconds taken since {@link #begin}, of one virtual CPU. */
    synchronized double takenMillis() {
        long nanos = 0;
        for (Path group : limitable()) {
            nanos += ControlGroups.limitedNanos(group.resolve(GROUP).resolve("cpu.stat"));
        }
        return takenMillisBefore + nanos / 1e6;
    }

    private void move(Path entrance) throws IOException {
        for (Path thread : cpuThreads()) {
            write(entrance, thread.getFileName().toString());
        }
    }

    private static void write(Path file, String value) throws IOException {
        Files.writeString(file, value, StandardCharsets.ISO_8859_1);
    }

    private List<Path> cpuThreads() {
        List<Path> threads = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc/" + process.pid() + "/task"))) {
            for (Path entry : entries) {
                if (Files.readString(entry.resolve("comm"), StandardCharsets.ISO_8859_1)
                        .startsWith(CPU_THREAD_PREFIX)) {
                    threads.add(entry);
                }
            }
        } catch (IOException e) {
            LOG.debug("threads of {} cannot be listed: {}", process, e.toString());
        }
        return threads;
    }

    private long usedNanos() {
        long nanos = 0;
        for (Path thread : cpuThreads()) {
            try {
                String text = Files.readString(thread.resolve("schedstat"), StandardCharsets.ISO_8859_1);
                nanos += Long.parseLong(text.substring(0, text.indexOf(' ')));
            } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
                LOG.trace("{} has gone: {}", thread, e.toString());
            }
        }
        return nanos;
    }
}
