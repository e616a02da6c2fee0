package dev.sternpost.agent.availability.store;

import dev.sternpost.agent.datastore.DurableFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import java.util.Optional;

/**
 * Slots as files of a directory that all hosts have mounted: NFS (with its usual close-to-open consistency), a cluster file system, or a local
 * one in a lab. A file has its full size from the beginning and is written over in place, so that a lease can be renewed on a full datastore.
 *
 * <p>The directory is never made here but by {@link #create}: what is not mounted must not look like a store in which nobody wrote yet.
 */
public final class DirectorySlotStore implements SlotStore {
    /** A temporary file that is older is nobody's. */
    private static final long STALE_MILLIS = 3_600_000;

    /** Left over files that are looked at in one go. */
    private static final int SWEEP_MAX = 1_000;

    private final Path directory;

    /** Slots in a directory; whether it is there is seen when it is used. */
    public DirectorySlotStore(Path directory) {
        this.directory = Objects.requireNonNull(directory, "directory");
    }

    /** Makes the directory unless it is there. Only for who has made sure that the datastore around it is the right one. */
    public static DirectorySlotStore create(Path directory) throws IOException {
        Files.createDirectories(directory);
        DurableFiles.syncDirectory(Objects.requireNonNullElse(directory.getParent(), directory));
        return new DirectorySlotStore(directory);
    }

    @Override
    public Optional<String> read(String slot) throws IOException {
        // Opened anew each time: that is when a network file system asks its server.
        try (RawFile file = RawFile.open(fileOf(slot), false)) {
            return TwoCopies.read(file, 0);
        } catch (NoSuchFileException e) {
            requireDirectory();
            return Optional.empty();
        }
    }

    @Override
    public void write(String slot, String content) throws IOException {
        Path path = fileOf(slot);
        try (RawFile file = RawFile.open(path, true)) {
            TwoCopies.write(file, 0, content);
            return;
        } catch (NoSuchFileException e) {
            requireDirectory();
        }
        make(path);
        try (RawFile file = RawFile.open(path, true)) {
            TwoCopies.write(file, 0, content);
        }
    }

    private Path fileOf(String slot) {
        return directory.resolve(SlotName.checked(slot));
    }

    private void requireDirectory() throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new NotDirectoryException(directory.toString());
        }
    }

    /** The file appears with all its blocks or not at all, and does not replace one that another host has just made. */
    private void make(Path path) throws IOException {
        Path temporary = DurableFiles.temporaryBeside(path);
        try {
            try (FileChannel channel = FileChannel.open(
                    temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.DSYNC)) {
                ByteBuffer zeros = ByteBuffer.allocate(TwoCopies.BYTES);
                while (zeros.hasRemaining()) {
                    channel.write(zeros);
                }
            }
            sweep(Files.getLastModifiedTime(temporary));
            try {
                Files.createLink(path, temporary);
            } catch (FileAlreadyExistsException e) {
                // Another host was quicker; its file is as good.
            }
        } finally {
            Files.deleteIfExists(temporary);
        }
        DurableFiles.syncDirectory(directory);
    }

    /** Deletes what crashes left, by the clock of the datastore. */
    private void sweep(FileTime now) throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(directory, ".*" + DurableFiles.TEMPORARY_SUFFIX)) {
            int seen = 0;
            for (Path file : left) {
                if (++seen > SWEEP_MAX) {
                    return;
                }
                try {
                    if (Files.getLastModifiedTime(file).toMillis() < now.toMillis() - STALE_MILLIS) {
                        Files.deleteIfExists(file);
                    }
                } catch (NoSuchFileException e) {
                    // Its owner was done with it.
                }
            }
        }
    }
}
