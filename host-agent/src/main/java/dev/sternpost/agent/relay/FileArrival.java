package dev.sternpost.agent.relay;

import dev.sternpost.inventory.fault.FaultException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes files as {@link FileSending} sends them, one connection after the other. */
final class FileArrival {

    private static final Logger log = LoggerFactory.getLogger(FileArrival.class);

    private static final int FILES_MAX = 100;

    private final IncomingFiles order;
    private @Nullable TlsChannel current;
    private boolean closed;

    FileArrival(IncomingFiles order) {
        this.order = order;
    }

    IncomingFiles order() {
        return order;
    }

    /** A file under way. */
    private record Open(FileChannel channel, Path path, long bytes, boolean whole) {}

    void run(TlsChannel channel) throws IOException {
        if (!take(channel)) {
            return;
        }
        ByteBuffer scratch = ByteBuffer.allocateDirect(Math.max(FileSending.BLOCK_BYTES, channel.recordBytesMax()))
                .limit(0);
        String answer = "";
        try {
            receive(channel, scratch);
        } catch (FaultException e) {
            answer = e.code().name() + " " + e.fault().message();
        } catch (IOException e) {
            log.warn("files of move {} do not arrive", order.moveId(), e);
            answer = String.valueOf(e.getMessage()).contains("No space left")
                    ? "DATASTORE_FULL the datastore of the target is full; free some space or choose another."
                    : "MIGRATION_FAILED the target could not take the files; see its agent's log.";
        }
        byte[] text = answer.getBytes(StandardCharsets.UTF_8);
        byte[] told =
                text.length <= FileSending.ANSWER_BYTES_MAX ? text : Arrays.copyOf(text, FileSending.ANSWER_BYTES_MAX);
        channel.write(ByteBuffer.allocateDirect(Short.BYTES + told.length)
                .putShort((short) told.length)
                .put(told)
                .flip());
        // Until the source hangs up: closing before it has read would take the answer away from it.
        while (channel.read(scratch.clear()) >= 0) {
            log.trace("too late");
        }
    }

    /** A source that comes again has given up what it had before. */
    private synchronized boolean take(TlsChannel channel) {
        if (closed) {
            return false;
        }
        if (current != null) {
            Deadlines.closeQuietly(current);
        }
        current = channel;
        return true;
    }

    synchronized void cut() {
        closed = true;
        if (current != null) {
            Deadlines.closeQuietly(current);
        }
    }

    private void receive(TlsChannel channel, ByteBuffer scratch) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(FileSending.HEADER_BYTES);
        ByteBuffer content = ByteBuffer.allocateDirect(Long.BYTES + FileSending.BLOCK_BYTES);
        List<Path> arrived = new ArrayList<>();
        Open file = null;
        try {
            while (true) {
                channel.readFully(header.clear(), scratch);
                int bytes = header.getInt(0) - 1;
                if (bytes < 0 || bytes > content.capacity() || arrived.size() > FILES_MAX) {
                    throw new IOException("the source sent a frame of " + bytes + " bytes");
                }
                channel.readFully(content.clear().limit(bytes), scratch);
                content.flip();
                byte kind = header.get(FileSending.HEADER_BYTES - 1);
                if (kind == FileSending.FILE && file == null) {
                    file = open(content);
                } else if (kind == FileSending.DATA && file != null) {
                    write(file, content);
                } else if (kind == FileSending.END && file != null) {
                    end(file);
                    arrived.add(file.path());
                    file = null;
                } else if (kind == FileSending.DONE && file == null) {
                    for (Path path : arrived) {
                        order.sink().arrived(path);
                    }
                    return;
                } else {
                    throw new IOException("the source sent a frame of kind " + kind + " out of turn");
                }
            }
        } finally {
            if (file != null) {
                file.channel().close();
            }
        }
    }

    private Open open(ByteBuffer content) throws IOException {
        long bytes = content.getLong();
        boolean whole = content.get() == 1;
        byte[] name = new byte[content.remaining()];
        content.get(name);
        if (bytes < 0 || name.length == 0 || name.length > FileSending.NAME_BYTES_MAX) {
            throw new IOException("the source sent a file of " + bytes + " bytes");
        }
        Path path = order.sink().path(new String(name, StandardCharsets.UTF_8), bytes);
        FileChannel channel = FileChannel.open(
                path,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                // What an earlier attempt has sent must not show where there are zeros.
                StandardOpenOption.TRUNCATE_EXISTING,
                LinkOption.NOFOLLOW_LINKS);
        return new Open(channel, path, bytes, whole);
    }

    private static void write(Open file, ByteBuffer content) throws IOException {
        long at = content.getLong();
        if (at < 0 || at + content.remaining() > file.bytes()) {
            throw new IOException(
                    "the source sent bytes beyond the end of " + file.path().getFileName());
        }
        long end = file.channel().size();
        if (file.whole() && at > end) {
            fill(file.channel(), end, at);
        }
        while (content.hasRemaining()) {
            at += file.channel().write(content, at);
        }
    }

    private static void fill(FileChannel channel, long from, long to) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect(FileSending.BLOCK_BYTES);
        for (long at = from; at < to; ) {
            at += channel.write(zeros.clear().limit((int) Math.min(zeros.capacity(), to - at)), at);
        }
    }

    private static void end(Open file) throws IOException {
        try (FileChannel channel = file.channel()) {
            long size = channel.size();
            if (file.whole()) {
                fill(channel, size, file.bytes());
            } else if (size < file.bytes()) {
                // The last byte makes the length; what is between stays a hole.
                channel.write(ByteBuffer.allocate(1), file.bytes() - 1);
            }
            channel.force(true);
        }
    }
}
