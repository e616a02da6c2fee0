package dev.sternpost.db.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The last lines of a log, for messages. */
final class Tail {
    private static final int BYTES_MAX = 600;

    private Tail() {}

    static String of(Path log) {
        try (FileChannel channel = FileChannel.open(log, StandardOpenOption.READ)) {
            ByteBuffer bytes = ByteBuffer.allocate(BYTES_MAX);
            channel.read(bytes, Math.max(0, channel.size() - BYTES_MAX));
            return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }
}
