package dev.sternpost.server.api;

import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.proto.inventory.v1.CreateDatacenterRequest;
import dev.sternpost.proto.inventory.v1.CreateDatacenterResponse;
import dev.sternpost.proto.inventory.v1.CreateFolderRequest;
import dev.sternpost.proto.inventory.v1.CreateFolderResponse;
import dev.sternpost.proto.inventory.v1.DeleteDatacenterRequest;
import dev.sternpost.proto.inventory.v1.DeleteDatacenterResponse;
import dev.sternpost.proto.inventory.v1.DeleteFolderRequest;
import dev.sternpost.proto.inventory.v1.DeleteFolderResponse;
import dev.sternpost.proto.inventory.v1.FindByPathRequest;
import dev.sternpost.proto.inventory.v1.FindByPathResponse;
import dev.sternpost.proto.inventory.v1.GetObjectRequest;
import dev.sternpost.proto.inventory.v1.GetObjectResponse;
import dev.sternpost.proto.inventory.v1.InventoryServiceGrpc;
import dev.sternpost.proto.inventory.v1.ListChangesRequest;
import dev.sternpost.proto.inventory.v1.ListChangesResponse;
import dev.sternpost.proto.inventory.v1.ListObjectsRequest;
import dev.sternpost.proto.inventory.v1.ListObjectsResponse;
import dev.sternpost.proto.inventory.v1.MoveIntoFolderRequest;
import dev.sternpost.proto.inventory.v1.MoveIntoFolderResponse;
import dev.sternpost.proto.inventory.v1.RenameDatacenterRequest;
import dev.sternpost.proto.inventory.v1.RenameDatacenterResponse;
import dev.sternpost.proto.inventory.v1.RenameFolderRequest;
import dev.sternpost.proto.inventory.v1.RenameFolderResponse;
import dev.sternpost.proto.inventory.v1.WatchInventoryRequest;
import dev.sternpost.proto.inventory.v1.WatchInventoryResponse;
import dev.sternpost.server.tree.InventoryTree;
import io.grpc.stub.StreamObserver;

/** The inventory tree. */
final class InventoryEndpoint extends InventoryServiceGrpc.InventoryServiceImplBase {
    private final Inventory inventory;
    private final InventoryReads reads;
    private final InventoryTree tree;
    private final ObjectMessages messages;
    private final ServerStream.Surroundings streams;

    InventoryEndpoint(
            Inventory inventory,
            InventoryReads reads,
            InventoryTree tree,
            ObjectMessages messages,
            ServerStream.Surroundings streams) {
        this.inventory = inventory;
        this.reads = reads;
        this.tree = tree;
        this.messages = messages;
        this.streams = streams;
    }

    @Override
    public void getObject(GetObjectRequest request, StreamObserver<GetObjectResponse> answer) {
        Answers.one(
                answer,
                GetObjectResponse.newBuilder()
                        .setObject(reads.get(request.getObject()))
                        .build());
    }

    @Override
    public void findByPath(FindByPathRequest request, StreamObserver<FindByPathResponse> answer) {
        Answers.one(
                answer,
                FindByPathResponse.newBuilder()
                        .setObject(reads.findByPath(request))
                        .build());
    }

    @Override
    public void listObjects(ListObjectsRequest request, StreamObserver<ListObjectsResponse> answer) {
        Answers.one(answer, reads.list(request));
    }

    @Override
    public void listChanges(ListChangesRequest request, StreamObserver<ListChangesResponse> answer) {
        Answers.one(answer, Waiting.uninterrupted(() -> reads.listChanges(request)));
    }

    @Override
    public void watchInventory(WatchInventoryRequest request, StreamObserver<WatchInventoryResponse> answer) {
        ServerStream.start(answer, streams, stream -> reads.watch(request, stream));
    }

    @Override
    public void createDatacenter(CreateDatacenterRequest request, StreamObserver<CreateDatacenterResponse> answer) {
        var made = tree.createDatacenter(
                Caller.current().userName(), request.getFolder(), request.getName(), request.getRequestId());
        Answers.one(
                answer,
                CreateDatacenterResponse.newBuilder()
                        .setDatacenter(message(made))
                        .build());
    }

    @Override
    public void renameDatacenter(RenameDatacenterRequest request, StreamObserver<RenameDatacenterResponse> answer) {
        var renamed = tree.renameDatacenter(
                Caller.current().userName(), request.getDatacenter(), request.getName(), request.getEtag());
        Answers.one(
                answer,
                RenameDatacenterResponse.newBuilder()
                        .setDatacenter(message(renamed))
                        .build());
    }

    @Override
    public void deleteDatacenter(DeleteDatacenterRequest request, StreamObserver<DeleteDatacenterResponse> answer) {
        tree.deleteDatacenter(Caller.current().userName(), request.getDatacenter(), request.getEtag());
        Answers.one(answer, DeleteDatacenterResponse.getDefaultInstance());
    }

    @Override
    public void createFolder(CreateFolderRequest request, StreamObserver<CreateFolderResponse> answer) {
        var made = tree.createFolder(
                Caller.current().userName(), request.getParent(), request.getName(), request.getRequestId());
        Answers.one(
                answer,
                CreateFolderResponse.newBuilder().setFolder(message(made)).build());
    }

    @Override
    public void renameFolder(RenameFolderRequest request, StreamObserver<RenameFolderResponse> answer) {
        var renamed = tree.renameFolder(
                Caller.current().userName(), request.getFolder(), request.getName(), request.getEtag());
        Answers.one(
                answer,
                RenameFolderResponse.newBuilder().setFolder(message(renamed)).build());
    }

    @Override
    public void deleteFolder(DeleteFolderRequest request, StreamObserver<DeleteFolderResponse> answer) {
        tree.deleteFolder(Caller.current().userName(), request.getFolder(), request.getEtag());
        Answers.one(answer, DeleteFolderResponse.getDefaultInstance());
    }

    @Override
    public void moveIntoFolder(MoveIntoFolderRequest request, StreamObserver<MoveIntoFolderResponse> answer) {
        var moved = tree.moveIntoFolder(Caller.current().userName(), request.getFolder(), request.getObject());
        Answers.one(
                answer,
                MoveIntoFolderResponse.newBuilder().setObject(message(moved)).build());
    }

    private dev.sternpost.proto.inventory.v1.ManagedObject message(ManagedObject object) {
        InventorySnapshot snapshot = inventory.snapshot();
        return messages.any(snapshot, object);
    }
}
