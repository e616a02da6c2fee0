package dev.sternpost.server.statistics;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The last hour of one object. Made of pieces of five minutes, which is also the first step of roll-up: each piece is a run
 * of bytes in which a sample says only what differs from the one before. Safe for use from several threads.
 */
final class Series {
    static final long KEPT_MILLIS = TimeUnit.HOURS.toMillis(1);
    static final long PIECE_MILLIS = TimeUnit.MINUTES.toMillis(5);

    private static final long[] NOTHING = new long[Meter.COUNT];

    private final Deque<Piece> pieces = new ArrayDeque<>();
    private @Nullable Sample last;

    /** Five minutes. */
    private static final class Piece {
        final long number;
        final SampleBytes bytes = new SampleBytes();
        long lastEpochMillis;

        Piece(long number) {
            this.number = number;
        }
    }

    /** Adds a sample; false when it is not later than the last one. */
    synchronized boolean add(Sample sample) {
        Sample before = last;
        if (before != null && sample.endEpochMillis() <= before.endEpochMillis()) {
            return false;
        }
        long number = Math.floorDiv(sample.endEpochMillis(), PIECE_MILLIS);
        Piece piece = pieces.peekLast();
        if (piece == null || before == null || piece.number != number) {
            if (piece != null) {
                piece.bytes.trim();
            }
            piece = new Piece(number);
            pieces.addLast(piece);
            piece.bytes.write(sample, number * PIECE_MILLIS, NOTHING);
        } else {
            piece.bytes.write(sample, before.endEpochMillis(), before.values());
        }
        piece.lastEpochMillis = sample.endEpochMillis();
        last = sample;
        while (pieces.getFirst().lastEpochMillis < sample.endEpochMillis() - KEPT_MILLIS) {
            pieces.removeFirst();
        }
        return true;
    }

    synchronized @Nullable Sample last() {
        return last;
    }

    /** Samples of intervals that ended at the first time or later, and before the second; oldest first. */
    synchronized List<Sample> between(long fromEpochMillis, long toEpochMillis) {
        List<Sample> found = new ArrayList<>();
        Sample newest = last;
        if (newest == null) {
            return found;
        }
        if (newest.endEpochMillis() < fromEpochMillis) {
            return found; // The usual answer to who asks what is new; nothing is read for it.
        }
        long from = Math.max(fromEpochMillis, newest.endEpochMillis() - KEPT_MILLIS);
        for (Piece piece : pieces) {
            if (piece.lastEpochMillis >= from && piece.number * PIECE_MILLIS < toEpochMillis) {
                for (Sample sample : piece.bytes.read(piece.number * PIECE_MILLIS)) {
                    if (sample.endEpochMillis() >= from && sample.endEpochMillis() < toEpochMillis) {
                        found.add(sample);
                    }
                }
            }
        }
        return found;
    }

    /** Bytes it takes, objects around them not counted. */
    synchronized int sizeBytes() {
        return pieces.stream().mapToInt(piece -> piece.bytes.sizeBytes()).sum();
    }

    /**
     * Samples as bytes. Each is its distance in time from where the interval before should have put it, a mask of the
     * figures that changed, and by how much they did; all as numbers of seven bits a byte, small ones short whatever
     * their sign.
     */
    private static final class SampleBytes {
        private static final int NUMBER_BYTES_MAX = 10;
        private static final int SAMPLE_BYTES_MAX = NUMBER_BYTES_MAX * (Meter.COUNT + 2);

        private byte[] bytes = new byte[0];
        private int length;

        void write(Sample sample, long beforeEpochMillis, long[] before) {
            Writer writer = new Writer();
            long[] now = sample.values();
            writer.signed(sample.endEpochMillis() - beforeEpochMillis - sample.intervalMillis());
            long mask = 0;
            for (int i = 0; i < now.length; i++) {
                mask |= now[i] == before[i] ? 0 : 1L << i;
            }
            writer.number(mask);
            for (int i = 0; i < now.length; i++) {
                if (now[i] != before[i]) {
                    writer.signed(now[i] - before[i]);
                }
            }
            append(writer);
        }

        private void append(Writer writer) {
            if (length + writer.length > bytes.length) {
                bytes = Arrays.copyOf(bytes, length + length / 2 + writer.length);
            }
            System.arraycopy(writer.bytes, 0, bytes, length, writer.length);
            length += writer.length;
        }

        List<Sample> read(long beginEpochMillis) {
            List<Sample> samples = new ArrayList<>();
            Reader reader = new Reader(bytes);
            long epochMillis = beginEpochMillis;
            long[] values = NOTHING;
            while (reader.position < length) {
                long offset = reader.signed();
                long mask = reader.number();
                values = values.clone();
                for (int i = 0; i < values.length; i++) {
                    values[i] += (mask >> i & 1) == 0 ? 0 : reader.signed();
                }
                epochMillis += values[Meter.INTERVAL_MILLIS.ordinal()] + offset;
                samples.add(Sample.ofValues(epochMillis, values));
            }
            return samples;
        }

        void trim() {
            bytes = Arrays.copyOf(bytes, length);
        }

        int sizeBytes() {
            return bytes.length;
        }
    }

    private static final class Writer {
        private final byte[] bytes = new byte[SampleBytes.SAMPLE_BYTES_MAX];
        private int length;

        void number(long value) {
            long left = value;
            while ((left & ~0x7fL) != 0) {
                bytes[length++] = (byte) (left & 0x7f | 0x80);
                left >>>= 7;
            }
            bytes[length++] = (byte) left;
        }

        void signed(long value) {
            number(value << 1 ^ value >> 63);
        }
    }

    private static final class Reader {
        private final byte[] bytes;
        private int position;

        Reader(byte[] bytes) {
            this.bytes = bytes;
        }

        long number() {
            long value = 0;
            for (int shift = 0; ; shift += 7) {
                byte one = bytes[position++];
                value |= (one & 0x7fL) << shift;
                if (one >= 0) {
                    return value;
                }
            }
        }

        long signed() {
            long value = number();
            return value >>> 1 ^ -(value & 1);
        }
    }
}
