package dev.sternpost.fleet.link;

import dev.sternpost.agent.identity.HostIdentity;
import dev.sternpost.agent.identity.TlsSetups;
import dev.sternpost.fleet.host.SimulatedHost;
import dev.sternpost.proto.agent.v1.AgentLinkServiceGrpc;
import dev.sternpost.proto.agent.v1.AvailabilityConfig;
import dev.sternpost.proto.agent.v1.ConnectRequest;
import dev.sternpost.proto.agent.v1.ConnectResponse;
import dev.sternpost.proto.agent.v1.Hello;
import dev.sternpost.proto.agent.v1.Welcome;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps one stream of one host open, says what an agent says on it, and hands on what the server says. */
final class HostLink {
    private static final Logger log = LoggerFactory.getLogger(HostLink.class);

    private static final int PROTOCOL_VERSION = 1;
    private static final long BACKOFF_MILLIS_FIRST = 100;
    private static final long BACKOFF_MILLIS_MAX = 5_000;
    private static final long WELCOME_SECONDS_MAX = 30;
    private static final long GATE_MILLIS = 20;
    private static final long KEEP_ALIVE_SECONDS = 20;
    private static final long KEEP_ALIVE_TIMEOUT_SECONDS = 10;

    private final SimulatedHost host;
    private final HostIdentity identity;
    private final String agentVersion;
    private final Links links;

    // All below is guarded by this.
    private @Nullable ManagedChannel channel;
    private @Nullable Session session;
    private boolean closed;
    private boolean retrying;
    private long backoffMillis = BACKOFF_MILLIS_FIRST;

    HostLink(SimulatedHost host, HostIdentity identity, String agentVersion, Links links) {
        this.host = host;
        this.identity = identity;
        this.agentVersion = agentVersion;
        this.links = links;
    }

    void start() {
        connectIn(0);
    }

    synchronized boolean isConnected() {
        Session current = session;
        return current != null && current.welcomed;
    }

    /** Acts on what is the matter with the host. */
    synchronized void settle() {
        Session current = session;
        if (!host.isLinked() && current != null) {
            current.cut("the host cannot reach the server");
            dropChannel();
        } else if (host.isLinked() && current == null) {
            backoffMillis = BACKOFF_MILLIS_FIRST;
            connectIn(0);
        }
    }

    synchronized void close() {
        closed = true;
        Session current = session;
        if (current != null) {
            current.cut("the fleet is ending");
        }
        dropChannel();
    }

    private void dropChannel() {
        ManagedChannel old = channel;
        channel = null;
        if (old != null) {
            old.shutdownNow();
        }
    }

    private synchronized void connectIn(long millis) {
        if (!closed && !retrying) {
            retrying = true;
            links.timers().schedule(this::connect, millis, TimeUnit.MILLISECONDS);
        }
    }

    private void connect() {
        if (!links.gate().tryAcquire()) {
            links.timers().schedule(this::connect, GATE_MILLIS, TimeUnit.MILLISECONDS);
            return;
        }
        synchronized (this) {
            retrying = false;
            if (closed || !host.isLinked() || session != null) {
                links.gate().release();
                return;
            }
            Session opened = new Session();
            session = opened;
            opened.open(channel());
        }
    }

