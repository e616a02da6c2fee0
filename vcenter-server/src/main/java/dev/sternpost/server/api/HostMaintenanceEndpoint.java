package dev.sternpost.server.api;

import dev.sternpost.drs.maintenance.EvacuationPlan;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.proto.host.v1.EnterMaintenanceRequest;
import dev.sternpost.proto.host.v1.EnterMaintenanceResponse;
import dev.sternpost.proto.host.v1.ExitMaintenanceRequest;
import dev.sternpost.proto.host.v1.ExitMaintenanceResponse;
import dev.sternpost.proto.host.v1.HostMaintenanceServiceGrpc;
import dev.sternpost.proto.host.v1.PauseMaintenanceRequest;
import dev.sternpost.proto.host.v1.PauseMaintenanceResponse;
import dev.sternpost.proto.host.v1.PlanMaintenanceRequest;
import dev.sternpost.proto.host.v1.PlanMaintenanceResponse;
import dev.sternpost.proto.host.v1.SetQuarantineRequest;
import dev.sternpost.proto.host.v1.SetQuarantineResponse;
import dev.sternpost.server.maintenance.Maintenance;
import dev.sternpost.task.TaskView;
import io.grpc.stub.StreamObserver;

/** Hosts out of use and back. */
final class HostMaintenanceEndpoint extends HostMaintenanceServiceGrpc.HostMaintenanceServiceImplBase {
    private final Inventory inventory;
    private final Maintenance maintenance;
    private final ObjectMessages messages;

    HostMaintenanceEndpoint(Inventory inventory, Maintenance maintenance, ObjectMessages messages) {
        this.inventory = inventory;
        this.maintenance = maintenance;
        this.messages = messages;
    }

    @Override
    public void planMaintenance(PlanMaintenanceRequest request, StreamObserver<PlanMaintenanceResponse> answer) {
        EvacuationPlan plan = maintenance.plan(request.getHost(), request.getMovePoweredOff());
        Answers.one(
                answer,
                PlanMaintenanceResponse.newBuilder()
                        .setPlan(EvacuationMessages.plan(inventory.snapshot(), plan, maintenance))
                        .build());
    }

    @Override
    public void enterMaintenance(EnterMaintenanceRequest request, StreamObserver<EnterMaintenanceResponse> answer) {
        TaskView task = maintenance.enter(
                Caller.current().asking(request.getRequestId()),
                new Maintenance.EnterRequest(
                        request.getHost(), request.getMovePoweredOff(), request.getWaitForBlocked()));
        Answers.one(
                answer,
                EnterMaintenanceResponse.newBuilder()
                        .setTask(TaskMessages.of(task))
                        .build());
    }

    @Override
    public void pauseMaintenance(PauseMaintenanceRequest request, StreamObserver<PauseMaintenanceResponse> answer) {
        Host host = maintenance.pause(Caller.current().userName(), request.getHost(), request.getPaused());
        Answers.one(
                answer,
                PauseMaintenanceResponse.newBuilder()
                        .setHost(messages.host(inventory.snapshot(), host))
                        .build());
    }

    @Override
    public void exitMaintenance(ExitMaintenanceRequest request, StreamObserver<ExitMaintenanceResponse> answer) {
        Maintenance.Exit exit = maintenance.exit(
                Caller.current().asking(request.getRequestId()), request.getHost(), request.getRestore());
        ExitMaintenanceResponse.Builder response =
                ExitMaintenanceResponse.newBuilder().setTask(TaskMessages.of(exit.exit()));
        TaskView restore = exit.restore();
        if (restore != null) {
            response.setRestoreTask(TaskMessages.of(restore));
        }
        Answers.one(answer, response.build());
    }

    @Override
    public void setQuarantine(SetQuarantineRequest request, StreamObserver<SetQuarantineResponse> answer) {
        Host host = maintenance.quarantine(Caller.current().userName(), request.getHost(), request.getQuarantined());
        Answers.one(
                answer,
                SetQuarantineResponse.newBuilder()
                        .setHost(messages.host(inventory.snapshot(), host))
                        .build());
    }
}
