package dev.sternpost.server.api;

import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.proto.cluster.v1.ClusterServiceGrpc;
import dev.sternpost.proto.cluster.v1.CreateClusterRequest;
import dev.sternpost.proto.cluster.v1.CreateClusterResponse;
import dev.sternpost.proto.cluster.v1.DeleteClusterRequest;
import dev.sternpost.proto.cluster.v1.DeleteClusterResponse;
import dev.sternpost.proto.cluster.v1.GetClusterRequest;
import dev.sternpost.proto.cluster.v1.GetClusterResponse;
import dev.sternpost.proto.cluster.v1.ListClustersRequest;
import dev.sternpost.proto.cluster.v1.ListClustersResponse;
import dev.sternpost.proto.cluster.v1.ListCpuLevelsRequest;
import dev.sternpost.proto.cluster.v1.ListCpuLevelsResponse;
import dev.sternpost.proto.cluster.v1.SetDrsOverrideRequest;
import dev.sternpost.proto.cluster.v1.SetDrsOverrideResponse;
import dev.sternpost.proto.cluster.v1.UpdateCpuBaselineRequest;
import dev.sternpost.proto.cluster.v1.UpdateCpuBaselineResponse;
import dev.sternpost.proto.cluster.v1.UpdateDrsSettingsRequest;
import dev.sternpost.proto.cluster.v1.UpdateDrsSettingsResponse;
import dev.sternpost.server.baseline.CpuBaselineAdmin;
import dev.sternpost.server.cluster.DrsSettingsAdmin;
import dev.sternpost.server.tree.InventoryTree;
import io.grpc.stub.StreamObserver;

/** Clusters of hosts. */
final class ClusterEndpoint extends ClusterServiceGrpc.ClusterServiceImplBase {
    private final Inventory inventory;
    private final InventoryTree tree;
    private final DrsSettingsAdmin drs;
    private final CpuBaselineAdmin baselines;
    private final ObjectMessages messages;
    private final ObjectPages pages;

    ClusterEndpoint(
            Inventory inventory,
            InventoryTree tree,
            DrsSettingsAdmin drs,
            CpuBaselineAdmin baselines,
            ObjectMessages messages,
            ObjectPages pages) {
        this.inventory = inventory;
        this.tree = tree;
        this.drs = drs;
        this.baselines = baselines;
        this.messages = messages;
        this.pages = pages;
    }

    @Override
    public void getCluster(GetClusterRequest request, StreamObserver<GetClusterResponse> answer) {
        InventorySnapshot snapshot = inventory.snapshot();
        Cluster cluster = snapshot.resolve(request.getCluster(), Cluster.class);
        Answers.one(
                answer,
                GetClusterResponse.newBuilder()
                        .setCluster(messages.cluster(snapshot, cluster))
                        .build());
    }

    @Override
    public void listClusters(ListClustersRequest request, StreamObserver<ListClustersResponse> answer) {
        var query = new ObjectPages.Query(
                "ListClusters", request.getPageSize(), request.getPageToken(), request.getParent(), false);
        var page = pages.page(query, Cluster.class, cluster -> true);
        ListClustersResponse.Builder response =
                ListClustersResponse.newBuilder().setNextPageToken(page.nextToken());
        page.objects().forEach(cluster -> response.addClusters(messages.cluster(page.snapshot(), cluster)));
        Answers.one(answer, response.build());
    }

    @Override
    public void createCluster(CreateClusterRequest request, StreamObserver<CreateClusterResponse> answer) {
        Cluster made = tree.createCluster(
                Caller.current().userName(), request.getFolder(), request.getName(), request.getRequestId());
        Answers.one(
                answer,
                CreateClusterResponse.newBuilder()
                        .setCluster(messages.cluster(inventory.snapshot(), made))
                        .build());
    }

    @Override
    public void deleteCluster(DeleteClusterRequest request, StreamObserver<DeleteClusterResponse> answer) {
        tree.deleteCluster(Caller.current().userName(), request.getCluster(), request.getEtag());
        Answers.one(answer, DeleteClusterResponse.getDefaultInstance());
    }

    @Override
    public void updateDrsSettings(UpdateDrsSettingsRequest request, StreamObserver<UpdateDrsSettingsResponse> answer) {
        var wish = new DrsSettingsAdmin.Wish(
                request.hasEnabled() ? Boolean.valueOf(request.getEnabled()) : null,
                ClusterMessages.automation(request.getAutomation()),
                request.getThreshold(),
                request.getIntervalSeconds());
        Cluster changed = drs.update(Caller.current().userName(), request.getCluster(), request.getEtag(), wish);
        Answers.one(
                answer,
                UpdateDrsSettingsResponse.newBuilder()
                        .setCluster(messages.cluster(inventory.snapshot(), changed))
                        .build());
    }

    @Override
    public void setDrsOverride(SetDrsOverrideRequest request, StreamObserver<SetDrsOverrideResponse> answer) {
        Cluster changed = drs.override(
                Caller.current().userName(), request.getVm(), ClusterMessages.automation(request.getAutomation()));
        Answers.one(
                answer,
                SetDrsOverrideResponse.newBuilder()
                        .setCluster(messages.cluster(inventory.snapshot(), changed))
                        .build());
    }

    @Override
    public void listCpuLevels(ListCpuLevelsRequest request, StreamObserver<ListCpuLevelsResponse> answer) {
        ListCpuLevelsResponse.Builder response = ListCpuLevelsResponse.newBuilder();
        baselines.levels(request.getCluster()).forEach(level -> response.addLevels(CpuBaselineMessages.of(level)));
        baselines.best(request.getCluster()).ifPresent(best -> response.setBest(best.name()));
        Answers.one(answer, response.build());
    }

    @Override
    public void updateCpuBaseline(UpdateCpuBaselineRequest request, StreamObserver<UpdateCpuBaselineResponse> answer) {
        Cluster changed = baselines.update(
                Caller.current().userName(), request.getCluster(), request.getEtag(), request.getLevel());
        Answers.one(
                answer,
                UpdateCpuBaselineResponse.newBuilder()
                        .setCluster(messages.cluster(inventory.snapshot(), changed))
                        .build());
    }
}
