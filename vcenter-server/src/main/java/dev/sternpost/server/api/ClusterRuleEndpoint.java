package dev.sternpost.server.api;

import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.ClusterRules.HostAffinity;
import dev.sternpost.inventory.ClusterRules.VmAffinity;
import dev.sternpost.inventory.ClusterRules.VmHostRule;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.proto.cluster.v1.ClusterRuleServiceGrpc;
import dev.sternpost.proto.cluster.v1.CreateClusterRuleRequest;
import dev.sternpost.proto.cluster.v1.CreateClusterRuleResponse;
import dev.sternpost.proto.cluster.v1.DeleteClusterGroupRequest;
import dev.sternpost.proto.cluster.v1.DeleteClusterGroupResponse;
import dev.sternpost.proto.cluster.v1.DeleteClusterRuleRequest;
import dev.sternpost.proto.cluster.v1.DeleteClusterRuleResponse;
import dev.sternpost.proto.cluster.v1.ListClusterRulesRequest;
import dev.sternpost.proto.cluster.v1.ListClusterRulesResponse;
import dev.sternpost.proto.cluster.v1.PutClusterGroupRequest;
import dev.sternpost.proto.cluster.v1.PutClusterGroupResponse;
import dev.sternpost.proto.cluster.v1.UpdateClusterRuleRequest;
import dev.sternpost.proto.cluster.v1.UpdateClusterRuleResponse;
import dev.sternpost.server.cluster.ClusterRulesAdmin;
import io.grpc.stub.StreamObserver;

/** Rules of clusters. */
final class ClusterRuleEndpoint extends ClusterRuleServiceGrpc.ClusterRuleServiceImplBase {
    private final Inventory inventory;
    private final ClusterRulesAdmin admin;

    ClusterRuleEndpoint(Inventory inventory, ClusterRulesAdmin admin) {
        this.inventory = inventory;
        this.admin = admin;
    }

    @Override
    public void listClusterRules(ListClusterRulesRequest request, StreamObserver<ListClusterRulesResponse> answer) {
        InventorySnapshot snapshot = inventory.snapshot();
        Cluster cluster = snapshot.resolve(request.getCluster(), Cluster.class);
        Answers.one(
                answer,
                ListClusterRulesResponse.newBuilder()
                        .addAllRules(ClusterMessages.rules(snapshot, cluster))
                        .addAllGroups(ClusterMessages.groups(snapshot, cluster))
                        .build());
    }

    @Override
    public void createClusterRule(CreateClusterRuleRequest request, StreamObserver<CreateClusterRuleResponse> answer) {
        Cluster cluster = create(request);
        Answers.one(
                answer,
                CreateClusterRuleResponse.newBuilder()
                        .setRule(ClusterMessages.rule(inventory.snapshot(), cluster, request.getName()))
                        .build());
    }

    private Cluster create(CreateClusterRuleRequest request) {
        return switch (request.getKind()) {
            case CLUSTER_RULE_KIND_KEEP_TOGETHER -> create(request, VmAffinity.KEEP_TOGETHER);
            case CLUSTER_RULE_KIND_KEEP_APART -> create(request, VmAffinity.KEEP_APART);
            case CLUSTER_RULE_KIND_MUST_RUN_ON -> create(request, HostAffinity.MUST_RUN_ON);
            case CLUSTER_RULE_KIND_MUST_NOT_RUN_ON -> create(request, HostAffinity.MUST_NOT_RUN_ON);
            case CLUSTER_RULE_KIND_SHOULD_RUN_ON -> create(request, HostAffinity.SHOULD_RUN_ON);
            case CLUSTER_RULE_KIND_SHOULD_NOT_RUN_ON -> create(request, HostAffinity.SHOULD_NOT_RUN_ON);
            case CLUSTER_RULE_KIND_UNSPECIFIED, UNRECOGNIZED ->
                throw new FaultException(FaultCode.REQUEST_INVALID, "Say in \"kind\" what the rule asks for.");
        };
    }

    private Cluster create(CreateClusterRuleRequest request, VmAffinity affinity) {
        var wish = new ClusterRulesAdmin.VmRuleWish(
                request.getName(), !request.getDisabled(), affinity, request.getVmsList());
        return admin.create(Caller.current().asking(request.getRequestId()), request.getCluster(), wish);
    }

    private Cluster create(CreateClusterRuleRequest request, HostAffinity affinity) {
        if (request.getVmGroup().isBlank()
                || request.getHostGroup().isBlank()
                || request.getName().isBlank()) {
            throw new FaultException(
                    FaultCode.REQUEST_INVALID,
                    "A rule about hosts has a name, a group of virtual machines in \"vm_group\" and a group of hosts in"
                            + " \"host_group\".");
        }
        var rule = new VmHostRule(
                request.getName(), !request.getDisabled(), affinity, request.getVmGroup(), request.getHostGroup());
        return admin.create(Caller.current().asking(request.getRequestId()), request.getCluster(), rule);
    }

    @Override
    public void updateClusterRule(UpdateClusterRuleRequest request, StreamObserver<UpdateClusterRuleResponse> answer) {
        Cluster cluster = admin.update(
                Caller.current().userName(),
                request.getCluster(),
                request.getRule(),
                request.hasEnabled() ? Boolean.valueOf(request.getEnabled()) : null,
                request.getVmsList());
        Answers.one(
                answer,
                UpdateClusterRuleResponse.newBuilder()
                        .setRule(ClusterMessages.rule(inventory.snapshot(), cluster, request.getRule()))
                        .build());
    }

    @Override
    public void deleteClusterRule(DeleteClusterRuleRequest request, StreamObserver<DeleteClusterRuleResponse> answer) {
        admin.delete(Caller.current().userName(), request.getCluster(), request.getRule());
        Answers.one(answer, DeleteClusterRuleResponse.getDefaultInstance());
    }

    @Override
    public void putClusterGroup(PutClusterGroupRequest request, StreamObserver<PutClusterGroupResponse> answer) {
        Cluster cluster = admin.putGroup(
                Caller.current().userName(),
                request.getCluster(),
                request.getName(),
                request.getVmsList(),
                request.getHostsList());
        Answers.one(
                answer,
                PutClusterGroupResponse.newBuilder()
                        .setGroup(ClusterMessages.group(inventory.snapshot(), cluster, request.getName()))
                        .build());
    }

    @Override
    public void deleteClusterGroup(
            DeleteClusterGroupRequest request, StreamObserver<DeleteClusterGroupResponse> answer) {
        admin.deleteGroup(Caller.current().userName(), request.getCluster(), request.getGroup());
        Answers.one(answer, DeleteClusterGroupResponse.getDefaultInstance());
    }
}
