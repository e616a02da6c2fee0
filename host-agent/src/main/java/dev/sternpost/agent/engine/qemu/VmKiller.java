package dev.sternpost.agent.engine.qemu;

import dev.sternpost.agent.engine.ProcessIdentity;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kills virtual machines of an engine from outside of it, without asking anybody: by their control groups, their records and, for one that has
 * neither yet, their command lines. Leaves no word behind; the agent finds them ended.
 */
public final class VmKiller {

    private static final Logger log = LoggerFactory.getLogger(VmKiller.class);

    private static final String TEST_GROUP = "fence-test";
    private static final int TEST_SECONDS = 30;
    private static final int TEST_POLLS_MAX = 400;
    private static final long TEST_POLL_MILLIS = 5;

    private final Path runDirectory;
    private final ControlGroups groups;

    /** @param runDirectory the engine's */
    public VmKiller(Path runDirectory) {
        this.runDirectory = runDirectory;
        this.groups = ControlGroups.find(runDirectory);
    }

    /**
     * Kills what there is of these virtual machines.
     *
     * @return those of which something was alive when it was looked at last; empty when all are gone for sure
     */
    public List<String> kill(Collection<String> vmIds) {
        List<String> alive = new ArrayList<>();
        for (String vmId : vmIds) {
            Set<Long> members = members(vmId);
            members.forEach(VmKiller::killMember);
            Optional<ProcessIdentity> found = RunRecord.findProcess(RunFiles.of(runDirectory, vmId));
            found.ifPresent(Processes::kill);
            if (!members.isEmpty() || found.isPresent()) {
                alive.add(vmId);
            }
        }
        return alive;
    }

    /** Processes in its groups, those that are only waiting to be buried left out. */
    private Set<Long> members(String vmId) {
        Set<Long> members = new TreeSet<>();
        for (Path group : groups.of(vmId)) {
            addMembers(group, members);
            if (Files.isDirectory(group)) {
                try (DirectoryStream<Path> below = Files.newDirectoryStream(group, Files::isDirectory)) {
                    below.forEach(each -> addMembers(each, members));
                } catch (IOException e) {
                    log.debug("{} cannot be looked into: {}", group, e.toString());
                }
            }
        }
        members.removeIf(pid -> Processes.find(pid).isEmpty());
        return members;
    }

    private static void addMembers(Path group, Set<Long> members) {
        try {
            for (String line : Files.readAllLines(group.resolve("cgroup.procs"))) {
                members.add(Long.parseLong(line.strip()));
            }
        } catch (IOException | NumberFormatException e) {
            log.trace("no members in {}: {}", group, e.toString());
        }
    }

    private static void killMember(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    /**
     * Tries the above on a process that is put where virtual machines are.
     *
     * @return how it went, in words
     * @throws IOException when it did not work, in words for an administrator
     */
    public String prove() throws IOException, InterruptedException {
        List<Path> entrances = groups.create(TEST_GROUP);
        String script = "for group in \"$@\"; do echo $$ >\"$group\" || exit 1; done; exec sleep " + TEST_SECONDS;
        List<String> command = new ArrayList<>(List.of("setsid", "/bin/sh", "-c", script, "sh"));
        entrances.forEach(entrance -> command.add(entrance.toString()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            return entrances.isEmpty() ? proveByPid(process) : proveByGroup(process);
        } finally {
            process.destroyForcibly();
            process.waitFor(1, TimeUnit.SECONDS);
            groups.remove(TEST_GROUP);
        }
    }

    private String proveByGroup(Process process) throws IOException, InterruptedException {
        for (int poll = 0; members(TEST_GROUP).isEmpty(); poll++) {
            if (poll == TEST_POLLS_MAX || !process.isAlive()) {
                throw new IOException("a test process could not be put into a control group");
            }
            TimeUnit.MILLISECONDS.sleep(TEST_POLL_MILLIS);
        }
        long begun = System.nanoTime();
        for (int poll = 0; ; poll++) {
            Set<Long> members = members(TEST_GROUP);
            if (members.isEmpty()) {
                return "a test process in a control group was gone %d ms after the order"
                        .formatted((System.nanoTime() - begun) / 1_000_000);
            }
            if (poll == TEST_POLLS_MAX) {
                throw new IOException("a test process did not end although it was killed");
            }
            members.forEach(VmKiller::killMember);
            TimeUnit.MILLISECONDS.sleep(TEST_POLL_MILLIS);
        }
    }

    private static String proveByPid(Process process) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        killMember(process.pid());
        if (!process.waitFor(TEST_POLLS_MAX * TEST_POLL_MILLIS, TimeUnit.MILLISECONDS)) {
            throw new IOException("a test process did not end although it was killed");
        }
        return "a test process was gone %d ms after the order; there are no control groups"
                .formatted((System.nanoTime() - begun) / 1_000_000);
    }
}
