package dev.sternpost.sdk.fake;

import com.google.protobuf.ByteString;
import dev.sternpost.proto.inventory.v1.ManagedObject;
import dev.sternpost.proto.inventory.v1.ObjectKind;
import dev.sternpost.proto.task.v1.DowntimeSource;
import dev.sternpost.proto.task.v1.MigrationPhase;
import dev.sternpost.proto.task.v1.MigrationProgress;
import dev.sternpost.proto.task.v1.PrecopyRound;
import dev.sternpost.proto.task.v1.Task;
import dev.sternpost.proto.virtualmachine.v1.*;
import dev.sternpost.proto.virtualmachine.v1.VirtualMachineServiceGrpc.VirtualMachineServiceImplBase;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

final class FakeVirtualMachineService extends VirtualMachineServiceImplBase {
    static final List<String> PHASES = List.of(
            "Shadow VM created on the target",
            "Dirty bitmap started at the source",
            "Memory copied",
            "Bitmap copied, guest stopped",
            "Guest running on the target",
            "MAC address announced at the new port",
            "VM deleted at the source");
    private static final List<String> MIGRATION_STEPS = List.of(
            "await-turn",
            "reserve-target",
            "prepare-target",
            "start-precopy",
            "switch-over",
            "flip-owner",
            "activate-target",
            "announce",
            "release-source",
            "release-reservation");

    private final FakeDatacenter datacenter;
    private int created;

    FakeVirtualMachineService(FakeDatacenter datacenter) {
        this.datacenter = datacenter;
    }

    private ManagedObject vm(String reference) {
        return datacenter.resolve(reference, ObjectKind.OBJECT_KIND_VIRTUAL_MACHINE);
    }

    @Override
    public void getVirtualMachine(GetVirtualMachineRequest request, StreamObserver<GetVirtualMachineResponse> answer) {
        FakeReply.send(
                answer,
                () -> GetVirtualMachineResponse.newBuilder()
                        .setVm(vm(request.getVm()).getVirtualMachine())
                        .build());
    }

    @Override
    public void listVirtualMachines(
            ListVirtualMachinesRequest request, StreamObserver<ListVirtualMachinesResponse> answer) {
        FakeReply.send(answer, () -> {
            List<VirtualMachine> all = datacenter.objects().stream()
                    .filter(ManagedObject::hasVirtualMachine)
                    .map(ManagedObject::getVirtualMachine)
                    .toList();
            int from = request.getPageToken().isEmpty() ? 0 : Integer.parseInt(request.getPageToken());
            int size = Math.min(1_000, request.getPageSize() == 0 ? 100 : request.getPageSize());
            int to = Math.min(all.size(), from + size);
            return ListVirtualMachinesResponse.newBuilder()
                    .addAllVms(all.subList(from, to))
                    .setNextPageToken(to < all.size() ? String.valueOf(to) : "")
                    .build();
        });
    }

    @Override
    public void createVirtualMachine(
            CreateVirtualMachineRequest request, StreamObserver<CreateVirtualMachineResponse> answer) {
        FakeReply.send(
                answer,
                () -> CreateVirtualMachineResponse.newBuilder()
                        .setTask(create(request))
                        .build());
    }

    private Task create(CreateVirtualMachineRequest request) {
        synchronized (datacenter) {
            for (Task known : datacenter.tasks().all()) {
                if (known.getRequestId().equals(request.getRequestId())) {
                    return known;
                }
            }
            String folder = request.getFolder().isEmpty()
                    ? FakeDatacenter.VM_FOLDER
                    : datacenter.resolve(request.getFolder()).getId();
            datacenter.nameMustBeFree(folder, request.getName());
            VirtualMachineConfig config = request.getConfig();
            if (!request.getTemplate().isEmpty()) {
                VirtualMachine template = vm(request.getTemplate()).getVirtualMachine();
                config = template.getConfig().toBuilder()
                        .mergeFrom(config.toBuilder().clearDisks().clearNics().build())
                        .build();
            }
            int host = created++ % 3;
            String id = datacenter.newId("vm-");
            ManagedObject.Builder base =
                    datacenter.base(id, ObjectKind.OBJECT_KIND_VIRTUAL_MACHINE, request.getName(), folder);
            VirtualMachine made = VirtualMachine.newBuilder()
                    .setId(id)
                    .setName(request.getName())
                    .setParentId(folder)
                    .setPath(base.getPath())
                    .setVersion(1)
                    .setUuid("bbbbbbbb-0000-0000-0000-0000000000" + id.substring("vm-".length()))
                    .setConfig(config)
                    .setPowerState(PowerState.POWER_STATE_POWERED_OFF)
                    .setHostId("host-" + (12 + host))
                    .setHostName("host-" + (1 + host))
                    .setResourcePoolId(FakeDatacenter.POOL)
                    .setDatastoreId(FakeDatacenter.DATASTORE)
                    .setDirectory(request.getName())
                    .setStatus(dev.sternpost.proto.type.v1.OverallStatus.OVERALL_STATUS_GREEN)
                    .build();
            ManagedObject subject = base.setVirtualMachine(made).build();
            return file(
                    "create",
                    subject,
                    request.getRequestId(),
                    List.of("decide-placement", "create-files", "register"),
                    id,
                    null,
                    () -> {
                        datacenter.putVm(made);
                        if (request.getPowerOn()) {
                            powerOn(id);
                        }
                    });
        }
    }

