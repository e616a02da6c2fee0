package dev.sternpost.server.agentlink;

import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.server.api.FaultInterceptor;
import dev.sternpost.server.certificate.HostCertificates;
import dev.sternpost.server.certificate.ServerCertificate;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The port agents dial: TLS 1.3, and nobody without a certificate of our authority gets as far as a first byte. */
public final class AgentLinkServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AgentLinkServer.class);

    /** Room for a screenshot, or for the report of a host with thousands of VMs. */
    private static final int MESSAGE_BYTES_MAX = 16 << 20;

    private static final int CALLS_PER_CONNECTION_MAX = 8;
    private static final long KEEP_ALIVE_SECONDS = 15;
    private static final long KEEP_ALIVE_TIMEOUT_SECONDS = 10;
    private static final long AGENT_PINGS_SECONDS_MIN = 5;

    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("agent-", 0).factory());
    private final Server server;
    private final String address;

    /** Puts the port together; {@link #start} opens it. */
    public AgentLinkServer(
            InetSocketAddress address,
            ServerCertificate certificate,
            HostCertificates hostCertificates,
            AgentLinks links,
            Inventory inventory) {
        this.address = address.getHostString();
        this.server = NettyServerBuilder.forAddress(address)
                .sslContext(sslContext(certificate.keyManager(), certificate.authority()))
                .executor(threads)
                .maxInboundMessageSize(MESSAGE_BYTES_MAX)
                .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION_MAX)
                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .permitKeepAliveTime(AGENT_PINGS_SECONDS_MIN, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                // The last one added sees a call first.
                .intercept(new PeerInterceptor(hostCertificates))
                .intercept(new FaultInterceptor())
                .addService(new AgentLinkEndpoint(links, hostCertificates, inventory))
                .build();
    }

    private SslContext sslContext(KeyManager keys, X509Certificate trusted) {
        try {
            return GrpcSslContexts.configure(SslContextBuilder.forServer(keys))
                    .protocols("TLSv1.3")
                    .trustManager(trusted)
                    .clientAuth(ClientAuth.REQUIRE)
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException("TLS 1.3 is not to be had", e);
        }
    }

    /** Opens the port. */
    public void start() {
        try {
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen for agents: " + e.getMessage(), e);
        }
        log.info("agent link on {}:{}", address, port());
    }

    /** The port it listens on, once started. */
    public int port() {
        return server.getPort();
    }

    /** Ends all streams; agents and their VMs go on by themselves and connect again. */
    @Override
    public void close() {
        server.shutdownNow();
        try {
            if (!server.awaitTermination(5, TimeUnit.SECONDS)) {
                log.warn("the agent link did not end in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        threads.shutdown();
    }
}
