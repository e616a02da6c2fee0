package dev.sternpost.sdk;

import dev.sternpost.proto.session.v1.CreateSessionRequest;
import dev.sternpost.proto.session.v1.CreateSessionResponse;
import dev.sternpost.proto.session.v1.GetServerInfoRequest;
import dev.sternpost.proto.session.v1.ServerInfo;
import dev.sternpost.proto.session.v1.SessionServiceGrpc;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.okhttp.OkHttpChannelBuilder;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A connection to one server, always TLS. Log in to get a {@link SternpostSession}, with which everything else is done.
 *
 * <p>Safe for use by many threads. The connection is made by the first call and made again when it breaks.
 */
public final class SternpostClient implements AutoCloseable {
    private static final long CLOSE_WAIT_MILLIS = 2_000;
    /** A console tail, a screen or a page of 1,000 objects; a server that sends more is out of order. */
    private static final int MESSAGE_BYTES_MAX = 16 << 20;

    private final ConnectOptions options;
    private final ManagedChannel connection;
    private final Channel calls;

    private SternpostClient(ConnectOptions options, ManagedChannel connection) {
        this.options = options;
        this.connection = connection;
        this.calls =
                ClientInterceptors.intercept(connection, new CallDefaults(options.address(), options.callTimeout()));
    }

    /**
     * Prepares a connection; the network is first used by the first call.
     *
     * @throws IllegalArgumentException when the CA file cannot be read
     */
    public static SternpostClient connect(ConnectOptions options) {
        TlsChannelCredentials.Builder tls = TlsChannelCredentials.newBuilder();
        @Nullable Path caFile = options.caFile();
        if (caFile != null) {
            try {
                if (!Files.isReadable(caFile)) {
                    throw new IOException("no such file, or not readable");
                }
                tls.trustManager(new File(caFile.toString()));
            } catch (IOException e) {
                throw new IllegalArgumentException(
                        "the CA file %s cannot be read: %s".formatted(caFile, e.getMessage()), e);
            }
        }
        ManagedChannel connection = OkHttpChannelBuilder.forTarget("dns:///" + options.address(), tls.build())
                .userAgent(options.userAgent())
                .maxInboundMessageSize(MESSAGE_BYTES_MAX)
                .defaultServiceConfig(RetryPolicy.serviceConfig())
                .disableServiceConfigLookUp()
                .enableRetry()
                .build();
        return new SternpostClient(options, connection);
    }

    /** Says which product and version answers; needs no login. */
    public ServerInfo serverInfo() {
        return decoded(() -> SessionServiceGrpc.newBlockingStub(calls)
                .getServerInfo(GetServerInfoRequest.getDefaultInstance())
                .getServerInfo());
    }

    /** Logs in. The session renews its token in the background until it is closed. Faults: LOGIN_REFUSED, LOGIN_THROTTLED. */
    public SternpostSession login(String userName, String password) {
        return login(userName, password, TokenStore.NONE);
    }

    /** Logs in, and tells the store of the token now and at each renewal. */
    public SternpostSession login(String userName, String password, TokenStore store) {
        AccessToken token = newToken(userName, password);
        store.renewed(token);
        return resume(token, store);
    }

    /** Logs in and returns only the token, for those who keep it themselves. */
    public AccessToken newToken(String userName, String password) {
        CreateSessionRequest request = CreateSessionRequest.newBuilder()
                .setUserName(userName)
                .setPassword(password)
                .build();
        CreateSessionResponse answer =
                decoded(() -> SessionServiceGrpc.newBlockingStub(calls).createSession(request));
        return new AccessToken(answer.getToken(), instant(answer.getSession().getExpireTime()));
    }

    /** Goes on with a token of an earlier login; makes no call. */
    public SternpostSession resume(AccessToken token, TokenStore store) {
        return new SternpostSession(this, token, store);
    }

    /** Where the server is. */
    public String address() {
        return options.address();
    }

    /** Ends the connection; running calls fail. */
    @Override
    public void close() {
        connection.shutdownNow();
        try {
            connection.awaitTermination(CLOSE_WAIT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    Channel calls() {
        return calls;
    }

    /** Tries at once again to connect, instead of sitting out the pause after a failure. */
    void reconnectNow() {
        connection.resetConnectBackoff();
    }

    <T> T decoded(Supplier<T> work) {
        try {
            return work.get();
        } catch (StatusRuntimeException e) {
            throw FaultDecoder.decode(e, options.address());
        }
    }

    static Instant instant(com.google.protobuf.Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }
}
