package dev.sternpost.server.api;

import com.google.protobuf.ByteString;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.proto.virtualmachine.v1.CaptureScreenRequest;
import dev.sternpost.proto.virtualmachine.v1.CaptureScreenResponse;
import dev.sternpost.proto.virtualmachine.v1.CheckMigrationRequest;
import dev.sternpost.proto.virtualmachine.v1.CheckMigrationResponse;
import dev.sternpost.proto.virtualmachine.v1.CreateVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.CreateVirtualMachineResponse;
import dev.sternpost.proto.virtualmachine.v1.DeleteVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.DeleteVirtualMachineResponse;
import dev.sternpost.proto.virtualmachine.v1.GetVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.GetVirtualMachineResponse;
import dev.sternpost.proto.virtualmachine.v1.ListVirtualMachinesRequest;
import dev.sternpost.proto.virtualmachine.v1.ListVirtualMachinesResponse;
import dev.sternpost.proto.virtualmachine.v1.MigrateVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.MigrateVirtualMachineResponse;
import dev.sternpost.proto.virtualmachine.v1.MigrateVirtualMachinesRequest;
import dev.sternpost.proto.virtualmachine.v1.MigrateVirtualMachinesResponse;
import dev.sternpost.proto.virtualmachine.v1.PowerOffVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.PowerOffVirtualMachineResponse;
import dev.sternpost.proto.virtualmachine.v1.PowerOnVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.PowerOnVirtualMachineResponse;
import dev.sternpost.proto.virtualmachine.v1.ReadConsoleLogRequest;
import dev.sternpost.proto.virtualmachine.v1.ReadConsoleLogResponse;
import dev.sternpost.proto.virtualmachine.v1.ReconfigureVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.ReconfigureVirtualMachineResponse;
import dev.sternpost.proto.virtualmachine.v1.RegisterVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.RegisterVirtualMachineResponse;
import dev.sternpost.proto.virtualmachine.v1.RenameVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.RenameVirtualMachineResponse;
import dev.sternpost.proto.virtualmachine.v1.ResetVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.ResetVirtualMachineResponse;
import dev.sternpost.proto.virtualmachine.v1.RunGuestProgramRequest;
import dev.sternpost.proto.virtualmachine.v1.RunGuestProgramResponse;
import dev.sternpost.proto.virtualmachine.v1.ShutdownGuestRequest;
import dev.sternpost.proto.virtualmachine.v1.ShutdownGuestResponse;
import dev.sternpost.proto.virtualmachine.v1.SuspendVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.SuspendVirtualMachineResponse;
import dev.sternpost.proto.virtualmachine.v1.UnregisterVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.UnregisterVirtualMachineResponse;
import dev.sternpost.proto.virtualmachine.v1.VirtualMachineServiceGrpc;
import dev.sternpost.server.host.HostPayload;
import dev.sternpost.server.migration.Moves;
import dev.sternpost.server.virtualmachine.GuestAccess;
import dev.sternpost.server.virtualmachine.VirtualMachines;
import dev.sternpost.task.TaskView;
import io.grpc.stub.StreamObserver;

/** Virtual machines: their life and their moves. */
final class VirtualMachineEndpoint extends VirtualMachineServiceGrpc.VirtualMachineServiceImplBase {
    private final Inventory inventory;
    private final VirtualMachines vms;
    private final GuestAccess guests;
    private final Moves moves;
    private final ObjectMessages messages;
    private final ObjectPages pages;

    VirtualMachineEndpoint(
            Inventory inventory,
            VirtualMachines vms,
            GuestAccess guests,
            Moves moves,
            ObjectMessages messages,
            ObjectPages pages) {
        this.inventory = inventory;
        this.vms = vms;
        this.guests = guests;
        this.moves = moves;
        this.messages = messages;
        this.pages = pages;
    }

    private static dev.sternpost.server.work.Caller caller(String requestId) {
        return Caller.current().asking(requestId);
    }

