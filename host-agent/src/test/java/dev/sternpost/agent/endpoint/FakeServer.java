package dev.sternpost.agent.endpoint;

import dev.sternpost.agent.identity.TestAuthority;
import dev.sternpost.proto.agent.v1.AgentLinkServiceGrpc;
import dev.sternpost.proto.agent.v1.Command;
import dev.sternpost.proto.agent.v1.CommandResult;
import dev.sternpost.proto.agent.v1.ConnectRequest;
import dev.sternpost.proto.agent.v1.ConnectResponse;
import dev.sternpost.proto.agent.v1.EnrolRequest;
import dev.sternpost.proto.agent.v1.EnrolResponse;
import dev.sternpost.proto.agent.v1.EnrolmentServiceGrpc;
import dev.sternpost.proto.agent.v1.EventAck;
import dev.sternpost.proto.agent.v1.RenewCertificateRequest;
import dev.sternpost.proto.agent.v1.RenewCertificateResponse;
import dev.sternpost.proto.agent.v1.TaskForgotten;
import dev.sternpost.proto.agent.v1.Welcome;
import dev.sternpost.testkit.Await;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The server's side of the link and of enrolment, by hand. */
public final class FakeServer implements AutoCloseable {

    private static final Duration BOUND = Duration.ofSeconds(20);

    public final List<ConnectRequest> heard = new CopyOnWriteArrayList<>();
    public final AtomicInteger streams = new AtomicInteger();
    public final List<String> tokens = new CopyOnWriteArrayList<>();
    public volatile boolean acknowledges = true;
    public volatile long heartbeatMillis = 100;
    public volatile long statisticsMillis = 100;
    public volatile long statisticsAfterEpochMillis;
    public volatile @Nullable Status refuseWith;
    public volatile Duration lifeOfRenewed = Duration.ofDays(30);
    public final AtomicInteger renewals = new AtomicInteger();
    private final TestAuthority authority;
    private final String hostId;
    private final int port;
    private @Nullable Server server;
    private volatile @Nullable StreamObserver<ConnectResponse> toAgent;

    public FakeServer(TestAuthority authority, String hostId) throws IOException {
        this(authority, hostId, "127.0.0.1");
    }

    /** A server whose certificate is good for one address only. */
    public FakeServer(TestAuthority authority, String hostId, String certifiedAddress) throws IOException {
        this.authority = authority;
        this.hostId = hostId;
        this.port = start(0, certifiedAddress);
    }

    public String address() {
        return "127.0.0.1:" + port;
    }

    private int start(int onPort, String certifiedAddress) throws IOException {
        TestAuthority.ServerKey key = authority.server(certifiedAddress);
        Server started = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), onPort))
                .sslContext(GrpcSslContexts.configure(
                                SslContextBuilder.forServer(key.key(), key.certificate(), authority.certificate()))
                        .protocols("TLSv1.3")
                        .clientAuth(ClientAuth.OPTIONAL)
                        .trustManager(authority.certificate())
                        .build())
                .addService(link())
                .addService(enrolment())
                .build()
                .start();
        server = started;
        return started.getPort();
    }

    /** The server goes, as by kill -9. */
    public void stop() throws InterruptedException {
        Server running = server;
        if (running != null) {
            running.shutdownNow().awaitTermination();
        }
    }

    public void startAgain() throws IOException {
        start(port, "127.0.0.1");
    }

    @Override
    public void close() throws InterruptedException {
        stop();
    }

    public void send(ConnectResponse response) {
        StreamObserver<ConnectResponse> stream = toAgent;
        if (stream == null) {
            throw new AssertionError("no agent is connected");
        }
        synchronized (this) {
            stream.onNext(response);
        }
    }

    public void command(Command command) {
        send(ConnectResponse.newBuilder().setCommand(command).build());
    }

    public void forgetTask(String taskId) {
        send(ConnectResponse.newBuilder()
                .setTaskForgotten(TaskForgotten.newBuilder().setTaskId(taskId))
                .build());
    }

    public ConnectRequest await(ConnectRequest.MessageCase kind) {
        return Await.untilPresent("a " + kind, BOUND, () -> last(kind));
    }

    public CommandResult awaitResult(String commandId) {
        return Await.untilPresent(
                "the result of " + commandId,
                BOUND,
                () -> heard.stream()
                        .filter(request ->
                                request.getCommandResult().getCommandId().equals(commandId))
                        .map(ConnectRequest::getCommandResult)
                        .findFirst());
    }

    public Optional<ConnectRequest> last(ConnectRequest.MessageCase kind) {
        return heard.stream()
                .filter(request -> request.getMessageCase() == kind)
                .reduce((_, newer) -> newer);
    }

    private BindableService link() {
        return new AgentLinkServiceGrpc.AgentLinkServiceImplBase() {
            @Override
            public StreamObserver<ConnectRequest> connect(StreamObserver<ConnectResponse> responses) {
                Status refusal = refuseWith;
                if (refusal != null) {
                    responses.onError(refusal.asRuntimeException());
                }
                return new StreamObserver<>() {
                    @Override
                    public void onNext(ConnectRequest request) {
                        heard.add(request);
                        if (request.hasHello() && refuseWith == null) {
                            toAgent = responses;
                            streams.incrementAndGet();
                            send(ConnectResponse.newBuilder()
                                    .setWelcome(Welcome.newBuilder()
                                            .setProtocolVersion(1)
                                            .setHeartbeatIntervalMs(heartbeatMillis)
                                            .setStatisticsIntervalMs(statisticsMillis)
                                            .setStatisticsAfterEpochMs(statisticsAfterEpochMillis))
                                    .build());
                        }
                        if (request.hasVmEvent() && acknowledges) {
                            send(ConnectResponse.newBuilder()
                                    .setEventAck(EventAck.newBuilder()
                                            .setEventNumber(request.getVmEvent().getEventNumber()))
                                    .build());
                        }
                    }

                    @Override
                    public void onError(Throwable failure) {}

                    @Override
                    public void onCompleted() {
                        responses.onCompleted();
                    }
                };
            }

            @Override
            public void renewCertificate(
                    RenewCertificateRequest request, StreamObserver<RenewCertificateResponse> responses) {
                renewals.incrementAndGet();
                responses.onNext(RenewCertificateResponse.newBuilder()
                        .setCertificatePem(
                                authority.certify(request.getCertificateSigningRequestPem(), hostId, lifeOfRenewed))
                        .setCaCertificatePem(authority.pem())
                        .build());
                responses.onCompleted();
            }
        };
    }

    private BindableService enrolment() {
        return new EnrolmentServiceGrpc.EnrolmentServiceImplBase() {
            @Override
            public void enrol(EnrolRequest request, StreamObserver<EnrolResponse> responses) {
                tokens.add(request.getToken());
                Status refusal = refuseWith;
                if (refusal != null) {
                    responses.onError(refusal.asRuntimeException());
                    return;
                }
                responses.onNext(EnrolResponse.newBuilder()
                        .setHostId(hostId)
                        .setHostName("host-name")
                        .setCertificatePem(authority.certify(
                                request.getCertificateSigningRequestPem(), hostId, Duration.ofDays(365)))
                        .setCaCertificatePem(authority.pem())
                        .setAgentLinkAddress("127.0.0.1:7444")
                        .build());
                responses.onCompleted();
            }
        };
    }
}
