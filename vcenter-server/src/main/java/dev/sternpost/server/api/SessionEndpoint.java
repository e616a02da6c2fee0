package dev.sternpost.server.api;

import com.linecorp.armeria.server.ServiceRequestContext;
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
import dev.sternpost.proto.session.v1.SessionServiceGrpc;
import dev.sternpost.server.session.Logins;
import dev.sternpost.sso.Session;
import dev.sternpost.sso.session.IssuedSession;
import io.grpc.stub.StreamObserver;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.UUID;

/** Login and logout. */
final class SessionEndpoint extends SessionServiceGrpc.SessionServiceImplBase {
    private final Logins logins;
    private final ServerInfo info;

    SessionEndpoint(Logins logins, UUID installationId, String version) {
        this.logins = logins;
        this.info = ServerInfo.newBuilder()
                .setProduct("Sternpost")
                .setVersion(version)
                .setInstallationId(installationId.toString())
                .build();
    }

    @Override
    public void getServerInfo(GetServerInfoRequest request, StreamObserver<GetServerInfoResponse> answer) {
        Answers.one(
                answer, GetServerInfoResponse.newBuilder().setServerInfo(info).build());
    }

    @Override
    public void createSession(CreateSessionRequest request, StreamObserver<CreateSessionResponse> answer) {
        IssuedSession issued =
                logins.login(request.getUserName(), request.getPassword().toCharArray(), source());
        Answers.one(
                answer,
                CreateSessionResponse.newBuilder()
                        .setSession(message(issued.session()))
                        .setToken(issued.token())
                        .build());
    }

    /**
     * Where the caller comes from, as far as the brake on guessing cares: an IPv6 caller has a whole network of 64 bits to
     * choose addresses from.
     */
    private static String source() {
        InetAddress address = ServiceRequestContext.current().clientAddress();
        if (!(address instanceof Inet6Address)) {
            return address.getHostAddress();
        }
        byte[] network = Arrays.copyOf(Arrays.copyOf(address.getAddress(), 8), 16);
        try {
            return InetAddress.getByAddress(network).getHostAddress() + "/64";
        } catch (UnknownHostException e) {
            throw new IllegalStateException("16 bytes are an address", e);
        }
    }

    @Override
    public void getSession(GetSessionRequest request, StreamObserver<GetSessionResponse> answer) {
        Session session = Caller.current().session();
        Answers.one(
                answer,
                GetSessionResponse.newBuilder().setSession(message(session)).build());
    }

    @Override
    public void renewSession(RenewSessionRequest request, StreamObserver<RenewSessionResponse> answer) {
        IssuedSession issued = logins.renew(Caller.current().session());
        Answers.one(
                answer,
                RenewSessionResponse.newBuilder()
                        .setSession(message(issued.session()))
                        .setToken(issued.token())
                        .build());
    }

    @Override
    public void deleteSession(DeleteSessionRequest request, StreamObserver<DeleteSessionResponse> answer) {
        logins.logout(Caller.current().session());
        Answers.one(answer, DeleteSessionResponse.getDefaultInstance());
    }

    private dev.sternpost.proto.session.v1.Session message(Session session) {
        return dev.sternpost.proto.session.v1.Session.newBuilder()
                .setId(session.id().value())
                .setUserName(session.userName().value())
                .setCreateTime(Times.of(session.createTime()))
                .setExpireTime(Times.of(logins.expireTime(session)))
                .build();
    }
}
