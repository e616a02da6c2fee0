package dev.sternpost.server.api;

import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.HaIsolationResponse;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.proto.ha.v1.DisableHaRequest;
import dev.sternpost.proto.ha.v1.DisableHaResponse;
import dev.sternpost.proto.ha.v1.DisarmHaRequest;
import dev.sternpost.proto.ha.v1.DisarmHaResponse;
import dev.sternpost.proto.ha.v1.EnableHaRequest;
import dev.sternpost.proto.ha.v1.EnableHaResponse;
import dev.sternpost.proto.ha.v1.GetHaRequest;
import dev.sternpost.proto.ha.v1.GetHaResponse;
import dev.sternpost.proto.ha.v1.HaServiceGrpc;
import dev.sternpost.proto.ha.v1.RearmHaRequest;
import dev.sternpost.proto.ha.v1.RearmHaResponse;
import dev.sternpost.proto.ha.v1.SetVmHaRequest;
import dev.sternpost.proto.ha.v1.SetVmHaResponse;
import dev.sternpost.proto.ha.v1.TestFailoverRequest;
import dev.sternpost.proto.ha.v1.TestFailoverResponse;
import dev.sternpost.proto.ha.v1.UpdateHaRequest;
import dev.sternpost.proto.ha.v1.UpdateHaResponse;
import dev.sternpost.server.ha.HaManagement;
import dev.sternpost.server.ha.HaOverview;
import dev.sternpost.server.ha.HaVmAdmin;
import dev.sternpost.server.ha.HighAvailability;
import io.grpc.stub.StreamObserver;

/** High availability. */
final class HaEndpoint extends HaServiceGrpc.HaServiceImplBase {
    private final Inventory inventory;
    private final HaManagement.Running ha;

    HaEndpoint(Inventory inventory, HaManagement.Running ha) {
        this.inventory = inventory;
        this.ha = ha;
    }

    @Override
    public void getHa(GetHaRequest request, StreamObserver<GetHaResponse> answer) {
        HaOverview.View view = ha.overview().view(request.getCluster());
        Answers.one(
                answer,
                GetHaResponse.newBuilder()
                        .setSettings(settings(view.cluster()))
                        .setStatus(HaStatusMessages.status(inventory.snapshot(), view))
                        .build());
    }

    private dev.sternpost.proto.ha.v1.HaSettings settings(Cluster cluster) {
        return HaMessages.settings(inventory.snapshot(), cluster);
    }

    @Override
    public void enableHa(EnableHaRequest request, StreamObserver<EnableHaResponse> answer) {
        var task = ha.clusters()
                .enable(
                        Caller.current().asking(request.getRequestId()),
                        request.getCluster(),
                        request.getHeartbeatDatastore());
        Answers.one(
                answer,
                EnableHaResponse.newBuilder().setTask(TaskMessages.of(task)).build());
    }

    @Override
    public void disableHa(DisableHaRequest request, StreamObserver<DisableHaResponse> answer) {
        var task = ha.clusters()
                .disable(Caller.current().asking(request.getRequestId()), request.getCluster(), request.getForce());
        Answers.one(
                answer,
                DisableHaResponse.newBuilder().setTask(TaskMessages.of(task)).build());
    }

    @Override
    public void updateHa(UpdateHaRequest request, StreamObserver<UpdateHaResponse> answer) {
        var wish = new HighAvailability.Wish(
                request.hasHeartbeatDatastore() ? request.getHeartbeatDatastore() : null,
                HaMessages.timing(request.getTiming()),
                request.hasAdmission() ? HaMessages.admission(inventory.snapshot(), request.getAdmission()) : null,
                HaMessages.isolation(request.getIsolationResponse()),
                request.hasMonitoring() ? Boolean.valueOf(request.getMonitoring()) : null,
                request.getSetIsolationAddresses() || request.getIsolationAddressesCount() > 0
                        ? request.getIsolationAddressesList()
                        : null);
        Cluster changed = ha.clusters().update(Caller.current().userName(), request.getCluster(), wish);
        Answers.one(
                answer,
                UpdateHaResponse.newBuilder().setSettings(settings(changed)).build());
    }

    @Override
    public void disarmHa(DisarmHaRequest request, StreamObserver<DisarmHaResponse> answer) {
        Cluster changed = ha.clusters().disarm(Caller.current().userName(), request.getCluster(), request.getReason());
        Answers.one(
                answer,
                DisarmHaResponse.newBuilder().setSettings(settings(changed)).build());
    }

    @Override
    public void rearmHa(RearmHaRequest request, StreamObserver<RearmHaResponse> answer) {
        Cluster changed = ha.clusters().rearm(Caller.current().userName(), request.getCluster());
        Answers.one(
                answer,
                RearmHaResponse.newBuilder().setSettings(settings(changed)).build());
    }

    @Override
    public void setVmHa(SetVmHaRequest request, StreamObserver<SetVmHaResponse> answer) {
        HaIsolationResponse isolation = HaMessages.isolation(request.getIsolationResponse());
        var wish = new HaVmAdmin.Wish(
                HaMessages.priority(request.getPriority()),
                isolation,
                request.getClearIsolationResponse(),
                HaMessages.readiness(request.getReadiness()),
                request.hasReadyAfterMs() ? Long.valueOf(request.getReadyAfterMs()) : null,
                request.getSetDependsOn() || request.getDependsOnVmsCount() > 0 ? request.getDependsOnVmsList() : null,
                request.hasMonitoring() ? Boolean.valueOf(request.getMonitoring()) : null,
                request.getClearMonitoring());
        var changed = ha.vms().set(Caller.current().userName(), request.getVm(), wish);
        Answers.one(
                answer,
                SetVmHaResponse.newBuilder()
                        .setSettings(HaMessages.vm(inventory.snapshot(), changed))
                        .build());
    }

    @Override
    public void testFailover(TestFailoverRequest request, StreamObserver<TestFailoverResponse> answer) {
        var plan = ha.overview().rehearse(request.getCluster(), request.getHostsList());
        InventorySnapshot snapshot = inventory.snapshot();
        TestFailoverResponse.Builder response = TestFailoverResponse.newBuilder();
        plan.starts().forEach(start -> response.addStarts(HaStatusMessages.start(snapshot, start)));
        plan.stranded().forEach(stranded -> response.addStranded(HaStatusMessages.stranded(snapshot, stranded)));
        Answers.one(answer, response.build());
    }
}
