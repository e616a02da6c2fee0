package dev.sternpost.agent.relay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The first frame on a relay connection: two bytes of length, then version, kind, migration id and ticket, the last two
 * with one byte of length each.
 *
 * @param kind what the connection carries
 * @param migrationId id of the migration
 * @param ticket the migration's secret
 */
record RelayHeader(Kind kind, String migrationId, String ticket) {

    /** Longest frame. */
    static final int BYTES_MAX = 600;

    private static final byte VERSION = 1;
    private static final int TEXT_BYTES_MAX = 255;

    /** What a connection carries. */
    enum Kind {
        STREAM,
        CONTROL,
        /** What a host says to another for high availability; migration id and ticket mean nothing, the certificate is all that counts. */
        PEER,
        /** What goes between the two engines for one disk. */
        DISK,
        /** Files, for a virtual machine that goes to another host with them. */
        FILES
    }

    RelayHeader {
        check(migrationId);
        check(ticket);
    }

    /** The frame, ready to be sent. */
    ByteBuffer format() {
        byte[] id = migrationId.getBytes(StandardCharsets.UTF_8);
        byte[] secret = ticket.getBytes(StandardCharsets.UTF_8);
        int length = 4 + id.length + secret.length;
        return ByteBuffer.allocateDirect(2 + length)
                .putShort((short) length)
                .put(VERSION)
                .put((byte) kind.ordinal())
                .put((byte) id.length)
                .put(id)
                .put((byte) secret.length)
                .put(secret)
                .flip();
    }

    /** Reads the frame after its length. */
    static RelayHeader parse(ByteBuffer frame) throws IOException {
        try {
            if (frame.get() != VERSION) {
                throw new IOException("the relay speaks version " + VERSION + " only");
            }
            int kind = frame.get();
            if (kind < 0 || kind >= Kind.values().length) {
                throw new IOException("the header has an unknown kind");
            }
            RelayHeader header = new RelayHeader(Kind.values()[kind], text(frame), text(frame));
            if (frame.hasRemaining()) {
                throw new IOException("the header is too long");
            }
            return header;
        } catch (java.nio.BufferUnderflowException | IllegalArgumentException e) {
            throw new IOException("the header is damaged", e);
        }
    }

    @Override
    public String toString() {
        return "RelayHeader[" + kind + " " + migrationId + "]";
    }

    private static String text(ByteBuffer frame) {
        byte[] bytes = new byte[Byte.toUnsignedInt(frame.get())];
        frame.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static void check(String text) {
        int length = text.getBytes(StandardCharsets.UTF_8).length;
        if (length == 0 || length > TEXT_BYTES_MAX) {
            throw new IllegalArgumentException("migration id and ticket have 1 to " + TEXT_BYTES_MAX + " bytes");
        }
    }
}
