package dev.sternpost.agent.endpoint;

import dev.sternpost.agent.identity.HostIdentity;
import dev.sternpost.agent.identity.TlsSetups;
import dev.sternpost.proto.agent.v1.Hello;
import io.grpc.Attributes;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps one stream to the server open for as long as the agent lives. */
public final class AgentLink implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(AgentLink.class);

    private static final long BACKOFF_MILLIS_FIRST = 100;
    private static final long BACKOFF_MILLIS_MAX = 5_000;
    private static final Duration END_WAIT_MAX = Duration.ofSeconds(5);
    private static final long KEEP_ALIVE_SECONDS = 20;
    private static final long KEEP_ALIVE_TIMEOUT_SECONDS = 10;

    private final IdentityHolder identity;
    private final LinkedHost host;
    private final Outbox outbox;
    private final String agentVersion;
    private final AtomicLong connections = new AtomicLong();
    private final AtomicLong attempts = new AtomicLong();
    private final Thread thread =
            Thread.ofPlatform().name("agent-link").daemon().unstarted(this::run);
    private volatile @Nullable LinkSession session;
    private volatile boolean connected;

    public AgentLink(IdentityHolder identity, LinkedHost host, Outbox outbox, String agentVersion) {
        this.identity = identity;
        this.host = host;
        this.outbox = outbox;
        this.agentVersion = agentVersion;
    }

    public void start() {
        thread.start();
    }

    /** Streams the server has accepted since the start. */
    public long connectionCount() {
        return connections.get();
    }

    /** Tries to connect since the start. */
    public long attemptCount() {
        return attempts.get();
    }

    /** Whether there is a stream now. */
    public boolean isConnected() {
        return connected;
    }

    @Override
    public void close() {
        thread.interrupt();
        LinkSession current = session;
        if (current != null) {
            current.cancel("the agent is ending");
        }
        try {
            if (thread.isAlive()) {
                thread.join(END_WAIT_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        long backoffMillis = BACKOFF_MILLIS_FIRST;
        String complaint = "";
        try {
            while (!Thread.interrupted()) {
                LinkSession.Result result = connectOnce();
                if (result.welcomed()) {
                    backoffMillis = BACKOFF_MILLIS_FIRST;
                    complaint = "";
                }
                String now = describe(result.status());
                // Once for each reason, not for each try: a server that is away for a night must not fill the log.
                if (!now.equals(complaint)) {
                    log.warn(
                            "no connection to the server at {}: {}; trying again",
                            identity.get().linkAddress(),
                            now);
                    complaint = now;
                }
                TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextLong(backoffMillis / 2, backoffMillis + 1));
                backoffMillis = Math.min(backoffMillis * 2, BACKOFF_MILLIS_MAX);
            }
        } catch (InterruptedException e) {
            log.debug("the link is closed");
        }
    }

    private LinkSession.Result connectOnce() throws InterruptedException {
        attempts.incrementAndGet();
        HostIdentity self = identity.get();
        ManagedChannel channel = channel(self);
        CertificateRenewal renewal = new CertificateRenewal(identity, channel);
        LinkSession current = new LinkSession(host, outbox);
        current.whenWelcomed(() -> {
            connected = true;
            connections.incrementAndGet();
            log.info("connected to the server at {} as {}", self.linkAddress(), self.hostId());
            renewal.start(() -> current.cancel("the certificate was renewed"));
        });
        session = current;
        try {
            return current.run(channel, hello(self));
        } finally {
            connected = false;
            session = null;
            renewal.close();
            channel.shutdownNow();
        }
    }

    private Hello hello(HostIdentity self) {
        return Hello.newBuilder()
                .setProtocolVersion(LinkSession.PROTOCOL_VERSION)
                .setHostId(self.hostId())
                .setIncarnation(host.ledger().incarnation())
                .setAgentVersion(agentVersion)
                .setBootId(ProcFiles.bootId())
                .build();
    }

    private ManagedChannel channel(HostIdentity self) {
        InetSocketAddress address = CommandReader.address(self.linkAddress());
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(address.getHostString(), address.getPort());
        InetAddress own = host.address();
        if (own.isLoopbackAddress()) {
            // Several hosts share a machine, as in the lab: each speaks from its own address, so that it can be told
            // apart.
            builder.localSocketPicker(new NettyChannelBuilder.LocalSocketPicker() {
                @Override
                public SocketAddress createSocketAddress(SocketAddress remote, Attributes attributes) {
                    return new InetSocketAddress(own, 0);
                }
            });
        }
        return builder.sslContext(TlsSetups.linkClient(self))
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .build();
    }

    private static String describe(Status status) {
        Throwable cause = status.getCause();
        Throwable root = cause;
        for (int depth = 0; root != null && root.getCause() != null && depth < 10; depth++) {
            root = root.getCause();
        }
        return status.getCode()
                + (status.getDescription() == null ? "" : " " + status.getDescription())
                + (root == null ? "" : " (" + root.getMessage() + ")");
    }
}
