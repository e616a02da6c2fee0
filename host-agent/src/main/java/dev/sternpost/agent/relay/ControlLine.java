package dev.sternpost.agent.relay;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One end of a control connection: reads messages on a thread of its own, writes from any, and notices silence. */
final class ControlLine {

    private final TlsChannel channel;
    private final long silenceNanos;
    private final CompletableFuture<String> lost = new CompletableFuture<>();
    private final AtomicReference<@Nullable String> reason = new AtomicReference<>();
    private volatile long lastHeardNanos = System.nanoTime();

    /** Hears messages, on the reading thread: must answer quickly. */
    @FunctionalInterface
    interface Listener {
        void heard(ControlMessage message, long arrivalNanos) throws IOException;
    }

    ControlLine(TlsChannel channel, RelayLimits limits, Deadlines deadlines) {
        this.channel = channel;
        this.silenceNanos = limits.silence().toNanos();
        Future<?> watch = deadlines.every(limits.silence().dividedBy(8), this::checkSilence);
        lost.whenComplete((_, _) -> watch.cancel(false));
    }

    /** Begins to read. Called once, when the listener is ready. */
    void listen(Listener listener) {
        Thread.ofVirtual().name("relay-control").start(() -> readAll(listener));
    }

    /** Completes with the reason when the line is gone, whoever ended it. */
    CompletableFuture<String> lost() {
        return lost;
    }

    synchronized void send(ControlMessage message) throws IOException {
        channel.write(message.format());
    }

    void close(String why) {
        reason.compareAndSet(null, why);
        Deadlines.closeQuietly(channel);
    }

    private void readAll(Listener listener) {
        ByteBuffer plain = ByteBuffer.allocateDirect(channel.recordBytesMax()).limit(0);
        ByteBuffer length = ByteBuffer.allocate(2);
        try {
            while (true) {
                channel.readFully(length.clear(), plain);
                int bytes = Short.toUnsignedInt(length.getShort(0));
                if (bytes == 0 || bytes > ControlMessage.BYTES_MAX) {
                    throw new IOException("the other side sent a message of " + bytes + " bytes");
                }
                ByteBuffer frame = ByteBuffer.allocate(bytes);
                channel.readFully(frame, plain);
                long now = System.nanoTime();
                lastHeardNanos = now;
                listener.heard(ControlMessage.parse(frame.flip()), now);
            }
        } catch (EOFException e) {
            close("the other host closed the control connection");
        } catch (IOException | RuntimeException e) {
            // Whatever it is, the line is of no use any more, and the reason reaches the operator with the migration.
            close("the control connection broke: " + e);
        }
        lost.complete(java.util.Objects.requireNonNullElse(reason.get(), "closed"));
    }

    private void checkSilence() {
        if (System.nanoTime() - lastHeardNanos > silenceNanos) {
            close("the other host has been silent for " + silenceNanos / 1_000_000 + " ms");
        }
    }
}
