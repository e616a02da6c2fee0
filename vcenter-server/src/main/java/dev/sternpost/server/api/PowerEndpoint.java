package dev.sternpost.server.api;

import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.proto.power.v1.ApplyPowerRecommendationsRequest;
import dev.sternpost.proto.power.v1.ApplyPowerRecommendationsResponse;
import dev.sternpost.proto.power.v1.EnterStandbyRequest;
import dev.sternpost.proto.power.v1.EnterStandbyResponse;
import dev.sternpost.proto.power.v1.ExitStandbyRequest;
import dev.sternpost.proto.power.v1.ExitStandbyResponse;
import dev.sternpost.proto.power.v1.GetClusterPowerRequest;
import dev.sternpost.proto.power.v1.GetClusterPowerResponse;
import dev.sternpost.proto.power.v1.ListHostPowerRequest;
import dev.sternpost.proto.power.v1.ListHostPowerResponse;
import dev.sternpost.proto.power.v1.ListPowerRecommendationsRequest;
import dev.sternpost.proto.power.v1.ListPowerRecommendationsResponse;
import dev.sternpost.proto.power.v1.PlanStandbyRequest;
import dev.sternpost.proto.power.v1.PlanStandbyResponse;
import dev.sternpost.proto.power.v1.PowerServiceGrpc;
import dev.sternpost.proto.power.v1.RunPowerPassRequest;
import dev.sternpost.proto.power.v1.RunPowerPassResponse;
import dev.sternpost.proto.power.v1.TestWakeRequest;
import dev.sternpost.proto.power.v1.TestWakeResponse;
import dev.sternpost.proto.power.v1.UpdateClusterPowerRequest;
import dev.sternpost.proto.power.v1.UpdateClusterPowerResponse;
import dev.sternpost.proto.power.v1.UpdateHostPowerRequest;
import dev.sternpost.proto.power.v1.UpdateHostPowerResponse;
import dev.sternpost.server.maintenance.Maintenance;
import dev.sternpost.server.power.PowerAdmin;
import dev.sternpost.server.power.PowerManagement;
import dev.sternpost.server.power.PowerPass;
import dev.sternpost.server.power.Standby;
import io.grpc.stub.StreamObserver;
import java.util.Set;

/** Power management. */
final class PowerEndpoint extends PowerServiceGrpc.PowerServiceImplBase {
    private final Inventory inventory;
    private final PowerManagement.Running power;
    private final Maintenance maintenance;

    PowerEndpoint(Inventory inventory, PowerManagement.Running power, Maintenance maintenance) {
        this.inventory = inventory;
        this.power = power;
        this.maintenance = maintenance;
    }

    @Override
    public void getClusterPower(GetClusterPowerRequest request, StreamObserver<GetClusterPowerResponse> answer) {
        var found = power.admin().cluster(request.getCluster());
        Answers.one(
                answer,
                GetClusterPowerResponse.newBuilder()
                        .setPower(PowerMessages.cluster(inventory.snapshot(), found))
                        .build());
    }

    @Override
    public void updateClusterPower(
            UpdateClusterPowerRequest request, StreamObserver<UpdateClusterPowerResponse> answer) {
        var wish = new PowerAdmin.ClusterWish(
                PowerMessages.level(request.getLevel()),
                request.getUseTargetPercent(),
                request.hasUseTolerancePercent() ? Integer.valueOf(request.getUseTolerancePercent()) : null,
                request.getHostsMin(),
                request.hasStateSeconds() ? Integer.valueOf(request.getStateSeconds()) : null,
                request.hasCpuMhzMin() ? Long.valueOf(request.getCpuMhzMin()) : null,
                request.hasMemoryBytesMin() ? Long.valueOf(request.getMemoryBytesMin()) : null);
        var changed = power.admin().update(Caller.current().userName(), request.getCluster(), wish);
        Answers.one(
                answer,
                UpdateClusterPowerResponse.newBuilder()
                        .setPower(PowerMessages.cluster(inventory.snapshot(), changed))
                        .build());
    }

