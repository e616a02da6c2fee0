package dev.sternpost.agent.relay;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says things to another host. Messages that cannot be sent soon are dropped, oldest first: what is said here is said again. Connects when there
 * is something to say, again and again.
 */
public final class PeerLine implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(PeerLine.class);

    private static final int WAITING_MAX = 64;
    private static final long RETRY_MILLIS = 500;
    private static final int ANSWER_BYTES_MAX = 32 * 1024;
    private static final Duration ANSWER_MAX = Duration.ofSeconds(3);

    private final String hostId;
    private final InetSocketAddress address;
    private final Dialler dialler;
    private final Deadlines deadlines;
    private final Deque<byte[]> waiting = new ArrayDeque<>();
    private final Thread writer;
    private final ByteBuffer answer = ByteBuffer.allocateDirect(ANSWER_BYTES_MAX);
    private volatile @Nullable TlsChannel channel;
    private boolean closed;

    /** Connects. */
    @FunctionalInterface
    interface Dialler {
        TlsChannel dial() throws IOException;
    }

    PeerLine(String hostId, InetSocketAddress address, Dialler dialler, Deadlines deadlines) {
        this.deadlines = deadlines;
        this.hostId = hostId;
        this.address = address;
        this.dialler = dialler;
        this.writer = Thread.ofVirtual().name("peer-" + hostId).start(this::run);
    }

    /** Where the other host listens. */
    public InetSocketAddress address() {
        return address;
    }

    /** Says something; never blocks. */
    public synchronized void send(String message) {
        if (closed) {
            return;
        }
        if (waiting.size() >= WAITING_MAX) {
            waiting.removeFirst();
        }
        waiting.addLast(message.getBytes(StandardCharsets.UTF_8));
        notifyAll();
    }

    private synchronized byte[] next() throws InterruptedException {
        while (waiting.isEmpty()) {
            wait();
        }
        return waiting.removeFirst();
    }

    private void run() {
        boolean told = false;
        try {
            while (!isClosed()) {
                byte[] message = next();
                try {
                    if (channel == null) {
                        channel = dialler.dial();
                        told = false;
                        log.info("heartbeats go to {} at {}", hostId, address);
                    }
                    say(message);
                } catch (IOException e) {
                    if (!told) {
                        log.info("{} at {} cannot be told anything: {}", hostId, address, e.getMessage());
                        told = true;
                    }
                    hangUp();
                    TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            hangUp();
        }
    }

    private void say(byte[] message) throws IOException {
        TlsChannel current = channel;
        if (current == null) {
            return;
        }
        Future<?> deadline = deadlines.closeAfter(ANSWER_MAX, current);
        try {
            current.write(ByteBuffer.allocateDirect(Integer.BYTES + message.length)
                    .putInt(message.length)
                    .put(message)
                    .flip());
            if (current.read(answer.clear().limit(current.recordBytesMax())) < 0) {
                throw new EOFException("it hung up");
            }
        } finally {
            deadline.cancel(false);
        }
    }

    private void hangUp() {
        TlsChannel current = channel;
        channel = null;
        if (current != null) {
            Deadlines.closeQuietly(current);
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        hangUp();
        writer.interrupt();
    }
}
