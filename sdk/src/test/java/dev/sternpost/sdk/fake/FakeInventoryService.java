package dev.sternpost.sdk.fake;

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
import dev.sternpost.proto.inventory.v1.InventoryChange;
import dev.sternpost.proto.inventory.v1.InventoryServiceGrpc.InventoryServiceImplBase;
import dev.sternpost.proto.inventory.v1.ListObjectsRequest;
import dev.sternpost.proto.inventory.v1.ListObjectsResponse;
import dev.sternpost.proto.inventory.v1.ManagedObject;
import dev.sternpost.proto.inventory.v1.MoveIntoFolderRequest;
import dev.sternpost.proto.inventory.v1.MoveIntoFolderResponse;
import dev.sternpost.proto.inventory.v1.ObjectKind;
import dev.sternpost.proto.inventory.v1.RenameDatacenterRequest;
import dev.sternpost.proto.inventory.v1.RenameDatacenterResponse;
import dev.sternpost.proto.inventory.v1.RenameFolderRequest;
import dev.sternpost.proto.inventory.v1.RenameFolderResponse;
import dev.sternpost.proto.inventory.v1.WatchInventoryRequest;
import dev.sternpost.proto.inventory.v1.WatchInventoryResponse;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;

final class FakeInventoryService extends InventoryServiceImplBase {
    private final FakeDatacenter datacenter;

    FakeInventoryService(FakeDatacenter datacenter) {
        this.datacenter = datacenter;
    }

    @Override
    public void getObject(GetObjectRequest request, StreamObserver<GetObjectResponse> answer) {
        FakeReply.send(
                answer,
                () -> GetObjectResponse.newBuilder()
                        .setObject(datacenter.resolve(request.getObject()))
                        .build());
    }

    @Override
    public void findByPath(FindByPathRequest request, StreamObserver<FindByPathResponse> answer) {
        FakeReply.send(
                answer,
                () -> FindByPathResponse.newBuilder()
                        .setObject(datacenter.resolve(request.getPath()))
                        .build());
    }

    @Override
    public void listObjects(ListObjectsRequest request, StreamObserver<ListObjectsResponse> answer) {
        FakeReply.send(answer, () -> list(request));
    }

    private ListObjectsResponse list(ListObjectsRequest request) {
        String prefix = request.getAncestor().isEmpty()
                ? ""
                : datacenter.resolve(request.getAncestor()).getPath();
        List<ManagedObject> wanted = new ArrayList<>();
        for (ManagedObject object : datacenter.objects()) {
            boolean below = prefix.isEmpty() || prefix.equals("/")
                    ? !object.getPath().equals(prefix)
                    : object.getPath().startsWith(prefix + "/");
            boolean kind =
                    request.getKindsList().isEmpty() || request.getKindsList().contains(object.getKind());
            if (below && kind) {
                wanted.add(object);
            }
        }
        int from = request.getPageToken().isEmpty() ? 0 : Integer.parseInt(request.getPageToken());
        int size = request.getPageSize() == 0 ? 100 : request.getPageSize();
        int to = Math.min(wanted.size(), from + size);
        return ListObjectsResponse.newBuilder()
                .addAllObjects(wanted.subList(from, to))
                .setNextPageToken(to < wanted.size() ? String.valueOf(to) : "")
                .setCursor(datacenter.cursor())
                .build();
    }