    @Override
    public void listHostPower(ListHostPowerRequest request, StreamObserver<ListHostPowerResponse> answer) {
        var response = ListHostPowerResponse.newBuilder();
        power.admin().hosts(request.getParent()).forEach(view -> response.addHosts(PowerMessages.host(view)));
        Answers.one(answer, response.build());
    }

    @Override
    public void updateHostPower(UpdateHostPowerRequest request, StreamObserver<UpdateHostPowerResponse> answer) {
        var wish = new PowerAdmin.HostWish(
                PowerMessages.method(request.getMethod()),
                request.hasAddress() ? request.getAddress() : null,
                request.hasUserName() ? request.getUserName() : null,
                request.hasPassword() ? request.getPassword() : null,
                request.hasTrust() ? request.getTrust() : null,
                request.hasMacAddress() ? request.getMacAddress() : null,
                PowerMessages.level(request.getOverrideLevel()),
                request.getClearOverride());
        var changed = power.admin().updateHost(Caller.current().userName(), request.getHost(), wish);
        Answers.one(
                answer,
                UpdateHostPowerResponse.newBuilder()
                        .setPower(PowerMessages.host(changed))
                        .build());
    }

    @Override
    public void planStandby(PlanStandbyRequest request, StreamObserver<PlanStandbyResponse> answer) {
        Standby.Plan plan = power.standby().plan(request.getHost());
        Answers.one(
                answer,
                PlanStandbyResponse.newBuilder()
                        .setPlan(EvacuationMessages.plan(inventory.snapshot(), plan.evacuation(), maintenance))
                        .setRefusal(plan.refusal())
                        .build());
    }

    @Override
    public void enterStandby(EnterStandbyRequest request, StreamObserver<EnterStandbyResponse> answer) {
        var task = power.standby().enter(Caller.current().asking(request.getRequestId()), request.getHost());
        Answers.one(
                answer,
                EnterStandbyResponse.newBuilder().setTask(TaskMessages.of(task)).build());
    }

    @Override
    public void exitStandby(ExitStandbyRequest request, StreamObserver<ExitStandbyResponse> answer) {
        var task = power.standby().exit(Caller.current().asking(request.getRequestId()), request.getHost());
        Answers.one(
                answer,
                ExitStandbyResponse.newBuilder().setTask(TaskMessages.of(task)).build());
    }

    @Override
    public void testWake(TestWakeRequest request, StreamObserver<TestWakeResponse> answer) {
        var task = power.standby().test(Caller.current().asking(request.getRequestId()), request.getHost());
        Answers.one(
                answer,
                TestWakeResponse.newBuilder().setTask(TaskMessages.of(task)).build());
    }

    @Override
    public void listPowerRecommendations(
            ListPowerRecommendationsRequest request, StreamObserver<ListPowerRecommendationsResponse> answer) {
        var response = ListPowerRecommendationsResponse.newBuilder();
        power.passes().last(request.getCluster()).ifPresent(pass -> response.setPass(message(pass)));
        Answers.one(answer, response.build());
    }

    @Override
    public void applyPowerRecommendations(
            ApplyPowerRecommendationsRequest request, StreamObserver<ApplyPowerRecommendationsResponse> answer) {
        PowerPass pass = power.passes()
                .apply(Caller.current().userName(), request.getCluster(), Set.copyOf(request.getIdsList()));
        Answers.one(
                answer,
                ApplyPowerRecommendationsResponse.newBuilder()
                        .setPass(message(pass))
                        .build());
    }

    @Override
    public void runPowerPass(RunPowerPassRequest request, StreamObserver<RunPowerPassResponse> answer) {
        PowerPass pass = power.passes().run(Caller.current().userName(), request.getCluster());
        Answers.one(
                answer, RunPowerPassResponse.newBuilder().setPass(message(pass)).build());
    }

    private dev.sternpost.proto.power.v1.PowerPass message(PowerPass pass) {
        return PowerMessages.pass(inventory.snapshot(), pass);
    }
}
