package dev.sternpost.agent.availability.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A slot as two copies that are written in turn, each with a sequence number and a check sum: the write that a crash tears spoils the older one.
 * Nothing is allocated, so that it also works on storage that is full. At most one writer at a time is expected; of two, one remains.
 */
final class TwoCopies {
    private static final long MAGIC = 0x53504f5354534c31L;
    private static final int HEADER_BYTES = 32;
    private static final int COPY_BYTES =
            Math.ceilDiv(HEADER_BYTES + SlotStore.CONTENT_BYTES_MAX, RawFile.BLOCK_BYTES) * RawFile.BLOCK_BYTES;

    /** What a slot takes. */
    static final int BYTES = 2 * COPY_BYTES;

    /** A writer that overtakes a reader so often writes faster than anybody should. */
    private static final int ATTEMPTS_MAX = 8;

    private TwoCopies() {}

    /** One copy that is whole. */
    private record Copy(int index, long sequence, String content) {}

    /**
     * What it says. Where one copy is not whole, the other alone does not tell whether it is the newest: a writer may have been quicker, and be writing the
     * next but one. If both are still the same at a second look, nobody is writing, and a crash tore that copy.
     */
    static Optional<String> read(RawFile file, long position) throws IOException {
        Copy last = null;
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            Copy one = copy(file, position, 0);
            Copy other = copy(file, position, 1);
            Copy newest = newest(one, other);
            boolean settled = attempt > 0 && Objects.equals(newest, last);
            if (settled || (one != null && other != null)) {
                return Optional.ofNullable(newest).map(Copy::content);
            }
            last = newest;
        }
        throw new IOException("a slot is written faster than it can be read");
    }

    static void write(RawFile file, long position, String content) throws IOException {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > SlotStore.CONTENT_BYTES_MAX) {
            throw new IllegalArgumentException(bytes.length + " bytes do not fit into a slot");
        }
        Copy newest = newest(copy(file, position, 0), copy(file, position, 1));
        int index = newest == null ? 0 : 1 - newest.index();
        long sequence = newest == null ? 1 : newest.sequence() + 1;
        ByteBuffer blocks = RawFile.blocks(HEADER_BYTES + bytes.length);
        blocks.putLong(MAGIC).putLong(sequence).putInt(bytes.length).putInt(0).putLong(sum(sequence, bytes));
        blocks.put(bytes).clear();
        file.write(position + (long) index * COPY_BYTES, blocks);
    }

    private static @Nullable Copy newest(@Nullable Copy one, @Nullable Copy other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.sequence() > other.sequence() ? one : other;
    }

    private static @Nullable Copy copy(RawFile file, long position, int index) throws IOException {
        long start = position + (long) index * COPY_BYTES;
        ByteBuffer blocks = file.read(start, RawFile.BLOCK_BYTES);
        int length = blocks.getInt(16);
        if (blocks.getLong(0) != MAGIC || length < 0 || length > SlotStore.CONTENT_BYTES_MAX) {
            return null;
        }
        if (HEADER_BYTES + length > RawFile.BLOCK_BYTES) {
            blocks = file.read(start, HEADER_BYTES + length);
        }
        long sequence = blocks.getLong(8);
        byte[] bytes = new byte[length];
        blocks.get(HEADER_BYTES, bytes);
        boolean whole =
                blocks.getLong(0) == MAGIC && blocks.getInt(16) == length && blocks.getLong(24) == sum(sequence, bytes);
        return whole ? new Copy(index, sequence, new String(bytes, StandardCharsets.UTF_8)) : null;
    }

    private static long sum(long sequence, byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(
                ByteBuffer.allocate(12).putLong(sequence).putInt(bytes.length).flip());
        crc.update(bytes);
        return crc.getValue();
    }
}
