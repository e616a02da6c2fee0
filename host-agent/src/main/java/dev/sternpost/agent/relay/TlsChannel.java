package dev.sternpost.agent.relay;

import dev.sternpost.agent.identity.CertificateNames;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * A blocking TLS connection over a socket channel, for one reading and one writing thread at a time. Works on direct
 * buffers, so that a native TLS engine copies nothing.
 */
final class TlsChannel implements Closeable {

    /** Room for several TLS records, so that a full buffer costs few system calls. */
    private static final int NETWORK_BUFFER_BYTES = 256 * 1024;

    private static final int HANDSHAKE_STEPS_MAX = 1_000;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SocketChannel socket;
    private final SSLEngine engine;
    private ByteBuffer incoming =
            ByteBuffer.allocateDirect(NETWORK_BUFFER_BYTES).limit(0);
    private ByteBuffer outgoing = ByteBuffer.allocateDirect(NETWORK_BUFFER_BYTES);

    // The client's first words may come in one packet with the end of its handshake.
    private ByteBuffer early = NOTHING;

    private TlsChannel(SocketChannel socket, SSLEngine engine) {
        this.socket = socket;
        this.engine = engine;
    }

    /** Does the handshake. The caller bounds its time by closing the socket. */
    static TlsChannel open(SocketChannel socket, SSLEngine engine) throws IOException {
        TlsChannel channel = new TlsChannel(socket, engine);
        channel.handshake();
        return channel;
    }

    /** Id of the host the peer's certificate names. */
    Optional<String> peerHostId() {
        try {
            Certificate[] chain = engine.getSession().getPeerCertificates();
            return chain.length > 0 && chain[0] instanceof X509Certificate certificate
                    ? CertificateNames.hostId(certificate)
                    : Optional.empty();
        } catch (SSLPeerUnverifiedException e) {
            return Optional.empty();
        }
    }

    /** Writes all of it. */
    void write(ByteBuffer plain) throws IOException {
        while (plain.hasRemaining()) {
            SSLEngineResult result = engine.wrap(plain, outgoing);
            switch (result.getStatus()) {
                case BUFFER_OVERFLOW -> flush();
                case OK -> {}
                case CLOSED, BUFFER_UNDERFLOW -> throw new EOFException("the connection was closed");
            }
        }
        flush();
    }

    /**
     * Reads what is there, at least one byte.
     *
     * @return number of bytes; -1 at the end
     */
    int read(ByteBuffer plain) throws IOException {
        int before = plain.position();
        if (early.hasRemaining()) {
            int take = Math.min(early.remaining(), plain.remaining());
            plain.put(plain.position(), early, early.position(), take);
            plain.position(before + take);
            early.position(early.position() + take);
            return take;
        }
        while (true) {
            SSLEngineResult result = engine.unwrap(incoming, plain);
            int got = plain.position() - before;
            switch (result.getStatus()) {
                case OK -> {}
                case BUFFER_OVERFLOW -> {
                    if (got == 0) {
                        throw new IllegalStateException("the buffer must hold one TLS record: " + plain);
                    }
                    return got;
                }
                case CLOSED -> {
                    return got > 0 ? got : -1;
                }
                case BUFFER_UNDERFLOW -> {
                    if (got > 0) {
                        return got;
                    }
                    if (!fill()) {
                        return -1;
                    }
                }
            }
        }
    }

    /** Reads until the buffer is full. */
    void readFully(ByteBuffer plain, ByteBuffer scratch) throws IOException {
        while (plain.hasRemaining()) {
            if (!scratch.hasRemaining()) {
                scratch.clear();
                int got = read(scratch);
                scratch.flip();
                if (got < 0) {
                    throw new EOFException("the other side closed the connection");
                }
            }
            int take = Math.min(plain.remaining(), scratch.remaining());
            plain.put(plain.position(), scratch, scratch.position(), take);
            plain.position(plain.position() + take);
            scratch.position(scratch.position() + take);
        }
    }

    /** Gives back what was read too much; it is read again. Before anything else was read. */
    void unread(ByteBuffer rest) {
        if (rest.hasRemaining()) {
            early = ByteBuffer.allocateDirect(rest.remaining() + early.remaining())
                    .put(rest)
                    .put(early)
                    .flip();
        }
    }

    /** Gives up most of its buffers: for a connection that stays for long and carries little. Before anything but the first words went over it. */
    void shrink() {
        int bytes = Math.max(incoming.remaining(), engine.getSession().getPacketBufferSize());
        incoming = ByteBuffer.allocateDirect(bytes).put(incoming).flip();
        outgoing = ByteBuffer.allocateDirect(engine.getSession().getPacketBufferSize());
        if (!early.hasRemaining()) {
            early = NOTHING;
        }
    }

    /** Smallest buffer for {@link #read}. */
    int recordBytesMax() {
        return engine.getSession().getApplicationBufferSize();
    }

    /** Cuts the connection at once; threads inside {@link #read} and {@link #write} fail. */
    @Override
    public void close() throws IOException {
        socket.close();
    }

    private void handshake() throws IOException {
        engine.beginHandshake();
        early = ByteBuffer.allocateDirect(NETWORK_BUFFER_BYTES);
        for (int step = 0; step < HANDSHAKE_STEPS_MAX; step++) {
            switch (engine.getHandshakeStatus()) {
                case NEED_WRAP -> {
                    engine.wrap(NOTHING, outgoing);
                    flush();
                }
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    SSLEngineResult result = engine.unwrap(incoming, early);
                    if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                        throw new EOFException("the other side ended the handshake");
                    }
                    if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW && !fill()) {
                        throw new EOFException("the other side closed the connection during the handshake");
                    }
                }
                case NEED_TASK -> {
                    Runnable task = engine.getDelegatedTask();
                    while (task != null) {
                        task.run();
                        task = engine.getDelegatedTask();
                    }
                }
                case FINISHED, NOT_HANDSHAKING -> {
                    early.flip();
                    return;
                }
            }
        }
        throw new IOException("the TLS handshake does not end");
    }

    private void flush() throws IOException {
        outgoing.flip();
        try {
            while (outgoing.hasRemaining()) {
                socket.write(outgoing);
            }
        } finally {
            outgoing.clear();
        }
    }

    private boolean fill() throws IOException {
        incoming.compact();
        try {
            return socket.read(incoming) >= 0;
        } finally {
            incoming.flip();
        }
    }
}