    private Task file(
            String verb,
            ManagedObject subject,
            String requestId,
            List<String> steps,
            String resultId,
            @Nullable MigrationProgress migration,
            Runnable effect) {
        // The task's id is only known afterwards; events of the fake name the task by what it will be.
        return datacenter
                .tasks()
                .file(new FakeTasks.Plan(
                        "VirtualMachine." + verb, subject, requestId, steps, resultId, migration, () -> {
                            effect.run();
                            datacenter.event(
                                    "Vm" + Character.toUpperCase(verb.charAt(0)) + verb.substring(1) + "Event",
                                    subject,
                                    "",
                                    "%s: %s.".formatted(subject.getName(), verb));
                        }));
    }

    private Task power(String reference, String requestId, String verb, PowerState from, Runnable effect) {
        ManagedObject vm = vm(reference);
        PowerState now = vm.getVirtualMachine().getPowerState();
        if (now != from) {
            throw FakeFaults.conflict(
                    "VM_WRONG_POWER_STATE",
                    200,
                    "%s is %s; %s needs it %s".formatted(vm.getName(), word(now), verb, word(from)),
                    vm.getId());
        }
        return file(verb, vm, requestId, List.of("record-intent", "tell-host"), "", null, effect);
    }

    private static String word(PowerState state) {
        return switch (state) {
            case POWER_STATE_POWERED_ON -> "powered on";
            case POWER_STATE_POWERED_OFF -> "powered off";
            case POWER_STATE_SUSPENDED -> "suspended";
            case POWER_STATE_UNSPECIFIED, UNRECOGNIZED -> "unknown";
        };
    }

    private void powerOn(String id) {
        datacenter.changeVm(
                id,
                vm -> vm.setPowerState(PowerState.POWER_STATE_POWERED_ON)
                        .setGeneration(vm.getGeneration() + 1)
                        .setBootTime(datacenter.time())
                        .setGuest(GuestInfo.newBuilder()
                                .setToolsState(GuestToolsState.GUEST_TOOLS_STATE_RUNNING)
                                .setHostName(vm.getName())
                                .setOsName("Linux")
                                .addIpAddresses("10.77.0." + (80 + Integer.parseInt(id.substring("vm-".length()))))));
    }

    private void powerState(String id, PowerState state) {
        datacenter.changeVm(
                id,
                vm -> vm.setPowerState(state)
                        .setGeneration(vm.getGeneration() + 1)
                        .clearBootTime()
                        .clearGuest());
    }

    @Override
    public void powerOnVirtualMachine(
            PowerOnVirtualMachineRequest request, StreamObserver<PowerOnVirtualMachineResponse> answer) {
        FakeReply.send(answer, () -> {
            ManagedObject vm = vm(request.getVm());
            PowerState from = vm.getVirtualMachine().getPowerState() == PowerState.POWER_STATE_SUSPENDED
                    ? PowerState.POWER_STATE_SUSPENDED
                    : PowerState.POWER_STATE_POWERED_OFF;
            return PowerOnVirtualMachineResponse.newBuilder()
                    .setTask(power(request.getVm(), request.getRequestId(), "powerOn", from, () -> powerOn(vm.getId())))
                    .build();
        });
    }

    @Override
    public void powerOffVirtualMachine(
            PowerOffVirtualMachineRequest request, StreamObserver<PowerOffVirtualMachineResponse> answer) {
        FakeReply.send(answer, () -> {
            String id = vm(request.getVm()).getId();
            return PowerOffVirtualMachineResponse.newBuilder()
                    .setTask(power(
                            request.getVm(),
                            request.getRequestId(),
                            "powerOff",
                            PowerState.POWER_STATE_POWERED_ON,
                            () -> powerState(id, PowerState.POWER_STATE_POWERED_OFF)))
                    .build();
        });
    }

    @Override
    public void shutdownGuest(ShutdownGuestRequest request, StreamObserver<ShutdownGuestResponse> answer) {
        FakeReply.send(answer, () -> {
            String id = vm(request.getVm()).getId();
            return ShutdownGuestResponse.newBuilder()
                    .setTask(power(
                            request.getVm(),
                            request.getRequestId(),
                            "shutdownGuest",
                            PowerState.POWER_STATE_POWERED_ON,
                            () -> powerState(id, PowerState.POWER_STATE_POWERED_OFF)))
                    .build();
        });
    }

