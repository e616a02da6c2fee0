package dev.sternpost.server.api;

import com.linecorp.armeria.common.util.BlockingTaskExecutor;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.grpc.GrpcService;
import com.linecorp.armeria.server.grpc.GrpcServiceBuilder;
import com.linecorp.armeria.server.grpc.HttpJsonTranscodingOptions;
import com.linecorp.armeria.server.grpc.HttpJsonTranscodingQueryParamMatchRule;
import dev.sternpost.server.certificate.ServerCertificate;
import io.grpc.BindableService;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.ssl.util.KeyManagerFactoryWrapper;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one port of the public API: gRPC, JSON, health, reflection and a few plain routes, all of it TLS. */
public final class ApiServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ApiServer.class);

    /** Longer than the longest call that answers once, which is a program in a guest with its ten minutes. */
    private static final Duration CALL_MAX = Duration.ofMinutes(11);

    private static final Duration CONNECTION_IDLE_MAX = Duration.ofMinutes(5);
    private static final Duration PING_INTERVAL = Duration.ofSeconds(30);

    /** How long calls in progress, then streams, may take to end; longer than a stream takes to look around. */
    private static final Duration SHUTDOWN_MAX = Duration.ofSeconds(4);

    /** Not zero: that would cut calls in progress off. */
    private static final Duration SHUTDOWN_QUIET = Duration.ofMillis(50);

    private static final int STREAMS_PER_CONNECTION_MAX = 256;

    /** Virtual threads, so a call that waits costs little; calls beyond this number wait for their turn. */
    private static final int THREADS_MAX = 2_000;

    private final ApiSettings settings;
    private final Server server;
    private final OpenStreams streams;
    private final HealthStatusManager health;
    private final ScheduledThreadPoolExecutor threads;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * Puts the port together; {@link #start} opens it.
     */
    ApiServer(
            ApiSettings settings,
            ServerCertificate certificate,
            Endpoints endpoints,
            Guard guard,
            PlainRoutes routes,
            OpenStreams streams,
            MeterRegistry meters) {
        this.settings = settings;
        this.streams = streams;
        this.health = new HealthStatusManager();
        this.threads = new CallThreads(THREADS_MAX);
        this.server = builder(certificate, grpcService(endpoints, guard), new QueryCheck(endpoints.services()), routes)
                .meterRegistry(meters)
                .build();
    }

    /** The services that are offered. */
    record Endpoints(List<BindableService> services) {
        Endpoints {
            services = List.copyOf(services);
        }
    }

    private ServerBuilder builder(
            ServerCertificate certificate, GrpcService grpc, QueryCheck queries, PlainRoutes routes) {
        ServerBuilder builder = Server.builder()
                .https(new InetSocketAddress(settings.address(), settings.port()))
                // Not a TlsProvider: Armeria drops what that gave with the last connection and makes it again, in 0.1
                // s,
                // for the next, which is most of a command's wait.
                .tls(new KeyManagerFactoryWrapper(certificate.keyManager()))
                .tlsCustomizer(context -> context.protocols("TLSv1.3", "TLSv1.2"))
                .blockingTaskExecutor(BlockingTaskExecutor.of(threads), false)
                .maxNumConnections(settings.connectionsMax())
                .maxRequestLength(settings.requestBytesMax())
                .http2MaxStreamsPerConnection(STREAMS_PER_CONNECTION_MAX)
                .idleTimeout(CONNECTION_IDLE_MAX)
                .pingInterval(PING_INTERVAL)
                .requestTimeout(CALL_MAX)
                .gracefulShutdownTimeout(SHUTDOWN_QUIET, SHUTDOWN_MAX)
                .errorHandler(new PlainErrors())
                .service(grpc, delegate -> delegate.decorate(queries));
        routes.addTo(builder);
        return builder;
    }

    private GrpcService grpcService(Endpoints endpoints, Guard guard) {
        GrpcServiceBuilder grpc = grpc(settings).intercept(guard.interceptors()).addService(health.getHealthService());
        endpoints.services().forEach(grpc::addService);
        return grpc.build();
    }

    /** Both faces and reflection, without endpoints yet. */
    static GrpcServiceBuilder grpc(ApiSettings settings) {
        return GrpcService.builder()
                .maxRequestMessageLength(settings.requestBytesMax())
                .useBlockingTaskExecutor(true)
                .useClientTimeoutHeader(true)
                .jsonMarshallerFactory(service -> new JsonMessages())
                .httpJsonTranscodingErrorHandler(new JsonErrors())
                .enableHttpJsonTranscoding(HttpJsonTranscodingOptions.builder()
                        .queryParamMatchRules(
                                HttpJsonTranscodingQueryParamMatchRule.LOWER_CAMEL_CASE,
                                HttpJsonTranscodingQueryParamMatchRule.ORIGINAL_FIELD)
                        .errorHandler(new JsonErrors())
                        .build())
                .addService(ProtoReflectionServiceV1.newInstance());
    }

    /** Opens the port; returns when calls are answered. */
    public void start() {
        server.start().join();
        health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.SERVING);
        log.info("API on {}:{}", settings.address(), port());
    }

    /** The port it listens on, once started. */
    public int port() {
        return server.activeLocalPort();
    }

    /** Ends streams, lets calls in progress finish for a moment, then closes the port. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        health.enterTerminalState();
        streams.close();
        if (!streams.awaitEnd(SHUTDOWN_MAX)) {
            log.info("{} streams did not end in time and are cut", streams.open());
        }
        server.stop().join();
        threads.shutdown();
    }
}
