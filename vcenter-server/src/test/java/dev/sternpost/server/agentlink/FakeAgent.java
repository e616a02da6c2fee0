package dev.sternpost.server.agentlink;

import dev.sternpost.inventory.HostId;
import dev.sternpost.proto.agent.v1.AgentLinkServiceGrpc;
import dev.sternpost.proto.agent.v1.CommandResult;
import dev.sternpost.proto.agent.v1.ConnectRequest;
import dev.sternpost.proto.agent.v1.ConnectResponse;
import dev.sternpost.proto.agent.v1.EnrolRequest;
import dev.sternpost.proto.agent.v1.EnrolResponse;
import dev.sternpost.proto.agent.v1.EnrolmentServiceGrpc;
import dev.sternpost.proto.agent.v1.Hello;
import dev.sternpost.server.GrpcClient;
import dev.sternpost.server.TestServer;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.jspecify.annotations.Nullable;

/** An agent without VMs, over real TLS: it enrols, connects and does what a test tells it. */
public final class FakeAgent implements AutoCloseable {
    /** One stream to the server. */
    public static final class Stream {
        public final BlockingQueue<ConnectResponse> received = new LinkedBlockingQueue<>();
        public final CompletableFuture<@Nullable Throwable> ended = new CompletableFuture<>();

        @Nullable
        StreamObserver<ConnectRequest> out;

        public void send(ConnectRequest message) {
            StreamObserver<ConnectRequest> open = out;
            if (open == null) {
                throw new IllegalStateException("not open yet");
            }
            synchronized (this) {
                open.onNext(message);
            }
        }

        public void result(CommandResult result) {
            send(ConnectRequest.newBuilder().setCommandResult(result).build());
        }

        public ConnectResponse next() throws InterruptedException {
            ConnectResponse message = received.poll(10, TimeUnit.SECONDS);
            if (message == null) {
                throw new AssertionError("nothing came from the server; ended: " + ended);
            }
            return message;
        }
    }

    private final HostId host;
    private final KeyPair keys;
    private final X509Certificate certificate;
    private final ManagedChannel channel;

    FakeAgent(TestServer server, HostId host, KeyPair keys, X509Certificate certificate) {
        this(server, host, keys, certificate, server.authority().certificate());
    }

    private FakeAgent(
            TestServer server, HostId host, KeyPair keys, X509Certificate certificate, X509Certificate trusted) {
        this.host = host;
        this.keys = keys;
        this.certificate = certificate;
        try {
            SslContextBuilder ssl = SslContextBuilder.forClient()
                    .trustManager(trusted)
                    .keyManager(keys.getPrivate(), certificate)
                    .protocols("TLSv1.3");
            this.channel = NettyChannelBuilder.forAddress("127.0.0.1", server.agentLinkPort())
                    .sslContext(GrpcSslContexts.configure(ssl).build())
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Enrols with a token on the public port. */
    public static FakeAgent enrol(TestServer server, String token) throws Exception {
        KeyPair keys = newKeys();
        EnrolResponse response;
        try (GrpcClient client = new GrpcClient(server)) {
            response = EnrolmentServiceGrpc.newBlockingStub(client.channel())
                    .withDeadlineAfter(20, TimeUnit.SECONDS)
                    .enrol(EnrolRequest.newBuilder()
                            .setToken(token)
                            .setCertificateSigningRequestPem(request(keys))
                            .build());
        }
        return new FakeAgent(server, new HostId(response.getHostId()), keys, certificate(response.getCertificatePem()));
    }

    static KeyPair newKeys() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    static String request(KeyPair keys) throws Exception {
        var request = new JcaPKCS10CertificationRequestBuilder(new X500Principal("CN=me"), keys.getPublic())
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()));
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(request);
        }
        return text.toString();
    }

    static X509Certificate certificate(String pem) throws Exception {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
    }

    public HostId host() {
        return host;
    }

    KeyPair keys() {
        return keys;
    }

    X509Certificate certificate() {
        return certificate;
    }

    ManagedChannel channel() {
        return channel;
    }

    /** Opens a stream and says Hello. */
    public Stream connect(long incarnation) {
        return open(Hello.newBuilder()
                .setProtocolVersion(1)
                .setHostId(host.value())
                .setIncarnation(incarnation)
                .setAgentVersion("0.1.0")
                .setBootId("boot")
                .build());
    }

    Stream open(Hello hello) {
        Stream stream = new Stream();
        stream.out = AgentLinkServiceGrpc.newStub(channel).connect(new StreamObserver<>() {
            @Override
            public void onNext(ConnectResponse message) {
                stream.received.add(message);
            }

            @Override
            public void onError(Throwable failure) {
                stream.ended.complete(failure);
            }

            @Override
            public void onCompleted() {
                stream.ended.complete(null);
            }
        });
        stream.send(ConnectRequest.newBuilder().setHello(hello).build());
        return stream;
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