    @Override
    public void watchInventory(WatchInventoryRequest request, StreamObserver<WatchInventoryResponse> answer) {
        ServerCallStreamObserver<WatchInventoryResponse> call =
                (ServerCallStreamObserver<WatchInventoryResponse>) answer;
        String cursor = request.getCursor().isEmpty() ? datacenter.cursor() : request.getCursor();
        try {
            while (!call.isCancelled()) {
                for (List<InventoryChange> changes : datacenter.after(cursor)) {
                    cursor = "cursor-" + (Integer.parseInt(cursor.substring("cursor-".length())) + 1);
                    answer.onNext(WatchInventoryResponse.newBuilder()
                            .addAllChanges(changes)
                            .setCursor(cursor)
                            .build());
                }
                datacenter.awaitChange();
            }
        } catch (StatusRuntimeException e) {
            answer.onError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void createFolder(CreateFolderRequest request, StreamObserver<CreateFolderResponse> answer) {
        FakeReply.send(answer, () -> {
            ManagedObject parent = datacenter.resolve(request.getParent(), ObjectKind.OBJECT_KIND_FOLDER);
            datacenter.nameMustBeFree(parent.getId(), request.getName());
            String id = datacenter.newId("group-v");
            datacenter.put(datacenter
                    .base(id, ObjectKind.OBJECT_KIND_FOLDER, request.getName(), parent.getId())
                    .setFolder(parent.getFolder()));
            ManagedObject made = datacenter.object(id);
            datacenter.event("FolderCreatedEvent", made, "", "Folder " + made.getPath() + " was made.");
            return CreateFolderResponse.newBuilder().setFolder(made).build();
        });
    }

    @Override
    public void renameDatacenter(RenameDatacenterRequest request, StreamObserver<RenameDatacenterResponse> answer) {
        FakeReply.send(answer, () -> {
            ManagedObject old = datacenter.resolve(request.getDatacenter(), ObjectKind.OBJECT_KIND_DATACENTER);
            datacenter.nameMustBeFree(old.getParentId(), request.getName());
            return RenameDatacenterResponse.newBuilder()
                    .setDatacenter(rebuilt(old, request.getName(), old.getParentId()))
                    .build();
        });
    }

    @Override
    public void deleteDatacenter(DeleteDatacenterRequest request, StreamObserver<DeleteDatacenterResponse> answer) {
        FakeReply.send(answer, () -> {
            ManagedObject wanted = datacenter.resolve(request.getDatacenter(), ObjectKind.OBJECT_KIND_DATACENTER);
            throw FakeFaults.conflict(
                    "OBJECT_NOT_EMPTY",
                    104,
                    "%s is not empty; remove its virtual machines and hosts first".formatted(wanted.getPath()),
                    wanted.getId());
        });
    }

    @Override
    public void renameFolder(RenameFolderRequest request, StreamObserver<RenameFolderResponse> answer) {
        FakeReply.send(answer, () -> {
            ManagedObject old = datacenter.resolve(request.getFolder(), ObjectKind.OBJECT_KIND_FOLDER);
            datacenter.nameMustBeFree(old.getParentId(), request.getName());
            return RenameFolderResponse.newBuilder()
                    .setFolder(rebuilt(old, request.getName(), old.getParentId()))
                    .build();
        });
    }

    @Override
    public void deleteFolder(DeleteFolderRequest request, StreamObserver<DeleteFolderResponse> answer) {
        FakeReply.send(answer, () -> {
            ManagedObject folder = datacenter.resolve(request.getFolder(), ObjectKind.OBJECT_KIND_FOLDER);
            if (datacenter.objects().stream()
                    .anyMatch(child -> child.getParentId().equals(folder.getId()))) {
                throw FakeFaults.conflict(
                        "OBJECT_NOT_EMPTY",
                        104,
                        "%s is not empty; move or delete what is in it".formatted(folder.getPath()),
                        folder.getId());
            }
            datacenter.remove(folder.getId());
            return DeleteFolderResponse.getDefaultInstance();
        });
    }

    @Override
    public void moveIntoFolder(MoveIntoFolderRequest request, StreamObserver<MoveIntoFolderResponse> answer) {
        FakeReply.send(answer, () -> {
            ManagedObject folder = datacenter.resolve(request.getFolder(), ObjectKind.OBJECT_KIND_FOLDER);
            ManagedObject moved = datacenter.resolve(request.getObject());
            datacenter.nameMustBeFree(folder.getId(), moved.getName());
            return MoveIntoFolderResponse.newBuilder()
                    .setObject(rebuilt(moved, moved.getName(), folder.getId()))
                    .build();
        });
    }

    private ManagedObject rebuilt(ManagedObject old, String name, String parent) {
        ManagedObject.Builder moved = datacenter.base(old.getId(), old.getKind(), name, parent);
        if (old.hasVirtualMachine()) {
            moved.setVirtualMachine(
                    old.getVirtualMachine().toBuilder().setParentId(parent).setPath(moved.getPath()));
        } else if (old.hasDatacenter()) {
            moved.setDatacenter(old.getDatacenter());
        } else {
            moved.setFolder(old.getFolder());
        }
        datacenter.put(moved);
        return datacenter.object(old.getId());
    }
}
