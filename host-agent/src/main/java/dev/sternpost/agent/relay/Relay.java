package dev.sternpost.agent.relay;

import dev.sternpost.agent.identity.HostIdentity;
import dev.sternpost.agent.identity.TlsSetups;
import dev.sternpost.agent.relay.RelayHeader.Kind;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This host's relay: listens for other hosts' agents and connects to theirs. A connection counts only when the peer's
 * certificate names the expected host and its header carries the migration's ticket.
 */
public final class Relay implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Relay.class);

    /** Connections being served or shaking hands at once; more wait in the listen queue. */
    static final int CONNECTIONS_MAX = 192;

    private static final Duration CLOSE_WAIT_MAX = Duration.ofSeconds(5);

    static final byte ACCEPTED = 0;
    private static final byte REFUSED = 1;

    private final Supplier<HostIdentity> identity;
    private final RelayLimits limits;
    private final Deadlines deadlines = new Deadlines();
    private final Connector connector;
    private final ServerSocketChannel server;
    private final Map<String, Inbound> expected = new ConcurrentHashMap<>();
    private final Map<String, FileArrival> arriving = new ConcurrentHashMap<>();
    private final Set<Outbound> sending = ConcurrentHashMap.newKeySet();
    private final Semaphore slots = new Semaphore(CONNECTIONS_MAX);
    private final PeerListener peers = new PeerListener();
    private final Thread acceptor = Thread.ofVirtual().name("relay-listen").unstarted(this::acceptAll);

    private Relay(Supplier<HostIdentity> identity, ServerSocketChannel server, RelayLimits limits) {
        this.identity = identity;
        this.server = server;
        this.limits = limits;
        this.connector = new Connector(limits, deadlines, this::address);
    }

    /**
     * Opens the relay.
     *
     * @param identity asked anew for each connection, so that a renewed certificate is used at once
     * @throws FaultException HOST_ERROR when the address is taken
     */
    public static Relay open(Supplier<HostIdentity> identity, InetSocketAddress address, RelayLimits limits) {
        try {
            ServerSocketChannel server = ServerSocketChannel.open();
            server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            server.bind(address);
            Relay relay = new Relay(identity, server, limits);
            relay.acceptor.start();
            return relay;
        } catch (IOException e) {
            throw new FaultException(
                    Fault.of(
                                    FaultCode.HOST_ERROR,
                                    "the migration relay cannot listen on " + address + " (" + e.getMessage()
                                            + "); end what uses the address, or choose another with --relay")
                            .withContext(e.toString()),
                    e);
        }
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        try {
            return (InetSocketAddress) server.getLocalAddress();
        } catch (IOException e) {
            throw new IllegalStateException("the relay is closed", e);
        }
    }

    /**
     * Lets the source of a migration connect.
     *
     * @throws IllegalStateException when that migration is expected already
     */
    public Inbound expect(InboundOrder order) {
        Inbound inbound = new Inbound(order, limits, deadlines, () -> expected.remove(order.migrationId()));
        if (expected.putIfAbsent(order.migrationId(), inbound) != null) {
            throw new IllegalStateException("migration " + order.migrationId() + " is expected already");
        }
        return inbound;
    }

    /**
     * Connects to the target's relay and listens on the unix socket for the engine.
     *
     * @throws FaultException MIGRATION_FAILED when the target cannot be reached, is another host, or refuses
     */
    public Outbound connect(OutboundOrder order) {
        Connector.Peer target = new Connector.Peer(order.targetHostId(), order.targetAddress());
        SslContext context = TlsSetups.relayClient(identity.get());
        ServerSocketChannel listener = null;
        TlsChannel control = null;
        TlsChannel stream = null;
        try {
            listener = listen(order.streamSocket());
            control =
                    connector.dial(target, new RelayHeader(Kind.CONTROL, order.migrationId(), order.ticket()), context);
            stream = connector.dial(target, new RelayHeader(Kind.STREAM, order.migrationId(), order.ticket()), context);
            Outbound outbound = new Outbound(
                    listener,
                    stream,
                    new ControlLine(control, limits, deadlines),
                    order.bytesPerSecondMax(),
                    limits,
                    deadlines);
            sending.add(outbound);
            outbound.lost().thenRun(() -> sending.remove(outbound));
            return outbound;
        } catch (IOException e) {
            closeAll(listener, control, stream);
            throw unusable(target, e);
        }
    }

    /**
     * Connects to the target of a migration once for each disk, and listens on the unix socket for as many connections of the engine. They end
     * with the migration.
     *
     * @param outbound what {@link #connect} gave for the same order
     * @throws FaultException MIGRATION_FAILED when the target does not take them
     */
    public void connectDisks(Outbound outbound, OutboundOrder order, Path socket, int disks) {
        Connector.Peer target = new Connector.Peer(order.targetHostId(), order.targetAddress());
        RelayHeader header = new RelayHeader(Kind.DISK, order.migrationId(), order.ticket());
        DiskLines lines = new DiskLines(limits, deadlines);
        outbound.lost().thenAccept(lines::cut);
        try {
            for (int i = 0; i < disks; i++) {
                lines.add(connector.dial(target, header, TlsSetups.relayClient(identity.get())));
            }
            lines.listen(listen(socket));
        } catch (IOException e) {
            lines.cut("not all disks could be connected");
            throw unusable(target, e);
        }
    }

    /**
     * Lets the source of a move send files, as often as it wants, until this is withdrawn.
     *
     * @return withdraws it, and cuts what is under way
     */
    public Runnable expectFiles(IncomingFiles order) {
        FileArrival arrival = new FileArrival(order);
        FileArrival before = arriving.put(order.moveId(), arrival);
        if (before != null) {
            before.cut();
        }
        return () -> {
            arriving.remove(order.moveId(), arrival);
            arrival.cut();
        };
    }

    /**
     * Sends files. Returns when the target has all of them on its disk.
     *
     * @throws FaultException what the target says, such as DATASTORE_FULL; MIGRATION_FAILED when it cannot be reached or the line breaks;
     *     OPERATION_CANCELLED when the watch wants that
     */
    public void sendFiles(OutgoingFiles order, OutgoingFiles.Watch watch) {
        Connector.Peer target = new Connector.Peer(order.targetHostId(), order.targetAddress());
        RelayHeader header = new RelayHeader(Kind.FILES, order.moveId(), order.ticket());
        try (TlsChannel channel = connector.dial(target, header, TlsSetups.relayClient(identity.get()))) {
            new FileSending(channel, order, watch, deadlines).run();
        } catch (IOException e) {
            throw unusable(target, e);
        }
    }

    private static FaultException unusable(Connector.Peer target, IOException e) {
        return new FaultException(
                Fault.of(
                                FaultCode.MIGRATION_FAILED,
                                "the relay of " + target.hostId() + " at " + target.address() + " cannot be used: "
                                        + e.getMessage() + "; check that its agent runs and the address is reachable")
                        .withContext(e.toString()),
                e);
    }

    /**
     * Hears what other hosts say for high availability.
     *
     * @param listener told the host by its certificate and the message; on a thread for each connection, in order
     * @param known whether a host may speak here at all
     */
    public void listenToPeers(Predicate<String> known, BiConsumer<String, String> listener) {
        peers.listen(known, listener);
    }

    /** A line to another host's agent, for high availability. */
    public PeerLine peer(String hostId, InetSocketAddress address) {
        return new PeerLine(hostId, address, () -> dialPeer(hostId, address), deadlines);
    }

    private TlsChannel dialPeer(String hostId, InetSocketAddress address) throws IOException {
        TlsChannel channel = connector.dial(
                new Connector.Peer(hostId, address),
                new RelayHeader(Kind.PEER, "ha", "-"),
                TlsSetups.relayClient(identity.get()));
        channel.shrink();
        return channel;
    }

    @Override
    public void close() {
        peers.close();
        Deadlines.closeQuietly(server);
        try {
            // Only when its reader has noticed is the address free for whoever comes next.
            acceptor.join(CLOSE_WAIT_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        sending.forEach(outbound -> outbound.cut("the agent is ending"));
        expected.values().forEach(inbound -> inbound.cut("the agent is ending"));
        arriving.values().forEach(FileArrival::cut);
        deadlines.close();
    }

    private static ServerSocketChannel listen(Path socket) throws IOException {
        Files.deleteIfExists(socket);
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket), 1);
        // The engine runs as another user; the directory keeps everybody else out.
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
        return listener;
    }

    private void acceptAll() {
        try {
            while (true) {
                slots.acquire();
                SocketChannel socket = server.accept();
                Thread.ofVirtual().name("relay-serve").start(() -> {
                    try {
                        serve(socket);
                    } finally {
                        Deadlines.closeQuietly(socket);
                        slots.release();
                    }
                });
            }
        } catch (ClosedChannelException e) {
            log.debug("the relay is closed");
        } catch (IOException e) {
            log.error("the relay cannot accept connections any more", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(SocketChannel socket) {
        Future<?> deadline = deadlines.closeAfter(limits.handshake(), socket);
        try {
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            TlsChannel channel =
                    TlsChannel.open(socket, Connector.engine(TlsSetups.relayServer(identity.get()), false));
            RelayHeader header = readHeader(channel);
            if (header.kind() == Kind.FILES) {
                FileArrival arrival = arriving.get(header.migrationId());
                boolean taken = arrival != null
                        && fits(arrival.order().ticket(), header)
                        && arrival.order()
                                .sourceHostId()
                                .equals(channel.peerHostId().orElse(""));
                answer(channel, taken);
                deadline.cancel(false);
                if (arrival != null && taken) {
                    arrival.run(channel);
                }
                return;
            }
            if (header.kind() == Kind.PEER) {
                String peer = channel.peerHostId().orElse("");
                boolean taken = peers.takes(peer);
                answer(channel, taken);
                deadline.cancel(false);
                if (taken) {
                    channel.shrink();
                    slots.release();
                    try {
                        peers.run(peer, socket, channel);
                    } finally {
                        slots.acquireUninterruptibly();
                    }
                }
                return;
            }
            Inbound inbound = admit(header, channel.peerHostId().orElse(""));
            if (inbound == null || !inbound.take(header.kind())) {
                answer(channel, false);
                return;
            }
            answer(channel, true);
            deadline.cancel(false);
            inbound.run(header.kind(), channel);
        } catch (IOException e) {
            log.warn("a connection to the relay failed: {}", e.getMessage());
        } finally {
            deadline.cancel(false);
        }
    }

    private static void answer(TlsChannel channel, boolean accepted) throws IOException {
        channel.write(
                ByteBuffer.allocateDirect(1).put(accepted ? ACCEPTED : REFUSED).flip());
    }

    // The same work for all, so that a wrong ticket teaches nothing.
    private static boolean fits(String ticket, RelayHeader header) {
        return MessageDigest.isEqual(
                ticket.getBytes(StandardCharsets.UTF_8), header.ticket().getBytes(StandardCharsets.UTF_8));
    }

    private static RelayHeader readHeader(TlsChannel channel) throws IOException {
        ByteBuffer scratch = ByteBuffer.allocateDirect(channel.recordBytesMax()).limit(0);
        ByteBuffer length = ByteBuffer.allocate(2);
        channel.readFully(length, scratch);
        int bytes = Short.toUnsignedInt(length.getShort(0));
        if (bytes == 0 || bytes > RelayHeader.BYTES_MAX) {
            throw new EOFException("the header would have " + bytes + " bytes");
        }
        ByteBuffer frame = ByteBuffer.allocate(bytes);
        channel.readFully(frame, scratch);
        // A source sends nothing more before it is accepted, so nothing is lost with the scratch buffer.
        if (scratch.hasRemaining()) {
            throw new IOException("the other side spoke before it was accepted");
        }
        return RelayHeader.parse(frame.flip());
    }

    private @Nullable Inbound admit(RelayHeader header, String peer) {
        Inbound inbound = expected.get(header.migrationId());
        String ticket = inbound == null ? "" : inbound.order().ticket();
        boolean ticketFits = fits(ticket, header);
        if (inbound == null || !ticketFits || !inbound.order().sourceHostId().equals(peer)) {
            log.warn(
                    "relay: refused {} of migration {} from {}: {}",
                    header.kind(),
                    header.migrationId(),
                    peer.isEmpty() ? "no host" : peer,
                    inbound == null ? "not expected" : ticketFits ? "not the source" : "wrong ticket");
            return null;
        }
        return inbound;
    }

    private static void closeAll(@Nullable AutoCloseable... victims) {
        for (AutoCloseable victim : victims) {
            if (victim != null) {
                try {
                    victim.close();
                } catch (Exception e) {
                    log.debug("while giving up a connection", e);
                }
            }
        }
    }
}
