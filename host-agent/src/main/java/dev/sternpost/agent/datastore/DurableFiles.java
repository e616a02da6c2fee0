package dev.sternpost.agent.datastore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;

/** Writes that are whole or absent after a crash at any moment. */
public final class DurableFiles {

    /** Ending of a file that is not complete yet; what is left of it after a crash may be deleted. */
    public static final String TEMPORARY_SUFFIX = ".tmp";

    private DurableFiles() {}

    /** Replaces a file; readers see the old content or the new one. */
    public static void write(Path file, byte[] content) throws IOException {
        Path temporary = temporaryBeside(file);
        try {
            try (FileChannel channel =
                    FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer buffer = ByteBuffer.wrap(content);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
        syncDirectory(parentOf(file));
    }

    /** Makes creations, renames and deletions in a directory durable. */
    public static void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Makes the content of a file durable. */
    public static void syncFile(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    /** A name nobody else uses, in the same directory, so that a rename is atomic. */
    public static Path temporaryBeside(Path file) {
        String random = Long.toHexString(ThreadLocalRandom.current().nextLong());
        return parentOf(file).resolve("." + file.getFileName() + "." + random + TEMPORARY_SUFFIX);
    }

    private static Path parentOf(Path file) {
        Path parent = file.getParent();
        if (parent == null) {
            throw new IllegalArgumentException("needs a directory: " + file);
        }
        return parent;
    }
}
