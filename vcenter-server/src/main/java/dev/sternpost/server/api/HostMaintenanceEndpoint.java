package dev.sternpost.server.api;

import dev.sternpost.drs.maintenance.EvacuationPlan;
import dev.sternpost.drs.recommendation.VmMove;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.ManagedObjectId;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.proto.host.v1.EnterMaintenanceRequest;
import dev.sternpost.proto.host.v1.EnterMaintenanceResponse;
import dev.sternpost.proto.host.v1.ExitMaintenanceRequest;
import dev.sternpost.proto.host.v1.ExitMaintenanceResponse;
import dev.sternpost.proto.host.v1.GetMaintenancePlanRequest;
import dev.sternpost.proto.host.v1.GetMaintenancePlanResponse;
import dev.sternpost.proto.host.v1.HostMaintenanceServiceGrpc;
import dev.sternpost.proto.host.v1.MaintenanceBlock;
import dev.sternpost.proto.host.v1.MaintenanceMove;
import dev.sternpost.proto.host.v1.MaintenancePlan;
import dev.sternpost.proto.host.v1.PauseMaintenanceRequest;
import dev.sternpost.proto.host.v1.PauseMaintenanceResponse;
import dev.sternpost.proto.host.v1.SetHostQuarantineRequest;
import dev.sternpost.proto.host.v1.SetHostQuarantineResponse;
import dev.sternpost.server.cluster.PlannedRules;
import dev.sternpost.server.maintenance.Maintenance;
import dev.sternpost.task.TaskView;
import io.grpc.stub.StreamObserver;

/** Taking hosts out of use and back. */
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
    public void getMaintenancePlan(
            GetMaintenancePlanRequest request, StreamObserver<GetMaintenancePlanResponse> answer) {
        EvacuationPlan plan = maintenance.plan(request.getHost(), request.getMovePoweredOff());
        MaintenancePlan.Builder message = plan(inventory.snapshot(), plan);
        maintenance.staying(plan).stream().map(VirtualMachine::name).forEach(message::addStaying);
        Answers.one(
                answer, GetMaintenancePlanResponse.newBuilder().setPlan(message).build());
    }

    private static MaintenancePlan.Builder plan(InventorySnapshot snapshot, EvacuationPlan plan) {
        MaintenancePlan.Builder message = MaintenancePlan.newBuilder()
                .setHostId(plan.hostId().value())
                .setHostName(name(snapshot, plan.hostId()))
                .setEtaSeconds(plan.etaSeconds());
        plan.moves()
                .forEach(move -> message.addMoves(move(snapshot, move.move())
                        .setLive(true)
                        .setMakesRoom(move.makesRoom())
                        .setStartSeconds(move.startSeconds())
                        .setEndSeconds(move.endSeconds())));
        plan.registrations().forEach(move -> message.addMoves(move(snapshot, move)));
        plan.blocked()
                .forEach(blocked -> message.addBlocked(MaintenanceBlock.newBuilder()
                        .setVmId(blocked.vmId().value())
                        .setVmName(name(snapshot, blocked.vmId()))
                        .setReason(PlannedRules.named(snapshot, blocked.reason()))
                        .setRemedy(PlannedRules.named(snapshot, blocked.remedy()))));
        return message;
    }

    private static MaintenanceMove.Builder move(InventorySnapshot snapshot, VmMove move) {
        return MaintenanceMove.newBuilder()
                .setVmId(move.vmId().value())
                .setVmName(name(snapshot, move.vmId()))
                .setFromHostId(move.fromHostId().value())
                .setFromHostName(name(snapshot, move.fromHostId()))
                .setToHostId(move.toHostId().value())
                .setToHostName(name(snapshot, move.toHostId()));
    }

    /** What has gone meanwhile is told by its id. */
    private static String name(InventorySnapshot snapshot, ManagedObjectId id) {
        return snapshot.find(id).map(ManagedObject::name).orElse(id.value());
    }

    @Override
    public void enterMaintenance(EnterMaintenanceRequest request, StreamObserver<EnterMaintenanceResponse> answer) {
        TaskView task = maintenance.enter(
                Caller.current().asking(request.getRequestId()), request.getHost(), request.getMovePoweredOff());
        Answers.one(
                answer,
                EnterMaintenanceResponse.newBuilder()
                        .setTask(TaskMessages.of(task))
                        .build());
    }

    @Override
    public void exitMaintenance(ExitMaintenanceRequest request, StreamObserver<ExitMaintenanceResponse> answer) {
        TaskView task = maintenance.exit(
                Caller.current().asking(request.getRequestId()), request.getHost(), request.getRestore());
        Answers.one(
                answer,
                ExitMaintenanceResponse.newBuilder()
                        .setTask(TaskMessages.of(task))
                        .build());
    }

    @Override
    public void pauseMaintenance(PauseMaintenanceRequest request, StreamObserver<PauseMaintenanceResponse> answer) {
        HostId id = maintenance
                .pause(Caller.current().userName(), request.getHost(), request.getPaused())
                .id();
        InventorySnapshot snapshot = inventory.snapshot();
        Answers.one(
                answer,
                PauseMaintenanceResponse.newBuilder()
                        .setHost(messages.host(snapshot, snapshot.get(id)))
                        .build());
    }

    @Override
    public void setHostQuarantine(SetHostQuarantineRequest request, StreamObserver<SetHostQuarantineResponse> answer) {
        HostId id = maintenance
                .quarantine(Caller.current().userName(), request.getHost(), request.getQuarantined())
                .id();
        InventorySnapshot snapshot = inventory.snapshot();
        Host host = snapshot.get(id);
        Answers.one(
                answer,
                SetHostQuarantineResponse.newBuilder()
                        .setHost(messages.host(snapshot, host))
                        .build());
    }
}
