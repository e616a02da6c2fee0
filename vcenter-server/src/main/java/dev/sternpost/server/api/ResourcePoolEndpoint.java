package dev.sternpost.server.api;

import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ResourcePool;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.proto.resourcepool.v1.CreateResourcePoolRequest;
import dev.sternpost.proto.resourcepool.v1.CreateResourcePoolResponse;
import dev.sternpost.proto.resourcepool.v1.DeleteResourcePoolRequest;
import dev.sternpost.proto.resourcepool.v1.DeleteResourcePoolResponse;
import dev.sternpost.proto.resourcepool.v1.GetResourcePoolRequest;
import dev.sternpost.proto.resourcepool.v1.GetResourcePoolResponse;
import dev.sternpost.proto.resourcepool.v1.ListResourcePoolsRequest;
import dev.sternpost.proto.resourcepool.v1.ListResourcePoolsResponse;
import dev.sternpost.proto.resourcepool.v1.MoveIntoResourcePoolRequest;
import dev.sternpost.proto.resourcepool.v1.MoveIntoResourcePoolResponse;
import dev.sternpost.proto.resourcepool.v1.ResourcePoolServiceGrpc;
import dev.sternpost.proto.resourcepool.v1.UpdateResourcePoolRequest;
import dev.sternpost.proto.resourcepool.v1.UpdateResourcePoolResponse;
import dev.sternpost.server.resource.ResourcePools;
import io.grpc.stub.StreamObserver;

/** Resource pools. */
final class ResourcePoolEndpoint extends ResourcePoolServiceGrpc.ResourcePoolServiceImplBase {
    private final Inventory inventory;
    private final ResourcePools pools;
    private final ObjectPages pages;

    ResourcePoolEndpoint(Inventory inventory, ResourcePools pools, ObjectPages pages) {
        this.inventory = inventory;
        this.pools = pools;
        this.pages = pages;
    }

    @Override
    public void getResourcePool(GetResourcePoolRequest request, StreamObserver<GetResourcePoolResponse> answer) {
        InventorySnapshot snapshot = inventory.snapshot();
        ResourcePool pool = snapshot.resolve(request.getPool(), ResourcePool.class);
        Answers.one(
                answer,
                GetResourcePoolResponse.newBuilder()
                        .setPool(Allocations.pool(snapshot, pool))
                        .build());
    }

    @Override
    public void listResourcePools(ListResourcePoolsRequest request, StreamObserver<ListResourcePoolsResponse> answer) {
        var query = new ObjectPages.Query(
                "ListResourcePools", request.getPageSize(), request.getPageToken(), request.getParent(), false);
        var page = pages.page(query, ResourcePool.class, pool -> true);
        ListResourcePoolsResponse.Builder response =
                ListResourcePoolsResponse.newBuilder().setNextPageToken(page.nextToken());
        page.objects().forEach(pool -> response.addPools(Allocations.pool(page.snapshot(), pool)));
        Answers.one(answer, response.build());
    }

    @Override
    public void createResourcePool(
            CreateResourcePoolRequest request, StreamObserver<CreateResourcePoolResponse> answer) {
        ResourcePool made = pools.create(
                Caller.current().asking(request.getRequestId()),
                new ResourcePools.Wish(
                        request.getName(),
                        request.getParent(),
                        Allocations.wish(request.getCpu()),
                        Allocations.wish(request.getMemory())));
        Answers.one(
                answer,
                CreateResourcePoolResponse.newBuilder().setPool(now(made)).build());
    }

    @Override
    public void updateResourcePool(
            UpdateResourcePoolRequest request, StreamObserver<UpdateResourcePoolResponse> answer) {
        ResourcePool changed = pools.update(
                Caller.current().userName(),
                request.getPool(),
                request.getEtag(),
                new ResourcePools.Wish(
                        request.getName(),
                        request.getParent(),
                        Allocations.wish(request.getCpu()),
                        Allocations.wish(request.getMemory())));
        Answers.one(
                answer,
                UpdateResourcePoolResponse.newBuilder().setPool(now(changed)).build());
    }

    @Override
    public void deleteResourcePool(
            DeleteResourcePoolRequest request, StreamObserver<DeleteResourcePoolResponse> answer) {
        pools.delete(Caller.current().userName(), request.getPool(), request.getEtag());
        Answers.one(answer, DeleteResourcePoolResponse.getDefaultInstance());
    }

    @Override
    public void moveIntoResourcePool(
            MoveIntoResourcePoolRequest request, StreamObserver<MoveIntoResourcePoolResponse> answer) {
        ResourcePool pool = pools.moveInto(Caller.current().userName(), request.getPool(), request.getVmsList());
        Answers.one(
                answer,
                MoveIntoResourcePoolResponse.newBuilder().setPool(now(pool)).build());
    }

    private dev.sternpost.proto.resourcepool.v1.ResourcePool now(ResourcePool pool) {
        return Allocations.pool(inventory.snapshot(), pool);
    }
}
