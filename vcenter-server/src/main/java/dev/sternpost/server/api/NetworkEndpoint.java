package dev.sternpost.server.api;

import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.Network;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.proto.network.v1.GetNetworkRequest;
import dev.sternpost.proto.network.v1.GetNetworkResponse;
import dev.sternpost.proto.network.v1.ListNetworksRequest;
import dev.sternpost.proto.network.v1.ListNetworksResponse;
import dev.sternpost.proto.network.v1.NetworkServiceGrpc;
import io.grpc.stub.StreamObserver;

/** Reads networks. */
final class NetworkEndpoint extends NetworkServiceGrpc.NetworkServiceImplBase {
    private final Inventory inventory;
    private final ObjectMessages messages;
    private final ObjectPages pages;

    NetworkEndpoint(Inventory inventory, ObjectMessages messages, ObjectPages pages) {
        this.inventory = inventory;
        this.messages = messages;
        this.pages = pages;
    }

    @Override
    public void getNetwork(GetNetworkRequest request, StreamObserver<GetNetworkResponse> answer) {
        InventorySnapshot snapshot = inventory.snapshot();
        Network network = snapshot.resolve(request.getNetwork(), Network.class);
        Answers.one(
                answer,
                GetNetworkResponse.newBuilder()
                        .setNetwork(messages.network(snapshot, network))
                        .build());
    }

    @Override
    public void listNetworks(ListNetworksRequest request, StreamObserver<ListNetworksResponse> answer) {
        var query = new ObjectPages.Query(
                "ListNetworks", request.getPageSize(), request.getPageToken(), request.getParent(), false);
        var page = pages.page(query, Network.class, network -> true);
        ListNetworksResponse.Builder response =
                ListNetworksResponse.newBuilder().setNextPageToken(page.nextToken());
        page.objects().forEach(network -> response.addNetworks(messages.network(page.snapshot(), network)));
        Answers.one(answer, response.build());
    }
}
