package dev.sternpost.server.api;

import dev.sternpost.inventory.Datastore;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.proto.datastore.v1.BrowseDatastoreRequest;
import dev.sternpost.proto.datastore.v1.BrowseDatastoreResponse;
import dev.sternpost.proto.datastore.v1.DatastoreServiceGrpc;
import dev.sternpost.proto.datastore.v1.GetDatastoreRequest;
import dev.sternpost.proto.datastore.v1.GetDatastoreResponse;
import dev.sternpost.proto.datastore.v1.ListDatastoresRequest;
import dev.sternpost.proto.datastore.v1.ListDatastoresResponse;
import dev.sternpost.server.host.HostPayload.Listing;
import dev.sternpost.server.virtualmachine.GuestAccess;
import io.grpc.stub.StreamObserver;

/** Reads datastores. */
final class DatastoreEndpoint extends DatastoreServiceGrpc.DatastoreServiceImplBase {
    private final Inventory inventory;
    private final GuestAccess guests;
    private final ObjectMessages messages;
    private final ObjectPages pages;

    DatastoreEndpoint(Inventory inventory, GuestAccess guests, ObjectMessages messages, ObjectPages pages) {
        this.inventory = inventory;
        this.guests = guests;
        this.messages = messages;
        this.pages = pages;
    }

    @Override
    public void getDatastore(GetDatastoreRequest request, StreamObserver<GetDatastoreResponse> answer) {
        InventorySnapshot snapshot = inventory.snapshot();
        Datastore datastore = snapshot.resolve(request.getDatastore(), Datastore.class);
        Answers.one(
                answer,
                GetDatastoreResponse.newBuilder()
                        .setDatastore(messages.datastore(snapshot, datastore))
                        .build());
    }

    @Override
    public void listDatastores(ListDatastoresRequest request, StreamObserver<ListDatastoresResponse> answer) {
        var query = new ObjectPages.Query(
                "ListDatastores", request.getPageSize(), request.getPageToken(), request.getParent(), false);
        var page = pages.page(query, Datastore.class, datastore -> true);
        ListDatastoresResponse.Builder response =
                ListDatastoresResponse.newBuilder().setNextPageToken(page.nextToken());
        page.objects().forEach(datastore -> response.addDatastores(messages.datastore(page.snapshot(), datastore)));
        Answers.one(answer, response.build());
    }

    @Override
    public void browseDatastore(BrowseDatastoreRequest request, StreamObserver<BrowseDatastoreResponse> answer) {
        Listing listing = guests.browse(request.getDatastore(), request.getDirectory());
        BrowseDatastoreResponse.Builder response = BrowseDatastoreResponse.newBuilder();
        for (Listing.Entry entry : listing.entries()) {
            response.addFilesBuilder()
                    .setPath(entry.path())
                    .setDirectory(entry.directory())
                    .setSizeBytes(entry.sizeBytes())
                    .setAllocatedBytes(entry.allocatedBytes());
        }
        Answers.one(answer, response.build());
    }
}
