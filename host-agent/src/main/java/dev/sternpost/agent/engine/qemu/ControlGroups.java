package dev.sternpost.agent.engine.qemu;

import dev.sternpost.agent.engine.PressureFiles;
import dev.sternpost.agent.engine.VmAllocation;
import dev.sternpost.agent.engine.VmMeters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One control group per virtual machine, where the host lets us make them: cgroup v2 if it has controllers, else the v1
 * hierarchies for CPU and memory. A process must be put in before it takes memory, so the launcher does it first thing.
 */
final class ControlGroups {

    private static final Logger LOG = LoggerFactory.getLogger(ControlGroups.class);
    private static final Path ROOT = Path.of("/sys/fs/cgroup");
    private static final String V2_MARK = "cgroup.controllers";
    private static final List<String> V1_CONTROLLERS = List.of("cpu", "memory");
    private static final int REMOVE_TRIES_MAX = 50;
    private static final long REMOVE_PAUSE_NANOS = 10_000_000;

    private static final List<String> V2_CONTROLLERS = List.of("+cpu", "+memory", "+io");

    private final List<Path> parents;
    private final boolean limiting;

    private ControlGroups(List<Path> parents, boolean limiting) {
        this.parents = parents;
        this.limiting = limiting;
    }

    /** For the engine with this run directory; several engines on one machine keep apart. */
    static ControlGroups find(Path runDirectory) {
        return find(runDirectory, ROOT);
    }

    static ControlGroups find(Path runDirectory, Path root) {
        String name = name(runDirectory);
        List<Path> parents = new ArrayList<>();
        boolean limiting = false;
        for (Path hierarchy : hierarchies(root)) {
            try {
                Path parent = Files.createDirectories(hierarchy.resolve(name));
                parents.add(parent);
                limiting |= enable(hierarchy, parent);
            } catch (IOException | SecurityException e) {
                LOG.debug("no control groups in {}: {}", hierarchy, e.toString());
            }
        }
        return new ControlGroups(parents, limiting);
    }

    /** Tells people whose groups these are, and engines apart whose directories only end alike. */
    private static String name(Path runDirectory) {
        CRC32 hash = new CRC32();
        hash.update(runDirectory.toString().getBytes(StandardCharsets.UTF_8));
        int names = runDirectory.getNameCount();
        String end =
                runDirectory.subpath(Math.max(0, names - 2), names).toString().replaceAll("[^A-Za-z0-9_.]", "-");
        return String.format(Locale.ROOT, "sternpost-%s-%08x", end, hash.getValue());
    }

    private static List<Path> hierarchies(Path root) {
        if (Files.exists(root.resolve(V2_MARK))) {
            return List.of(root);
        }
        return V1_CONTROLLERS.stream()
                .map(root::resolve)
                .filter(Files::isDirectory)
                .toList();
    }