    @Override
    public void resetVirtualMachine(
            ResetVirtualMachineRequest request, StreamObserver<ResetVirtualMachineResponse> answer) {
        FakeReply.send(
                answer,
                () -> ResetVirtualMachineResponse.newBuilder()
                        .setTask(power(
                                request.getVm(),
                                request.getRequestId(),
                                "reset",
                                PowerState.POWER_STATE_POWERED_ON,
                                () -> {}))
                        .build());
    }

    @Override
    public void suspendVirtualMachine(
            SuspendVirtualMachineRequest request, StreamObserver<SuspendVirtualMachineResponse> answer) {
        FakeReply.send(answer, () -> {
            String id = vm(request.getVm()).getId();
            return SuspendVirtualMachineResponse.newBuilder()
                    .setTask(power(
                            request.getVm(),
                            request.getRequestId(),
                            "suspend",
                            PowerState.POWER_STATE_POWERED_ON,
                            () -> powerState(id, PowerState.POWER_STATE_SUSPENDED)))
                    .build();
        });
    }

    @Override
    public void deleteVirtualMachine(
            DeleteVirtualMachineRequest request, StreamObserver<DeleteVirtualMachineResponse> answer) {
        FakeReply.send(answer, () -> {
            String id = vm(request.getVm()).getId();
            return DeleteVirtualMachineResponse.newBuilder()
                    .setTask(power(
                            request.getVm(),
                            request.getRequestId(),
                            "delete",
                            PowerState.POWER_STATE_POWERED_OFF,
                            () -> datacenter.remove(id)))
                    .build();
        });
    }

    @Override
    public void unregisterVirtualMachine(
            UnregisterVirtualMachineRequest request, StreamObserver<UnregisterVirtualMachineResponse> answer) {
        FakeReply.send(answer, () -> {
            String id = vm(request.getVm()).getId();
            return UnregisterVirtualMachineResponse.newBuilder()
                    .setTask(power(
                            request.getVm(),
                            request.getRequestId(),
                            "unregister",
                            PowerState.POWER_STATE_POWERED_OFF,
                            () -> datacenter.remove(id)))
                    .build();
        });
    }

    @Override
    public void registerVirtualMachine(
            RegisterVirtualMachineRequest request, StreamObserver<RegisterVirtualMachineResponse> answer) {
        FakeReply.send(
                answer,
                () -> RegisterVirtualMachineResponse.newBuilder()
                        .setTask(create(CreateVirtualMachineRequest.newBuilder()
                                .setName(request.getName().isEmpty() ? request.getDirectory() : request.getName())
                                .setRequestId(request.getRequestId())
                                .build()))
                        .build());
    }

    @Override
    public void reconfigureVirtualMachine(
            ReconfigureVirtualMachineRequest request, StreamObserver<ReconfigureVirtualMachineResponse> answer) {
        FakeReply.send(answer, () -> {
            String id = vm(request.getVm()).getId();
            return ReconfigureVirtualMachineResponse.newBuilder()
                    .setTask(power(
                            request.getVm(),
                            request.getRequestId(),
                            "reconfigure",
                            PowerState.POWER_STATE_POWERED_OFF,
                            () -> datacenter.changeVm(
                                    id,
                                    vm -> vm.setConfig(
                                            vm.getConfig().toBuilder().mergeFrom(request.getConfig())))))
                    .build();
        });
    }

    @Override
    public void renameVirtualMachine(
            RenameVirtualMachineRequest request, StreamObserver<RenameVirtualMachineResponse> answer) {
        FakeReply.send(answer, () -> {
            ManagedObject vm = vm(request.getVm());
            datacenter.nameMustBeFree(vm.getParentId(), request.getName());
            return RenameVirtualMachineResponse.newBuilder()
                    .setTask(file(
                            "rename",
                            vm,
                            request.getRequestId(),
                            List.of("rename"),
                            "",
                            null,
                            () -> datacenter.changeVm(
                                    vm.getId(),
                                    changed -> changed.setName(request.getName())
                                            .setPath("/DC0/vm/" + request.getName()))))
                    .build();
        });
    }

    @Override
    public void migrateVirtualMachine(
            MigrateVirtualMachineRequest request, StreamObserver<MigrateVirtualMachineResponse> answer) {
        FakeReply.send(
                answer,
                () -> MigrateVirtualMachineResponse.newBuilder()
                        .setTask(migrate(request))
                        .build());
    }

