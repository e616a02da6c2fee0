package dev.sternpost.server.api;

import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.proto.host.v1.AddHostRequest;
import dev.sternpost.proto.host.v1.AddHostResponse;
import dev.sternpost.proto.host.v1.CreateHostTokenRequest;
import dev.sternpost.proto.host.v1.CreateHostTokenResponse;
import dev.sternpost.proto.host.v1.GetHostRequest;
import dev.sternpost.proto.host.v1.GetHostResponse;
import dev.sternpost.proto.host.v1.HostServiceGrpc;
import dev.sternpost.proto.host.v1.ListHostsRequest;
import dev.sternpost.proto.host.v1.ListHostsResponse;
import dev.sternpost.proto.host.v1.RemoveHostRequest;
import dev.sternpost.proto.host.v1.RemoveHostResponse;
import dev.sternpost.server.host.HostAdmin;
import dev.sternpost.sso.enrolment.IssuedEnrolmentToken;
import io.grpc.stub.StreamObserver;

/** Hosts: add, look at, remove. */
final class HostEndpoint extends HostServiceGrpc.HostServiceImplBase {
    private final Inventory inventory;
    private final HostAdmin admin;
    private final HostStreams streams;
    private final ObjectMessages messages;
    private final ObjectPages pages;

    HostEndpoint(
            Inventory inventory, HostAdmin admin, HostStreams streams, ObjectMessages messages, ObjectPages pages) {
        this.inventory = inventory;
        this.admin = admin;
        this.streams = streams;
        this.messages = messages;
        this.pages = pages;
    }

    @Override
    public void getHost(GetHostRequest request, StreamObserver<GetHostResponse> answer) {
        InventorySnapshot snapshot = inventory.snapshot();
        Host host = snapshot.resolve(request.getHost(), Host.class);
        Answers.one(
                answer,
                GetHostResponse.newBuilder()
                        .setHost(messages.host(snapshot, host))
                        .build());
    }

    @Override
    public void listHosts(ListHostsRequest request, StreamObserver<ListHostsResponse> answer) {
        var query = new ObjectPages.Query(
                "ListHosts", request.getPageSize(), request.getPageToken(), request.getParent(), false);
        var page = pages.page(query, Host.class, host -> true);
        ListHostsResponse.Builder response = ListHostsResponse.newBuilder().setNextPageToken(page.nextToken());
        page.objects().forEach(host -> response.addHosts(messages.host(page.snapshot(), host)));
        Answers.one(answer, response.build());
    }

    /** A request that comes again finds the host, which has never been connected, and gives it a fresh token. */
    @Override
    public void addHost(AddHostRequest request, StreamObserver<AddHostResponse> answer) {
        HostAdmin.Added added = admin.add(Caller.current().userName(), request.getParent(), request.getName());
        Answers.one(
                answer,
                AddHostResponse.newBuilder()
                        .setHost(messages.host(inventory.snapshot(), added.host()))
                        .setToken(added.token().token())
                        .setExpireTime(Times.of(added.token().expireTime()))
                        .build());
    }

    @Override
    public void createHostToken(CreateHostTokenRequest request, StreamObserver<CreateHostTokenResponse> answer) {
        IssuedEnrolmentToken token = admin.createToken(Caller.current().userName(), request.getHost());
        Answers.one(
                answer,
                CreateHostTokenResponse.newBuilder()
                        .setToken(token.token())
                        .setExpireTime(Times.of(token.expireTime()))
                        .build());
    }

    @Override
    public void removeHost(RemoveHostRequest request, StreamObserver<RemoveHostResponse> answer) {
        HostId removed = admin.remove(Caller.current().userName(), request.getHost(), request.getEtag());
        streams.cut(removed);
        Answers.one(answer, RemoveHostResponse.getDefaultInstance());
    }
}