    /** Lets the groups below have controllers, where these are not there by themselves; false without that for CPU. */
    private static boolean enable(Path hierarchy, Path parent) {
        if (!Files.exists(hierarchy.resolve(V2_MARK))) {
            return hierarchy.endsWith("cpu");
        }
        for (Path group : List.of(hierarchy, parent)) {
            for (String controller : V2_CONTROLLERS) {
                try {
                    Files.writeString(group.resolve("cgroup.subtree_control"), controller);
                } catch (IOException e) {
                    LOG.debug("no {} in {}: {}", controller, group, e.toString());
                }
            }
        }
        try {
            return List.of(Files.readString(parent.resolve("cgroup.subtree_control"))
                            .strip()
                            .split(" "))
                    .contains("cpu");
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether what virtual machines are entitled to can be enforced. */
    boolean limiting() {
        return limiting;
    }

    /** Makes the groups of a virtual machine and returns the files into which its process must write its pid. */
    List<Path> create(String vmId) {
        List<Path> entrances = new ArrayList<>();
        for (Path parent : parents) {
            try {
                entrances.add(Files.createDirectories(parent.resolve(vmId)).resolve("cgroup.procs"));
            } catch (IOException e) {
                LOG.warn("no control group for {} in {}: {}", vmId, parent, e.toString());
            }
        }
        return entrances;
    }

    /**
     * @param limitedNanos time in which a CPU limit held the group back, all CPUs together
     * @param cpuLimitPermille its CPU limit, in thousandths of one CPU; NONE for none
     * @param pressure what its tasks waited for; untold by cgroup v1
     */
    record Reading(long limitedNanos, long cpuLimitPermille, VmMeters.Pressure pressure) {}

    /** What the kernel says of a virtual machine's group; zero, none and untold where there is none. */
    Reading read(String vmId) {
        long limitedNanos = 0;
        long limitPermille = VmAllocation.NONE;
        VmMeters.Pressure pressure = VmMeters.Pressure.UNTOLD;
        for (Path parent : parents) {
            Path group = parent.resolve(vmId);
            limitedNanos += limitedNanos(group.resolve("cpu.stat"));
            limitPermille = Math.max(limitPermille, GroupLimits.cpuLimitPermille(group));
            if (Files.exists(group.resolve("cpu.pressure"))) {
                pressure = PressureFiles.read(group, ".pressure");
            }
        }
        return new Reading(limitedNanos, limitPermille, pressure);
    }

    /** Enforces what a virtual machine is entitled to. */
    void allocate(String vmId, VmAllocation allocation) {
        parents.forEach(parent -> GroupLimits.write(parent.resolve(vmId), allocation));
    }

    /** The groups of a virtual machine, whether they are there or not. */
    List<Path> of(String vmId) {
        return parents.stream().map(parent -> parent.resolve(vmId)).toList();
    }

    static long limitedNanos(Path statistics) {
        try {
            for (String line : Files.readAllLines(statistics)) {
                if (line.startsWith("throttled_time ")) {
                    return Long.parseLong(line.substring(line.indexOf(' ') + 1));
                }
                if (line.startsWith("throttled_usec ")) {
                    return Long.parseLong(line.substring(line.indexOf(' ') + 1)) * 1000;
                }
            }
        } catch (IOException | NumberFormatException e) {
            LOG.trace("no CPU figures in {}: {}", statistics, e.toString());
        }
        return 0;
    }

    /** Removes the groups of a virtual machine whose process has ended. */
    void remove(String vmId) {
        for (Path parent : parents) {
            removeGroup(parent.resolve(vmId).resolve(GuestThrottle.GROUP));
            removeGroup(parent.resolve(vmId));
        }
    }

    /** Removes the groups that others than these virtual machines left and in which nothing lives. */
    void sweep(Set<String> vmIdsKept) {
        for (Path parent : parents) {
            try (DirectoryStream<Path> groups = Files.newDirectoryStream(parent, Files::isDirectory)) {
                for (Path group : groups) {
                    if (!vmIdsKept.contains(group.getFileName().toString())) {
                        Files.deleteIfExists(group.resolve(GuestThrottle.GROUP));
                        Files.deleteIfExists(group);
                    }
                }
            } catch (IOException e) {
                LOG.info("a control group in {} stays behind: {}", parent, e.toString());
            }
        }
    }

    // The kernel needs a moment after the end of the last process.
    private static void removeGroup(Path group) {
        for (int i = 0; i < REMOVE_TRIES_MAX; i++) {
            try {
                Files.deleteIfExists(group);
                return;
            } catch (IOException e) {
                LockSupport.parkNanos(REMOVE_PAUSE_NANOS);
            }
        }
        LOG.warn("control group {} stays behind", group);
    }

    /** Removes the engine's own groups if they are empty. */
    void close() {
        for (Path parent : parents) {
            try {
                Files.deleteIfExists(parent);
            } catch (IOException e) {
                LOG.debug("{} is still in use", parent);
            }
        }
    }
}
