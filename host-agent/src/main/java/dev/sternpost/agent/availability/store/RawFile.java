package dev.sternpost.agent.availability.store;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A file or device that is read and written in whole blocks, past the page cache where it lets us, and durably: a write that returned is on the
 * disk.
 */
final class RawFile implements AutoCloseable {
    /** Whatever the sectors of the storage are, this is a multiple of them. */
    static final int BLOCK_BYTES = 4_096;

    private final FileChannel channel;

    private RawFile(FileChannel channel) {
        this.channel = channel;
    }

    /** Opens what is there. */
    static RawFile open(Path path, boolean forWriting) throws IOException {
        List<OpenOption> options = forWriting
                ? List.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DSYNC)
                : List.of(StandardOpenOption.READ);
        Set<OpenOption> direct = new HashSet<>(options);
        direct.add(ExtendedOpenOption.DIRECT);
        try {
            FileChannel channel = FileChannel.open(path, direct);
            if (reads(channel)) {
                return new RawFile(channel);
            }
            channel.close();
        } catch (UnsupportedOperationException e) {
            // The file system has no such thing; opening a file anew is what makes it look at the storage then.
        }
        return new RawFile(FileChannel.open(path, Set.copyOf(options)));
    }

    /** Some file systems take the option, and then refuse every access. */
    private static boolean reads(FileChannel channel) {
        try {
            channel.read(blocks(BLOCK_BYTES), 0);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** A buffer as such files want it. */
    static ByteBuffer blocks(int bytes) {
        int whole = Math.ceilDiv(bytes, BLOCK_BYTES) * BLOCK_BYTES;
        return ByteBuffer.allocateDirect(whole + BLOCK_BYTES)
                .alignedSlice(BLOCK_BYTES)
                .slice(0, whole);
    }

    /** Bytes of it; of a device, too. */
    long bytes() throws IOException {
        return channel.size();
    }

    /** Reads so many bytes, rounded up to blocks; beyond the end there are zeros. */
    ByteBuffer read(long position, int bytes) throws IOException {
        ByteBuffer buffer = blocks(bytes);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) <= 0) {
                break;
            }
        }
        return buffer.clear();
    }

    /**
     * Writes whole blocks, durably.
     *
     * @throws EOFException when a device ends there
     */
    void write(long position, ByteBuffer blocks) throws IOException {
        long start = position - blocks.position();
        while (blocks.hasRemaining()) {
            if (channel.write(blocks, start + blocks.position()) <= 0) {
                throw new EOFException("nothing can be written at " + (start + blocks.position()));
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