    private ManagedChannel channel() {
        ManagedChannel known = channel;
        if (known != null) {
            known.resetConnectBackoff();
            return known;
        }
        String address = identity.linkAddress();
        int colon = address.lastIndexOf(':');
        ManagedChannel made = NettyChannelBuilder.forAddress(
                        address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)))
                .sslContext(TlsSetups.linkClient(identity))
                .eventLoopGroup(links.loops())
                .channelType(NioSocketChannel.class)
                .directExecutor()
                .offloadExecutor(links.timers())
                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .build();
        channel = made;
        return made;
    }

    private synchronized void ended(Session which, Status status) {
        if (session != which) {
            return;
        }
        session = null;
        if (which.welcomed) {
            backoffMillis = BACKOFF_MILLIS_FIRST;
        }
        if (!closed && host.isLinked()) {
            log.debug("{}: the stream has ended: {}", host.name(), status);
            connectIn(ThreadLocalRandom.current().nextLong(backoffMillis / 2, backoffMillis + 1));
            backoffMillis = Math.min(backoffMillis * 2, BACKOFF_MILLIS_MAX);
        }
    }

    /** One stream, from Hello to its end. */
    private final class Session implements ClientResponseObserver<ConnectRequest, ConnectResponse> {
        private @Nullable ClientCallStreamObserver<ConnectRequest> out;
        private @Nullable ScheduledFuture<?> beats;
        private @Nullable ScheduledFuture<?> samples;
        private boolean holdsGate = true;
        private boolean over;
        private volatile boolean welcomed;

        void open(ManagedChannel to) {
            AgentLinkServiceGrpc.newStub(to).connect(this);
            send(ConnectRequest.newBuilder()
                    .setHello(Hello.newBuilder()
                            .setProtocolVersion(PROTOCOL_VERSION)
                            .setHostId(host.id())
                            .setIncarnation(host.incarnation())
                            .setAgentVersion(agentVersion)
                            .setBootId("simulated-" + host.incarnation()))
                    .build());
            links.timers().schedule(this::giveUpUnlessWelcomed, WELCOME_SECONDS_MAX, TimeUnit.SECONDS);
        }

        private void giveUpUnlessWelcomed() {
            if (!welcomed) {
                cut("the server does not answer");
            }
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<ConnectRequest> requests) {
            synchronized (this) {
                out = requests;
            }
        }

        synchronized void send(ConnectRequest message) {
            ClientCallStreamObserver<ConnectRequest> to = out;
            if (to == null || over) {
                return;
            }
            try {
                to.onNext(message);
            } catch (IllegalStateException e) {
                // The call has ended meanwhile; its end is reported by itself.
                log.debug("{}: not sent: {}", host.name(), e.toString());
            }
        }

        private synchronized boolean hasRoom() {
            ClientCallStreamObserver<ConnectRequest> to = out;
            return to != null && !over && to.isReady();
        }

        @Override
        public void onNext(ConnectResponse response) {
            switch (response.getMessageCase()) {
                case WELCOME -> welcome(response.getWelcome());
                case COMMAND -> host.command(response.getCommand());
                case TASK_FORGOTTEN ->
                    host.forgetTask(response.getTaskForgotten().getTaskId());
                case AVAILABILITY_CONFIG -> availability(response.getAvailabilityConfig());
                case EVENT_ACK, MESSAGE_NOT_SET -> {}
            }
        }

        /** The whole truth first, then signs of life and figures, spread so that the hosts do not all speak at once. */
        private void welcome(Welcome answer) {
            releaseGate();
            welcomed = true;
            host.connect(this::send);
            send(ConnectRequest.newBuilder().setHostFacts(host.facts()).build());
            send(ConnectRequest.newBuilder().setVmInventory(host.inventory()).build());
            availability(null);
            long beat = Math.clamp(answer.getHeartbeatIntervalMs(), 100, 60_000);
            long interval = answer.getStatisticsIntervalMs() > 0 ? answer.getStatisticsIntervalMs() : 20_000;
            synchronized (this) {
                if (over) {
                    return;
                }
                beats = every(beat, this::beat);
                samples = every(interval, () -> sample(interval));
            }
        }

        private ScheduledFuture<?> every(long millis, Runnable work) {
            long first = ThreadLocalRandom.current().nextLong(millis);
            return links.timers().scheduleAtFixedRate(work, first, millis, TimeUnit.MILLISECONDS);
        }

        private void beat() {
            if (hasRoom()) {
                send(ConnectRequest.newBuilder().setHeartbeat(host.heartbeat()).build());
            }
        }

        private void sample(long intervalMillis) {
            if (hasRoom()) {
                send(ConnectRequest.newBuilder()
                        .setStatisticsReport(host.statistics(System.currentTimeMillis(), intervalMillis))
                        .build());
            }
        }

        private void availability(@Nullable AvailabilityConfig config) {
            send(ConnectRequest.newBuilder()
                    .setAvailabilityStatus(SimulatedHost.availability(config))
                    .build());
        }

        void cut(String why) {
            ClientCallStreamObserver<ConnectRequest> to;
            synchronized (this) {
                to = out;
            }
            if (to != null) {
                to.cancel(why, null);
            }
        }

        @Override
        public void onError(Throwable failure) {
            over(Status.fromThrowable(failure));
        }

        @Override
        public void onCompleted() {
            over(Status.OK);
        }

        private void over(Status status) {
            releaseGate();
            synchronized (this) {
                over = true;
                stop(beats);
                stop(samples);
            }
            ended(this, status);
        }

        private static void stop(@Nullable ScheduledFuture<?> timer) {
            if (timer != null) {
                timer.cancel(false);
            }
        }

        private synchronized void releaseGate() {
            if (holdsGate) {
                holdsGate = false;
                links.gate().release();
            }
        }
    }
}