    @Override
    public void getVirtualMachine(GetVirtualMachineRequest request, StreamObserver<GetVirtualMachineResponse> answer) {
        InventorySnapshot snapshot = inventory.snapshot();
        VirtualMachine vm = snapshot.resolve(request.getVm(), VirtualMachine.class);
        Answers.one(
                answer,
                GetVirtualMachineResponse.newBuilder()
                        .setVm(messages.vm(snapshot, vm))
                        .build());
    }

    @Override
    public void listVirtualMachines(
            ListVirtualMachinesRequest request, StreamObserver<ListVirtualMachinesResponse> answer) {
        var query = new ObjectPages.Query(
                "ListVirtualMachines", request.getPageSize(), request.getPageToken(), request.getParent(), false);
        var page = pages.page(query, VirtualMachine.class, vm -> true);
        ListVirtualMachinesResponse.Builder response =
                ListVirtualMachinesResponse.newBuilder().setNextPageToken(page.nextToken());
        page.objects().forEach(vm -> response.addVms(messages.vm(page.snapshot(), vm)));
        Answers.one(answer, response.build());
    }

    @Override
    public void createVirtualMachine(
            CreateVirtualMachineRequest request, StreamObserver<CreateVirtualMachineResponse> answer) {
        TaskView task = vms.create(caller(request.getRequestId()), VmRequests.create(request));
        Answers.one(
                answer,
                CreateVirtualMachineResponse.newBuilder()
                        .setTask(TaskMessages.of(task))
                        .build());
    }

    @Override
    public void registerVirtualMachine(
            RegisterVirtualMachineRequest request, StreamObserver<RegisterVirtualMachineResponse> answer) {
        TaskView task = vms.register(caller(request.getRequestId()), VmRequests.register(request));
        Answers.one(
                answer,
                RegisterVirtualMachineResponse.newBuilder()
                        .setTask(TaskMessages.of(task))
                        .build());
    }

    @Override
    public void reconfigureVirtualMachine(
            ReconfigureVirtualMachineRequest request, StreamObserver<ReconfigureVirtualMachineResponse> answer) {
        TaskView task = vms.reconfigure(caller(request.getRequestId()), VmRequests.reconfigure(request));
        Answers.one(
                answer,
                ReconfigureVirtualMachineResponse.newBuilder()
                        .setTask(TaskMessages.of(task))
                        .build());
    }

    @Override
    public void renameVirtualMachine(
            RenameVirtualMachineRequest request, StreamObserver<RenameVirtualMachineResponse> answer) {
        TaskView task = vms.rename(caller(request.getRequestId()), request.getVm(), request.getName());
        Answers.one(
                answer,
                RenameVirtualMachineResponse.newBuilder()
                        .setTask(TaskMessages.of(task))
                        .build());
    }

    @Override
    public void powerOnVirtualMachine(
            PowerOnVirtualMachineRequest request, StreamObserver<PowerOnVirtualMachineResponse> answer) {
        TaskView task = vms.powerOn(caller(request.getRequestId()), request.getVm());
        Answers.one(
                answer,
                PowerOnVirtualMachineResponse.newBuilder()
                        .setTask(TaskMessages.of(task))
                        .build());
    }

    @Override
    public void powerOffVirtualMachine(
            PowerOffVirtualMachineRequest request, StreamObserver<PowerOffVirtualMachineResponse> answer) {
        TaskView task = vms.powerOff(caller(request.getRequestId()), request.getVm());
        Answers.one(
                answer,
                PowerOffVirtualMachineResponse.newBuilder()
                        .setTask(TaskMessages.of(task))
                        .build());
    }

    @Override
    public void shutdownGuest(ShutdownGuestRequest request, StreamObserver<ShutdownGuestResponse> answer) {
        TaskView task = vms.shutdownGuest(
                caller(request.getRequestId()), request.getVm(), VmRequests.timeout(request.getTimeoutMs()));
        Answers.one(
                answer,
                ShutdownGuestResponse.newBuilder()
                        .setTask(TaskMessages.of(task))
                        .build());
    }

    @Override
    public void resetVirtualMachine(
            ResetVirtualMachineRequest request, StreamObserver<ResetVirtualMachineResponse> answer) {
        TaskView task = vms.reset(caller(request.getRequestId()), request.getVm());
        Answers.one(
                answer,
                ResetVirtualMachineResponse.newBuilder()
                        .setTask(TaskMessages.of(task))
                        .build());
    }

