package dev.sternpost.agent.datastore;

import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** One directory that holds virtual machines. Two hosts that read the same identity see the same datastore. */
public final class Datastore {

    /** Holds the UUID. */
    public static final String IDENTITY_FILE = ".sternpost-datastore";

    /** Most entries {@link #browse} returns. */
    public static final int ENTRIES_MAX = 10_000;

    private static final int IDENTITY_BYTES_MAX = 100;
    private static final int RELATIVE_PATH_CHARS_MAX = 1000;

    private final String name;
    private final Path root;

    Datastore(String name, Path root) {
        this.name = name;
        this.root = root.toAbsolutePath().normalize();
    }

    /** Name the host's configuration gives it. */
    public String name() {
        return name;
    }

    /** Its directory. */
    public Path root() {
        return root;
    }

    /** Its facts now. Never throws: a datastore that cannot be used says why. */
    public DatastoreFacts facts() {
        Optional<UUID> uuid = Optional.empty();
        try {
            uuid = Optional.of(identity());
            FileStore store = Files.getFileStore(root);
            if (!Files.isWritable(root)) {
                throw new IOException(root + " is not writable");
            }
            return new DatastoreFacts(
                    uuid.get().toString(), name, store.getTotalSpace(), store.getUsableSpace(), true, "");
        } catch (IOException e) {
            String complaint = e instanceof NoSuchFileException ? root + " is not there" : e.toString();
            return new DatastoreFacts(uuid.map(UUID::toString).orElse(""), name, 0, 0, false, complaint);
        }
    }

    /** Reads the identity; makes it when this datastore is new. */
    UUID identity() throws IOException {
        Path file = root.resolve(IDENTITY_FILE);
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            makeIdentity(file);
        }
        if (Files.size(file) > IDENTITY_BYTES_MAX) {
            throw new IOException(file + " is not an identity file");
        }
        try {
            return UUID.fromString(Files.readString(file).strip());
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " does not hold a UUID", e);
        }
    }

    // A link fails when the name is taken, so of several hosts that come at once one wins and all read its UUID.
    private static void makeIdentity(Path file) throws IOException {
        Path candidate = DurableFiles.temporaryBeside(file);
        DurableFiles.write(candidate, (UUID.randomUUID() + "\n").getBytes(StandardCharsets.US_ASCII));
        try {
            Files.createLink(file, candidate);
        } catch (FileAlreadyExistsException e) {
            return;
        } finally {
            Files.deleteIfExists(candidate);
        }
    }

    /**
     * The path of something on this datastore. Refuses anything that could lead out of it, links included.
     *
     * @param relative path relative to the root, separated by "/"; empty for the root
     * @throws FaultException REQUEST_INVALID
     */
    public Path resolve(String relative) {
        if (relative.length() > RELATIVE_PATH_CHARS_MAX || relative.chars().anyMatch(Character::isISOControl)) {
            throw refused(relative);
        }
        Path path = root;
        for (String part : relative.isEmpty() ? new String[0] : relative.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                throw refused(relative);
            }
            path = path.resolve(part);
            if (Files.isSymbolicLink(path)) {
                throw refused(relative);
            }
        }
        return path;
    }

    /** The inverse of {@link #resolve}. */
    public String relativize(Path path) {
        return root.relativize(path).toString();
    }

    /**
     * Lists a directory by name, at most {@value #ENTRIES_MAX} entries.
     *
     * @throws FaultException REQUEST_INVALID, FILE_NOT_FOUND, DATASTORE_INACCESSIBLE
     */
    public List<FileEntry> browse(String relative) {
        Path directory = resolve(relative);
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            throw new FaultException(
                    FaultCode.FILE_NOT_FOUND,
                    "Datastore " + name + " has no directory \"" + relative + "\"; list its parent to see what is"
                            + " there.");
        }
        List<FileEntry> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            for (Path path : stream) {
                if (entries.size() == ENTRIES_MAX) {
                    break;
                }
                entry(path).ifPresent(entries::add);
            }
        } catch (IOException e) {
            throw inaccessible(e);
        }
        entries.sort(Comparator.comparing(FileEntry::path));
        return entries;
    }

    private Optional<FileEntry> entry(Path path) throws IOException {
        try {
            BasicFileAttributes facts =
                    Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            long sizeBytes = facts.isRegularFile() ? facts.size() : 0;
            return Optional.of(
                    new FileEntry(relativize(path), facts.isDirectory(), sizeBytes, AllocatedBytes.of(path)));
        } catch (NoSuchFileException e) {
            // Deleted while we looked.
            return Optional.empty();
        }
    }

    private FaultException refused(String relative) {
        String shown = relative.length() > 200 ? relative.substring(0, 200) + "…" : relative;
        return new FaultException(
                FaultCode.REQUEST_INVALID,
                "\"" + shown.replaceAll("\\p{Cntrl}", "?") + "\" is not a path on datastore " + name
                        + "; give a path relative to its root, without \"..\" and without links.");
    }

    /** The fault for a datastore that does not let us read or write. */
    FaultException inaccessible(IOException e) {
        return new FaultException(
                Fault.of(
                                FaultCode.DATASTORE_INACCESSIBLE,
                                "Datastore " + name + " cannot be used by this host now; check that it is mounted and"
                                        + " writable.")
                        .withContext(e.toString()),
                e);
    }
}
