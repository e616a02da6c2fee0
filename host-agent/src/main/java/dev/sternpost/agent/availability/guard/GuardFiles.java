package dev.sternpost.agent.availability.guard;

import dev.sternpost.ha.port.Effect.LeaseIs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What guard and agent leave for each other and for those that come after them, in a directory that need not outlive the machine.
 *
 * @param directory short, since a socket lies in it
 */
public record GuardFiles(Path directory) {

    private static final Pattern VM_ID = Pattern.compile("vm-[0-9]{1,18}");

    /** In the agent's run directory. */
    public static GuardFiles in(Path runDirectory) {
        return new GuardFiles(runDirectory.resolve("ha"));
    }

    Path setup() {
        return directory.resolve("guard.setup");
    }

    /** Of a guard that is tried before it takes another's place. */
    Path trialSetup() {
        return directory.resolve("guard.trial");
    }

    Path socket() {
        return directory.resolve("guard");
    }

    Path pid() {
        return directory.resolve("guard.pid");
    }

    Path log() {
        return directory.resolve("guard.log");
    }

    private Path lease() {
        return directory.resolve("lease");
    }

    private Path incarnation() {
        return directory.resolve("incarnation");
    }

    private Path marks() {
        return directory.resolve("protected");
    }

    /** Makes the directory. */
    public void create() {
        try {
            Files.createDirectories(marks());
        } catch (IOException e) {
            throw new UncheckedIOException("the guard's directory cannot be made: " + directory, e);
        }
    }

    /** What the last guard said of the lease; over, when the machine was switched on since. */
    LeaseIs readLease() {
        try {
            String[] words = Files.readString(lease()).strip().split(" ");
            boolean sameBoot = words[2].equals(BootClock.bootId());
            return new LeaseIs(Long.parseLong(words[0]), sameBoot ? Long.parseLong(words[1]) : 0);
        } catch (IOException | RuntimeException e) {
            return new LeaseIs(0, 0);
        }
    }

    void writeLease(LeaseIs lease) throws IOException {
        replace(lease(), lease.epoch() + " " + lease.untilMillis() + " " + BootClock.bootId() + "\n");
    }

    /** A number higher than any before. */
    long nextIncarnation() throws IOException {
        long last = 0;
        try {
            last = Long.parseLong(Files.readString(incarnation()).strip());
        } catch (IOException | NumberFormatException e) {
            // The first one, or the machine was switched on again: the wall clock keeps the numbers apart.
            last = System.currentTimeMillis();
        }
        replace(incarnation(), Long.toString(last + 1));
        return last + 1;
    }

    /** Says that the guard is to kill this one with the others, from before its process is made. */
    public void mark(String vmId) {
        try {
            Files.createDirectories(marks());
            Path mark = marks().resolve(vmId);
            if (!Files.exists(mark)) {
                Files.write(mark, new byte[0]);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(vmId + " cannot be marked as protected", e);
        }
    }

    /** Says that the guard is to leave it alone. */
    public void unmark(String vmId) {
        try {
            Files.deleteIfExists(marks().resolve(vmId));
        } catch (IOException e) {
            throw new UncheckedIOException(vmId + " cannot be taken off the list of protected ones", e);
        }
    }

    /** Those that are marked. */
    public Set<String> marked() {
        Set<String> marked = new TreeSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(marks())) {
            entries.forEach(entry -> marked.add(entry.getFileName().toString()));
        } catch (IOException e) {
            return marked;
        }
        marked.removeIf(vmId -> !VM_ID.matcher(vmId).matches());
        return marked;
    }

    /** The guard was told to end, and its host keeps nothing up any more. */
    public void forgetLease() throws IOException {
        Files.deleteIfExists(lease());
    }

    static void replace(Path file, String content) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        Files.write(next, content.getBytes(StandardCharsets.UTF_8));
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