    @Override
    public void suspendVirtualMachine(
            SuspendVirtualMachineRequest request, StreamObserver<SuspendVirtualMachineResponse> answer) {
        TaskView task = vms.suspend(caller(request.getRequestId()), request.getVm());
        Answers.one(
                answer,
                SuspendVirtualMachineResponse.newBuilder()
                        .setTask(TaskMessages.of(task))
                        .build());
    }

    @Override
    public void deleteVirtualMachine(
            DeleteVirtualMachineRequest request, StreamObserver<DeleteVirtualMachineResponse> answer) {
        TaskView task = vms.delete(caller(request.getRequestId()), request.getVm());
        Answers.one(
                answer,
                DeleteVirtualMachineResponse.newBuilder()
                        .setTask(TaskMessages.of(task))
                        .build());
    }

    @Override
    public void unregisterVirtualMachine(
            UnregisterVirtualMachineRequest request, StreamObserver<UnregisterVirtualMachineResponse> answer) {
        TaskView task = vms.unregister(caller(request.getRequestId()), request.getVm());
        Answers.one(
                answer,
                UnregisterVirtualMachineResponse.newBuilder()
                        .setTask(TaskMessages.of(task))
                        .build());
    }

    @Override
    public void migrateVirtualMachine(
            MigrateVirtualMachineRequest request, StreamObserver<MigrateVirtualMachineResponse> answer) {
        dev.sternpost.server.work.Caller caller = caller(request.getRequestId());
        TaskView task = VmRequests.movesStorage(request)
                ? moves.storage().move(caller, VmRequests.moveStorage(request))
                : moves.hosts().migrate(caller, VmRequests.migrate(request));
        Answers.one(
                answer,
                MigrateVirtualMachineResponse.newBuilder()
                        .setTask(TaskMessages.of(task))
                        .build());
    }

    @Override
    public void migrateVirtualMachines(
            MigrateVirtualMachinesRequest request, StreamObserver<MigrateVirtualMachinesResponse> answer) {
        TaskView task = moves.many().move(caller(request.getRequestId()), VmRequests.migrateMany(request));
        Answers.one(
                answer,
                MigrateVirtualMachinesResponse.newBuilder()
                        .setTask(TaskMessages.of(task))
                        .build());
    }

    @Override
    public void checkMigration(CheckMigrationRequest request, StreamObserver<CheckMigrationResponse> answer) {
        Answers.one(answer, MigrationMessages.of(moves.hosts().check(VmRequests.check(request))));
    }

    @Override
    public void runGuestProgram(RunGuestProgramRequest request, StreamObserver<RunGuestProgramResponse> answer) {
        HostPayload.ProgramResult result = guests.runProgram(
                caller(""),
                request.getVm(),
                request.getProgram(),
                request.getArgumentsList(),
                VmRequests.timeout(request.getTimeoutMs()));
        Answers.one(
                answer,
                RunGuestProgramResponse.newBuilder()
                        .setExitCode(result.exitCode())
                        .setStandardOutput(ByteString.copyFrom(result.standardOutput()))
                        .setStandardError(ByteString.copyFrom(result.standardError()))
                        .build());
    }

    @Override
    public void readConsoleLog(ReadConsoleLogRequest request, StreamObserver<ReadConsoleLogResponse> answer) {
        HostPayload.ConsoleLog tail = guests.readConsole(request.getVm(), request.getTailBytes());
        Answers.one(
                answer,
                ReadConsoleLogResponse.newBuilder()
                        .setContent(ByteString.copyFrom(tail.content()))
                        .setTotalBytes(tail.totalBytes())
                        .build());
    }

    @Override
    public void captureScreen(CaptureScreenRequest request, StreamObserver<CaptureScreenResponse> answer) {
        HostPayload.Screen screen = guests.captureScreen(caller(""), request.getVm());
        Answers.one(
                answer,
                CaptureScreenResponse.newBuilder()
                        .setPng(ByteString.copyFrom(screen.png()))
                        .build());
    }
}
