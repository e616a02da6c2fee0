package dev.sternpost.sdk.fake;

import com.google.protobuf.Timestamp;
import com.google.rpc.Code;
import dev.sternpost.proto.session.v1.CreateSessionRequest;
import dev.sternpost.proto.session.v1.CreateSessionResponse;
import dev.sternpost.proto.session.v1.DeleteSessionRequest;
import dev.sternpost.proto.session.v1.DeleteSessionResponse;
import dev.sternpost.proto.session.v1.GetServerInfoRequest;
import dev.sternpost.proto.session.v1.GetServerInfoResponse;
import dev.sternpost.proto.session.v1.GetSessionRequest;
import dev.sternpost.proto.session.v1.GetSessionResponse;
import dev.sternpost.proto.session.v1.RenewSessionRequest;
import dev.sternpost.proto.session.v1.RenewSessionResponse;
import dev.sternpost.proto.session.v1.ServerInfo;
import dev.sternpost.proto.session.v1.Session;
import dev.sternpost.proto.session.v1.SessionServiceGrpc.SessionServiceImplBase;
import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Sessions and the check of each call's token. */
public final class FakeSessions implements ServerInterceptor {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Context.Key<String> TOKEN = Context.key("token");
    private static final Set<String> OPEN_METHODS = Set.of("GetServerInfo", "CreateSession");
    private static final Timestamp BEGAN = FakeDatacenter.timestamp(FakeDatacenter.EPOCH);

    private final Map<String, Session> byToken = new HashMap<>();
    private Duration life = Duration.ofMinutes(30);
    private int count;
    private int renewals;
    private int logins;

    /** Tokens made from now on live this long. */
    public synchronized void setTokenLife(Duration newLife) {
        life = newLife;
    }

    /** Ends every session, as expiry does. */
    public synchronized void revokeAll() {
        byToken.clear();
    }

    /** How often a token was renewed. */
    public synchronized int renewals() {
        return renewals;
    }

    /** How often somebody logged in. */
    public synchronized int logins() {
        return logins;
    }

    /** Whether the token is accepted now. */
    public synchronized boolean accepts(String token) {
        return byToken.containsKey(token);
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String method = String.valueOf(call.getMethodDescriptor().getBareMethodName());
        String header = String.valueOf(headers.get(AUTHORIZATION));
        String token = header.startsWith("Bearer ") ? header.substring("Bearer ".length()) : "";
        if (!OPEN_METHODS.contains(method) && !accepts(token)) {
            StatusRuntimeException refusal = FakeFaults.denied(
                    Code.UNAUTHENTICATED, "TOKEN_INVALID", 702, "the token is missing, wrong or expired; log in again");
            Metadata trailers = refusal.getTrailers();
            call.close(refusal.getStatus(), trailers == null ? new Metadata() : trailers);
            return new ServerCall.Listener<>() {};
        }
        return Contexts.interceptCall(Context.current().withValue(TOKEN, token), call, headers, next);
    }

    private synchronized String issue(Session.Builder session) {
        String token = "token-" + ++count;
        byToken.put(
                token,
                session.setExpireTime(FakeDatacenter.timestamp(Instant.now().plus(life)))
                        .build());
        return token;
    }

    private synchronized Session session(String token) {
        Session session = byToken.get(token);
        return session == null ? Session.getDefaultInstance() : session;
    }

    BindableService service() {
        return new SessionServiceImplBase() {
            @Override
            public void getServerInfo(GetServerInfoRequest request, StreamObserver<GetServerInfoResponse> answer) {
                FakeReply.send(
                        answer,
                        () -> GetServerInfoResponse.newBuilder()
                                .setServerInfo(ServerInfo.newBuilder()
                                        .setProduct("Sternpost")
                                        .setVersion("0.1.0")
                                        .setInstallationId("11111111-2222-3333-4444-555555555555"))
                                .build());
            }

            @Override
            public void createSession(CreateSessionRequest request, StreamObserver<CreateSessionResponse> answer) {
                FakeReply.send(answer, () -> login(request));
            }

            @Override
            public void getSession(GetSessionRequest request, StreamObserver<GetSessionResponse> answer) {
                String token = String.valueOf(TOKEN.get());
                FakeReply.send(
                        answer,
                        () -> GetSessionResponse.newBuilder()
                                .setSession(session(token))
                                .build());
            }

            @Override
            public void renewSession(RenewSessionRequest request, StreamObserver<RenewSessionResponse> answer) {
                String token = String.valueOf(TOKEN.get());
                FakeReply.send(answer, () -> renew(token));
            }

            @Override
            public void deleteSession(DeleteSessionRequest request, StreamObserver<DeleteSessionResponse> answer) {
                String token = String.valueOf(TOKEN.get());
                FakeReply.send(answer, () -> {
                    synchronized (FakeSessions.this) {
                        byToken.remove(token);
                    }
                    return DeleteSessionResponse.getDefaultInstance();
                });
            }
        };
    }

    private synchronized CreateSessionResponse login(CreateSessionRequest request) {
        if (!request.getUserName().equals(FakeServer.USER)
                || !request.getPassword().equals(FakeServer.PASSWORD)) {
            throw FakeFaults.denied(
                    Code.UNAUTHENTICATED, "LOGIN_REFUSED", 700, "user name or password is wrong; try again");
        }
        logins++;
        String token = issue(Session.newBuilder()
                .setId("session-" + (count + 1))
                .setUserName(request.getUserName())
                .setCreateTime(BEGAN));
        return CreateSessionResponse.newBuilder()
                .setToken(token)
                .setSession(session(token))
                .build();
    }

    private synchronized RenewSessionResponse renew(String token) {
        renewals++;
        Session old = session(token);
        byToken.remove(token);
        String fresh = issue(old.toBuilder());
        return RenewSessionResponse.newBuilder()
                .setToken(fresh)
                .setSession(session(fresh))
                .build();
    }
}
