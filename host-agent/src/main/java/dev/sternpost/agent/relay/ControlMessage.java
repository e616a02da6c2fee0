package dev.sternpost.agent.relay;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What is said on a control connection: frames of two bytes of length, one of kind, and fixed fields. */
sealed interface ControlMessage {

    /** Longest frame after its length. */
    int BYTES_MAX = 512;

    /** Sent by the source; also the sign of life. */
    record Probe(long t0) implements ControlMessage {}

    /** The target's answer at once. */
    record ProbeAnswer(long t0, long t1, long t2) implements ControlMessage {}

    /** The guest may run at the target. */
    record Release(Go go) implements ControlMessage {}

    /** Whether it does. */
    record Released(GoAnswer answer) implements ControlMessage {}

    /** The frame, ready to be sent. */
    default ByteBuffer format() {
        ByteBuffer frame = ByteBuffer.allocateDirect(2 + BYTES_MAX).position(2);
        switch (this) {
            case Probe(long t0) -> frame.put((byte) 1).putLong(t0);
            case ProbeAnswer(long t0, long t1, long t2) ->
                frame.put((byte) 2).putLong(t0).putLong(t1).putLong(t2);
            case Release(Go go) ->
                frame.put((byte) 3)
                        .putLong(go.nextGeneration())
                        .putLong(go.bootEpochMillis())
                        .putLong(go.stopNanos())
                        .putLong(go.clockErrorNanos())
                        .putLong(go.lastTick())
                        .putLong(go.lastTickNanos())
                        .putLong(go.longestGapNanos());
            case Released(GoAnswer answer) ->
                frame.put((byte) 4).put((byte) (answer.running() ? 1 : 0)).put(text(answer.message()));
        }
        return frame.putShort(0, (short) (frame.position() - 2)).flip();
    }

    /** Reads a frame after its length. */
    static ControlMessage parse(ByteBuffer frame) throws IOException {
        try {
            return switch (frame.get()) {
                case 1 -> new Probe(frame.getLong());
                case 2 -> new ProbeAnswer(frame.getLong(), frame.getLong(), frame.getLong());
                case 3 ->
                    new Release(new Go(
                            frame.getLong(),
                            frame.getLong(),
                            frame.getLong(),
                            frame.getLong(),
                            frame.getLong(),
                            frame.getLong(),
                            frame.getLong()));
                case 4 ->
                    new Released(new GoAnswer(
                            frame.get() == 1,
                            StandardCharsets.UTF_8.decode(frame).toString()));
                default -> throw new IOException("the other side sent a message of an unknown kind");
            };
        } catch (BufferUnderflowException e) {
            throw new IOException("the other side sent a damaged message", e);
        }
    }

    private static byte[] text(String message) {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        return bytes.length <= BYTES_MAX - 2 ? bytes : java.util.Arrays.copyOf(bytes, BYTES_MAX - 2);
    }
}