    @Override
    public void checkMigration(CheckMigrationRequest request, StreamObserver<CheckMigrationResponse> answer) {
        FakeReply.send(
                answer, () -> FakeForecast.of(datacenter, vm(request.getVm()).getVirtualMachine()));
    }

    private Task migrate(MigrateVirtualMachineRequest request) {
        ManagedObject subject = vm(request.getVm());
        VirtualMachine vm = subject.getVirtualMachine();
        int next = 12 + (Integer.parseInt(vm.getHostId().substring("host-".length())) - 12 + 1) % 3;
        ManagedObject target = request.getHost().isEmpty()
                ? datacenter.object("host-" + next)
                : datacenter.resolve(request.getHost(), ObjectKind.OBJECT_KIND_HOST);
        if (target.getId().equals(vm.getHostId())) {
            throw FakeFaults.conflict(
                    "HOST_INCOMPATIBLE",
                    401,
                    "%s runs on %s already; choose another host".formatted(vm.getName(), target.getName()),
                    target.getId());
        }
        Runnable effect = () -> datacenter.changeVm(
                vm.getId(),
                moved -> moved.setHostId(target.getId())
                        .setHostName(target.getName())
                        .setGeneration(moved.getGeneration() + 1));
        if (vm.getPowerState() != PowerState.POWER_STATE_POWERED_ON) {
            return file("migrate", subject, request.getRequestId(), List.of("flip-owner"), "", null, effect);
        }
        return file(
                "migrate",
                subject,
                request.getRequestId(),
                MIGRATION_STEPS,
                "",
                progress(vm.getHostId(), target.getId()),
                effect);
    }

    private static MigrationProgress progress(String source, String target) {
        MigrationProgress.Builder progress = MigrationProgress.newBuilder()
                .setSourceHostId(source)
                .setTargetHostId(target)
                .setDowntimeLimitMs(300)
                .addRounds(round(1, 134_217_728L, 8_388_608L, 4_194_304L, 1_250))
                .addRounds(round(2, 8_388_608L, 262_144L, 3_145_728L, 84))
                .setSentBytes(142_868_480L)
                .setDowntimeMs(38.4)
                .setDowntimeSource(DowntimeSource.DOWNTIME_SOURCE_GUEST_TICKER)
                .setTotalMs(1_410);
        for (int i = 0; i < PHASES.size(); i++) {
            progress.addPhases(MigrationPhase.newBuilder()
                    .setNumber(i + 1)
                    .setName(PHASES.get(i))
                    .setDone(true));
        }
        return progress.build();
    }

    private static PrecopyRound round(int number, long sent, long remaining, long rate, long millis) {
        return PrecopyRound.newBuilder()
                .setNumber(number)
                .setSentBytes(sent)
                .setRemainingBytes(remaining)
                .setDirtyRateBytesPerSecond(rate)
                .setDurationMs(millis)
                .build();
    }

    @Override
    public void runGuestProgram(RunGuestProgramRequest request, StreamObserver<RunGuestProgramResponse> answer) {
        FakeReply.send(answer, () -> {
            ManagedObject vm = vm(request.getVm());
            if (vm.getVirtualMachine().getPowerState() != PowerState.POWER_STATE_POWERED_ON) {
                throw FakeFaults.conflict(
                        "VM_WRONG_POWER_STATE", 200, vm.getName() + " is powered off; power it on first", vm.getId());
            }
            return FakeGuest.run(request.getProgram(), request.getArgumentsList());
        });
    }

    @Override
    public void readConsoleLog(ReadConsoleLogRequest request, StreamObserver<ReadConsoleLogResponse> answer) {
        FakeReply.send(answer, () -> {
            ManagedObject vm = vm(request.getVm());
            String log = "[    0.000000] Linux version 6.1\n[    1.250000] Run /init as init process\n"
                    + "Sternpost guest ready, ip=%s, uptime=2.1\n"
                            .formatted(vm.getVirtualMachine().getGuest().getIpAddressesList().stream()
                                    .findFirst()
                                    .orElse("none"));
            byte[] bytes = log.getBytes(StandardCharsets.UTF_8);
            long wanted = request.getTailBytes() == 0 ? 16_384 : request.getTailBytes();
            int from = (int) Math.max(0, bytes.length - wanted);
            return ReadConsoleLogResponse.newBuilder()
                    .setContent(ByteString.copyFrom(bytes, from, bytes.length - from))
                    .setTotalBytes(bytes.length)
                    .build();
        });
    }

    @Override
    public void captureScreen(CaptureScreenRequest request, StreamObserver<CaptureScreenResponse> answer) {
        FakeReply.send(answer, () -> {
            vm(request.getVm());
            return CaptureScreenResponse.newBuilder()
                    .setPng(ByteString.copyFrom(new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10}))
                    .build();
        });
    }
}
