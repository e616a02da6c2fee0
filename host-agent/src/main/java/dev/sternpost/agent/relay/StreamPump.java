package dev.sternpost.agent.relay;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Copies both ways between a unix socket and a TLS connection until both directions have ended, or it is cut.
 *
 * <p>On the wire the bytes go in frames of four bytes of length and as many of content; a frame of length 0 ends a
 * direction. So one direction can end while the other goes on, which TLS engines do not all allow, and a connection that
 * breaks is never taken for one that ended.
 */
final class StreamPump {

    private static final int FRAME_BYTES_MAX = 256 * 1024;
    private static final int FRAME_HEADER_BYTES = 4;

    private final SocketChannel unix;
    private final TlsChannel peer;
    private final RateLimit rate;
    private final long stallNanos;
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final AtomicReference<@Nullable String> cutReason = new AtomicReference<>();
    private final AtomicLong bytesToPeer = new AtomicLong();
    private final AtomicLong bytesFromPeer = new AtomicLong();
    // When the write under way began, 0 when there is none. One for each direction.
    private volatile long peerWriteNanos;
    private volatile long unixWriteNanos;

    StreamPump(SocketChannel unix, TlsChannel peer, long bytesPerSecondMax, RelayLimits limits, Deadlines deadlines) {
        this.unix = unix;
        this.peer = peer;
        this.rate = new RateLimit(bytesPerSecondMax, System.nanoTime());
        this.stallNanos = limits.stall().toNanos();
        Future<?> watch = deadlines.every(limits.stall().dividedBy(4), this::checkProgress);
        end.whenComplete((_, _) -> watch.cancel(false));
        CompletableFuture<Void> up = direction("up", this::pumpUp);
        CompletableFuture<Void> down = direction("down", this::pumpDown);
        CompletableFuture.allOf(up, down).whenComplete((_, _) -> finish());
    }

    /** Completes when both directions ended in order, fails with an IOException when the stream broke or was cut. */
    CompletableFuture<Void> end() {
        return end;
    }

    /** Payload bytes taken from the unix socket and sent. */
    long bytesToPeer() {
        return bytesToPeer.get();
    }

    /** Payload bytes received and written to the unix socket. */
    long bytesFromPeer() {
        return bytesFromPeer.get();
    }

    /** Cuts both sides at once. */
    void cut(String reason) {
        cutReason.compareAndSet(null, reason);
        Deadlines.closeQuietly(peer);
        Deadlines.closeQuietly(unix);
    }

    /** One direction's work. */
    @FunctionalInterface
    private interface Direction {
        void run() throws IOException;
    }

    private CompletableFuture<Void> direction(String name, Direction direction) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofVirtual().name("relay-" + name).start(() -> {
            try {
                direction.run();
                done.complete(null);
            } catch (IOException | RuntimeException e) {
                // Any failure of one direction ends the other too: half a migration stream is worth nothing.
                cut(e instanceof EOFException ? "the other side closed the stream" : "the stream broke: " + e);
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    private void pumpUp() throws IOException {
        ByteBuffer frame = ByteBuffer.allocateDirect(FRAME_HEADER_BYTES + FRAME_BYTES_MAX);
        while (true) {
            frame.clear().position(FRAME_HEADER_BYTES);
            int got = unix.read(frame);
            frame.putInt(0, Math.max(got, 0)).flip();
            waitFor(rate.take(Math.max(got, 0), System.nanoTime()));
            peerWriteNanos = System.nanoTime();
            peer.write(frame);
            peerWriteNanos = 0;
            if (got < 0) {
                return;
            }
            bytesToPeer.addAndGet(got);
        }
    }

    private void pumpDown() throws IOException {
        ByteBuffer plain = ByteBuffer.allocateDirect(Math.max(FRAME_BYTES_MAX, peer.recordBytesMax()));
        ByteBuffer header = ByteBuffer.allocate(FRAME_HEADER_BYTES);
        plain.limit(0);
        while (true) {
            peer.readFully(header.clear(), plain);
            int left = header.getInt(0);
            if (left < 0 || left > FRAME_BYTES_MAX) {
                throw new IOException("the other side sent a frame of " + left + " bytes");
            }
            if (left == 0) {
                unix.shutdownOutput();
                return;
            }
            while (left > 0) {
                left -= copyDown(plain, left);
            }
        }
    }

    private int copyDown(ByteBuffer plain, int atMost) throws IOException {
        if (!plain.hasRemaining()) {
            plain.clear();
            int got = peer.read(plain);
            plain.flip();
            if (got < 0) {
                throw new EOFException("the other side closed the stream in the middle");
            }
        }
        int take = Math.min(plain.remaining(), atMost);
        int limit = plain.limit();
        plain.limit(plain.position() + take);
        unixWriteNanos = System.nanoTime();
        while (plain.hasRemaining()) {
            unix.write(plain);
        }
        unixWriteNanos = 0;
        plain.limit(limit);
        bytesFromPeer.addAndGet(take);
        return take;
    }

    private static void waitFor(long nanos) {
        long until = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private void checkProgress() {
        long now = System.nanoTime();
        if (stalled(peerWriteNanos, now) || stalled(unixWriteNanos, now)) {
            cut("the stream stood still for " + stallNanos / 1_000_000 + " ms");
        }
    }

    private boolean stalled(long sinceNanos, long now) {
        return sinceNanos != 0 && now - sinceNanos > stallNanos;
    }

    private void finish() {
        Deadlines.closeQuietly(peer);
        Deadlines.closeQuietly(unix);
        String reason = cutReason.get();
        if (reason == null) {
            end.complete(null);
        } else {
            end.completeExceptionally(new IOException(reason));
        }
    }
}
