package dev.sternpost.server.api;

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
                logins.login(request.getUserName(), request.getPassword().toCharArray());
        Answers.one(
                answer,
                CreateSessionResponse.newBuilder()
                        .setSession(message(issued.session()))
                        .setToken(issued.token())
                        .build());
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
