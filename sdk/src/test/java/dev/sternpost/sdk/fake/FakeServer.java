package dev.sternpost.sdk.fake;

import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.okhttp.OkHttpServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The public services over TLS on a port of 127.0.0.1. What it serves lives on in its {@link FakeDatacenter} when the
 * server is stopped and started again, as the real one's database does.
 */
public final class FakeServer implements AutoCloseable {
    /** Name of the only account. */
    public static final String USER = "administrator";

    /** Password of the only account. */
    public static final String PASSWORD = "correct horse";

    private static final int STOP_SECONDS_MAX = 10;

    private final FakeCertificate certificate;
    private final FakeDatacenter datacenter = new FakeDatacenter();
    private final FakeSessions sessions = new FakeSessions();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private @Nullable Server server;
    private int port;

    private FakeServer(FakeCertificate certificate) {
        this.certificate = certificate;
    }

    /** Starts a server that leaves its CA file in this directory. */
    public static FakeServer start(Path directory) {
        return start(FakeCertificate.shared(directory));
    }

    /** Starts a server with a certificate that no other one has. */
    public static FakeServer startStranger(Path directory) {
        return start(FakeCertificate.make(directory));
    }

    private static FakeServer start(FakeCertificate certificate) {
        FakeServer server = new FakeServer(certificate);
        server.start();
        return server;
    }

    /** Starts it again on the same port. */
    public synchronized void start() {
        ServerCredentials tls = TlsServerCredentials.newBuilder()
                .keyManager(certificate.keyManagers())
                .build();
        try {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port);
            Server started = OkHttpServerBuilder.forPort(address, tls)
                    .executor(threads)
                    .intercept(sessions)
                    .addService(sessions.service())
                    .addService(new FakeInventoryService(datacenter))
                    .addService(new FakeVirtualMachineService(datacenter))
                    .addService(new FakeTaskService(datacenter))
                    .addService(FakeListServices.hosts(datacenter))
                    .addService(FakeListServices.clusters(datacenter))
                    .addService(FakeListServices.datastores(datacenter))
                    .addService(FakeListServices.networks(datacenter))
                    .addService(FakeListServices.events(datacenter))
                    .addService(new FakeStatisticsService(datacenter))
                    .addService(new FakeHaService())
                    .build()
                    .start();
            server = started;
            port = started.getPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops it, cutting every call. */
    public synchronized void stop() {
        Server running = server;
        if (running == null) {
            return;
        }
        server = null;
        running.shutdownNow();
        try {
            running.awaitTermination(STOP_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** "127.0.0.1:port". */
    public String address() {
        return "127.0.0.1:" + port;
    }

    /** PEM file of the CA that clients must trust. */
    public Path caFile() {
        return certificate.certificateFile();
    }

    /** What it serves. */
    public FakeDatacenter datacenter() {
        return datacenter;
    }

    /** Who is logged in. */
    public FakeSessions sessions() {
        return sessions;
    }

    @Override
    public void close() {
        stop();
        threads.shutdownNow();
    }
}
