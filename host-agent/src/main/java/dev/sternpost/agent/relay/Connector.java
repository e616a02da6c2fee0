package dev.sternpost.agent.relay;

import io.grpc.netty.shaded.io.netty.buffer.UnpooledByteBufAllocator;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/** Connects to other hosts' relays. */
final class Connector {

    private final RelayLimits limits;
    private final Deadlines deadlines;
    private final Supplier<InetSocketAddress> ownAddress;

    /** @param ownAddress where this host's relay listens */
    Connector(RelayLimits limits, Deadlines deadlines, Supplier<InetSocketAddress> ownAddress) {
        this.limits = limits;
        this.deadlines = deadlines;
        this.ownAddress = ownAddress;
    }

    /** Who is to answer there. */
    record Peer(String hostId, InetSocketAddress address) {}

    TlsChannel dial(Peer target, RelayHeader header, SslContext context) throws IOException {
        SocketChannel socket = SocketChannel.open();
        Future<?> deadline = deadlines.closeAfter(limits.handshake(), socket);
        try {
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            // From the address where this host listens: on a machine with several networks, and to whoever filters, it
            // is this host that speaks.
            InetSocketAddress own = ownAddress.get();
            if (!own.getAddress().isAnyLocalAddress()) {
                socket.bind(new InetSocketAddress(own.getAddress(), 0));
            }
            socket.connect(target.address());
            TlsChannel channel = TlsChannel.open(socket, engine(context, true));
            String peer = channel.peerHostId().orElse("no host");
            if (!peer.equals(target.hostId())) {
                throw new SSLException("the certificate there names " + peer);
            }
            channel.write(header.format());
            ByteBuffer answer = ByteBuffer.allocate(1);
            ByteBuffer scratch =
                    ByteBuffer.allocateDirect(channel.recordBytesMax()).limit(0);
            channel.readFully(answer, scratch);
            // An engine may speak first, and its words come right behind.
            channel.unread(scratch);
            if (answer.get(0) != Relay.ACCEPTED) {
                throw new IOException("it refuses the connection (it does not expect it, or not from this host)");
            }
            deadline.cancel(false);
            return channel;
        } catch (ClosedChannelException e) {
            throw new IOException("no answer within " + limits.handshake().toSeconds() + " s", e);
        } catch (IOException e) {
            socket.close();
            throw e;
        } finally {
            deadline.cancel(false);
        }
    }

    static SSLEngine engine(SslContext context, boolean client) {
        SSLEngine engine = context.newEngine(UnpooledByteBufAllocator.DEFAULT);
        engine.setUseClientMode(client);
        return engine;
    }
}
