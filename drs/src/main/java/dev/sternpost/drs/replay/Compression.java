package dev.sternpost.drs.replay;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** Texts as few bytes (zlib). */
final class Compression {
    /** A pass of the largest cluster is a tenth of it. */
    static final int TEXT_BYTES_MAX = 128 << 20;

    private static final int CHUNK = 1 << 16;

    private Compression() {}

    static byte[] deflate(String text) {
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        try {
            deflater.setInput(text.getBytes(StandardCharsets.UTF_8));
            deflater.finish();
            byte[] bytes = new byte[CHUNK];
            int length = 0;
            while (!deflater.finished()) {
                if (length == bytes.length) {
                    bytes = Arrays.copyOf(bytes, 2 * length);
                }
                length += deflater.deflate(bytes, length, bytes.length - length);
            }
            return Arrays.copyOf(bytes, length);
        } finally {
            deflater.end();
        }
    }

    /** @throws IllegalArgumentException when the bytes are not such a text or one that is too long */
    static String inflate(byte[] bytes) {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(bytes);
            byte[] text = new byte[CHUNK];
            int length = 0;
            while (!inflater.finished()) {
                if (length == text.length) {
                    if (length >= TEXT_BYTES_MAX) {
                        throw new IllegalArgumentException("longer than " + TEXT_BYTES_MAX + " bytes");
                    }
                    text = Arrays.copyOf(text, 2 * length);
                }
                int more = inflater.inflate(text, length, text.length - length);
                if (more == 0 && inflater.needsInput()) {
                    throw new IllegalArgumentException("cut off");
                }
                length += more;
            }
            return new String(text, 0, length, StandardCharsets.UTF_8);
        } catch (DataFormatException e) {
            throw new IllegalArgumentException("not a compressed text", e);
        } finally {
            inflater.end();
        }
    }
}
