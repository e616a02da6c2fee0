package dev.sternpost.server.agentlink;

import com.google.protobuf.ByteString;
import dev.sternpost.inventory.DiskProvisioning;
import dev.sternpost.inventory.Firmware;
import dev.sternpost.inventory.VirtualDisk;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.proto.agent.v1.AbortIncoming;
import dev.sternpost.proto.agent.v1.ActivateIncoming;
import dev.sternpost.proto.agent.v1.AdoptVm;
import dev.sternpost.proto.agent.v1.AnnounceVm;
import dev.sternpost.proto.agent.v1.ApplyAllocations;
import dev.sternpost.proto.agent.v1.Browse;
import dev.sternpost.proto.agent.v1.CancelFileMove;
import dev.sternpost.proto.agent.v1.CancelMigration;
import dev.sternpost.proto.agent.v1.Command;
import dev.sternpost.proto.agent.v1.CreateVm;
import dev.sternpost.proto.agent.v1.DeleteVm;
import dev.sternpost.proto.agent.v1.ForgetVm;
import dev.sternpost.proto.agent.v1.HandOverFiles;
import dev.sternpost.proto.agent.v1.MoveFiles;
import dev.sternpost.proto.agent.v1.PowerOffHost;
import dev.sternpost.proto.agent.v1.PowerOffVm;
import dev.sternpost.proto.agent.v1.PowerOnVm;
import dev.sternpost.proto.agent.v1.PrepareIncoming;
import dev.sternpost.proto.agent.v1.QueryVm;
import dev.sternpost.proto.agent.v1.ReadConsole;
import dev.sternpost.proto.agent.v1.ReadVmDirectory;
import dev.sternpost.proto.agent.v1.ReceiveFiles;
import dev.sternpost.proto.agent.v1.ReconfigureVm;
import dev.sternpost.proto.agent.v1.ReleaseSource;
import dev.sternpost.proto.agent.v1.RemoveMovedFiles;
import dev.sternpost.proto.agent.v1.RenameVm;
import dev.sternpost.proto.agent.v1.ResetVm;
import dev.sternpost.proto.agent.v1.RunProgram;
import dev.sternpost.proto.agent.v1.Screenshot;
import dev.sternpost.proto.agent.v1.SendFiles;
import dev.sternpost.proto.agent.v1.SendMagicPacket;
import dev.sternpost.proto.agent.v1.ShutdownVm;
import dev.sternpost.proto.agent.v1.StartMigration;
import dev.sternpost.proto.agent.v1.SuspendVm;
import dev.sternpost.proto.agent.v1.SwitchFiles;
import dev.sternpost.proto.agent.v1.SwitchOver;
import dev.sternpost.proto.agent.v1.TakeFiles;
import dev.sternpost.proto.agent.v1.VmDirectory;
import dev.sternpost.proto.agent.v1.VmSpec;
import dev.sternpost.server.host.HostCommand;
import dev.sternpost.server.host.HostOperation;
import dev.sternpost.server.host.VmLocation;
import dev.sternpost.server.host.VmShape;

/** Commands of the domain as messages to an agent. */
final class CommandMessages {
    private CommandMessages() {}

    static Command of(HostCommand command) {
        VirtualMachineId vmId = command.vmId();
        VmLocation location = command.location();
        Command.Builder message = Command.newBuilder()
                .setCommandId(command.key())
                .setTaskId(command.taskId())
                .setLeaseEpoch(command.leaseEpoch())
                .setVmId(vmId == null ? "" : vmId.value())
                .setGeneration(command.generation());
        if (location != null) {
            message.setDirectory(directory(location));
        }
        operation(message, command.operation(), location == null ? "" : location.vmxName());
        return message.build();
    }

    /** One line for each operation, in the order of the protocol. */
    private static void operation(Command.Builder message, HostOperation operation, String vmxName) {
        switch (operation) {
            case HostOperation.CreateVm create -> message.setCreateVm(create(create));
            case HostOperation.DeleteVm() -> message.setDeleteVm(DeleteVm.getDefaultInstance());
            case HostOperation.ReadVmDirectory() -> message.setReadVmDirectory(ReadVmDirectory.getDefaultInstance());
            case HostOperation.AdoptVm() ->
                message.setAdoptVm(AdoptVm.newBuilder().setVmxName(vmxName));
            case HostOperation.ForgetVm() -> message.setForgetVm(ForgetVm.getDefaultInstance());
            case HostOperation.ReconfigureVm(VmShape shape) ->
                message.setReconfigureVm(ReconfigureVm.newBuilder().setSpec(spec(shape)));
            case HostOperation.RenameVm(String name) ->
                message.setRenameVm(RenameVm.newBuilder().setName(name));
            case HostOperation.PowerOnVm(String cpuModel) ->
                message.setPowerOnVm(PowerOnVm.newBuilder().setCpuModel(cpuModel));
            case HostOperation.PowerOffVm() -> message.setPowerOffVm(PowerOffVm.getDefaultInstance());
            case HostOperation.ShutdownVm shutdown ->
                message.setShutdownVm(
                        ShutdownVm.newBuilder().setTimeoutMs(shutdown.timeout().toMillis()));
            case HostOperation.ResetVm() -> message.setResetVm(ResetVm.getDefaultInstance());
            case HostOperation.SuspendVm() -> message.setSuspendVm(SuspendVm.getDefaultInstance());
            case HostOperation.QueryVm() -> message.setQueryVm(QueryVm.getDefaultInstance());
            case HostOperation.PrepareIncoming prepare -> message.setPrepareIncoming(prepare(prepare, vmxName));
            case HostOperation.StartMigration start -> message.setStartMigration(start(start));
            case HostOperation.SwitchOver(String id, long generation) ->
                message.setSwitchOver(SwitchOver.newBuilder().setMigrationId(id).setNextGeneration(generation));
            case HostOperation.CancelMigration(String id) ->
                message.setCancelMigration(CancelMigration.newBuilder().setMigrationId(id));
            case HostOperation.AbortIncoming(String id) ->
                message.setAbortIncoming(AbortIncoming.newBuilder().setMigrationId(id));
            case HostOperation.ActivateIncoming(String id) ->
                message.setActivateIncoming(ActivateIncoming.newBuilder().setMigrationId(id));
            case HostOperation.AnnounceVm() -> message.setAnnounceVm(AnnounceVm.getDefaultInstance());
            case HostOperation.ReleaseSource(String id) ->
                message.setReleaseSource(ReleaseSource.newBuilder().setMigrationId(id));
            case HostOperation.MoveFiles move -> message.setMoveFiles(move(move));
            case HostOperation.SwitchFiles(String id, VmLocation target) ->
                message.setSwitchFiles(SwitchFiles.newBuilder().setMoveId(id).setTarget(directory(target)));
            case HostOperation.CancelFileMove(String id, VmLocation target) ->
                message.setCancelFileMove(
                        CancelFileMove.newBuilder().setMoveId(id).setTarget(directory(target)));
            case HostOperation.RemoveMovedFiles(VmLocation old, VmLocation target) ->
                message.setRemoveMovedFiles(RemoveMovedFiles.newBuilder()
                        .setOld(directory(old))
                        .setTarget(directory(target))
                        .setVmxName(old.vmxName()));
            case HostOperation.ReceiveFiles receive ->
                message.setReceiveFiles(ReceiveFiles.newBuilder()
                        .setMoveId(receive.moveId())
                        .setTicket(receive.ticket())
                        .setSourceHostId(receive.sourceHostId().value())
                        .setNextGeneration(receive.nextGeneration())
                        .setVmxName(vmxName));
            case HostOperation.SendFiles send ->
                message.setSendFiles(SendFiles.newBuilder()
                        .setMoveId(send.moveId())
                        .setTicket(send.ticket())
                        .setTargetHostId(send.targetHostId().value())
                        .setTargetRelayAddress(send.targetRelayAddress())
                        .setTarget(directory(send.target()))
                        .setNextGeneration(send.nextGeneration())
                        .setBandwidthLimitBytesPerSecond(send.bandwidthLimitBytesPerSecond()));
            case HostOperation.HandOverFiles(String id, VmLocation target) ->
                message.setHandOverFiles(
                        HandOverFiles.newBuilder().setMoveId(id).setTarget(directory(target)));
            case HostOperation.TakeFiles(String id) ->
                message.setTakeFiles(TakeFiles.newBuilder().setMoveId(id));
            case HostOperation.RunProgram run ->
                message.setRunProgram(RunProgram.newBuilder()
                        .setProgram(run.program())
                        .addAllArguments(run.arguments())
                        .setTimeoutMs(run.timeout().toMillis()));
            case HostOperation.ReadConsole(long tailBytes) ->
                message.setReadConsole(ReadConsole.newBuilder().setTailBytes(tailBytes));
            case HostOperation.Screenshot() -> message.setScreenshot(Screenshot.getDefaultInstance());
            case HostOperation.ApplyAllocations order -> message.setApplyAllocations(allocations(order));
            case HostOperation.PowerOffHost() -> message.setPowerOffHost(PowerOffHost.getDefaultInstance());
            case HostOperation.SendMagicPacket(byte[] packet) ->
                message.setSendMagicPacket(SendMagicPacket.newBuilder().setPacket(ByteString.copyFrom(packet)));
            case HostOperation.Browse browse ->
                message.setBrowse(Browse.newBuilder()
                        .setDatastoreUuid(browse.datastoreUuid().toString())
                        .setDirectory(browse.directory()));
        }
    }

    private static ApplyAllocations allocations(HostOperation.ApplyAllocations order) {
        ApplyAllocations.Builder message = ApplyAllocations.newBuilder()
                .setValidForMs(order.validFor().toMillis())
                .setRevision(order.revision());
        order.allocations().forEach((vm, allocation) -> {
            var one = message.addAllocationsBuilder().setVmId(vm.value()).setCpuShares(allocation.cpuShares());
            if (allocation.cpuLimitPermille() != HostOperation.Allocation.NONE) {
                one.setCpuLimitPermille(allocation.cpuLimitPermille());
            }
            if (allocation.memorySoftLimitBytes() != HostOperation.Allocation.NONE) {
                one.setMemorySoftLimitBytes(allocation.memorySoftLimitBytes());
            }
        });
        return message.build();
    }

    private static CreateVm create(HostOperation.CreateVm create) {
        CreateVm.Builder message = CreateVm.newBuilder().setSpec(spec(create.shape()));
        VmLocation template = create.template();
        if (template != null) {
            message.setTemplateDirectory(directory(template)).setTemplateName(template.vmxName());
        }
        return message.build();
    }

    private static PrepareIncoming prepare(HostOperation.PrepareIncoming prepare, String vmxName) {
        DiskProvisioning provisioning = prepare.provisioning();
        return PrepareIncoming.newBuilder()
                .setMigrationId(prepare.migrationId())
                .setTicket(prepare.ticket())
                .setSourceHostId(prepare.sourceHostId().value())
                .setNextGeneration(prepare.nextGeneration())
                .setVmxName(vmxName)
                .setWithFiles(prepare.withFiles())
                .setProvisioning(provisioning == null ? "" : provisioning(provisioning))
                .build();
    }

    private static StartMigration start(HostOperation.StartMigration start) {
        StartMigration.Builder message = StartMigration.newBuilder()
                .setMigrationId(start.migrationId())
                .setTicket(start.ticket())
                .setTargetHostId(start.targetHostId().value())
                .setTargetRelayAddress(start.targetRelayAddress())
                .setDowntimeLimitMs(start.downtimeLimitMillis())
                .setBandwidthLimitBytesPerSecond(start.bandwidthLimitBytesPerSecond())
                .setConvergenceTimeoutMs(start.convergenceTimeoutMillis());
        VmLocation filesTo = start.filesTo();
        if (filesTo != null) {
            message.setFilesTo(directory(filesTo));
        }
        return message.build();
    }

    private static MoveFiles move(HostOperation.MoveFiles move) {
        DiskProvisioning provisioning = move.provisioning();
        return MoveFiles.newBuilder()
                .setMoveId(move.moveId())
                .setTarget(directory(move.target()))
                .setProvisioning(provisioning == null ? "" : provisioning(provisioning))
                .setBandwidthLimitBytesPerSecond(move.bandwidthLimitBytesPerSecond())
                .build();
    }

    private static VmDirectory directory(VmLocation location) {
        return VmDirectory.newBuilder()
                .setDatastoreUuid(location.datastoreUuid().toString())
                .setDirectory(location.directory())
                .build();
    }

    private static VmSpec spec(VmShape shape) {
        VmSpec.Builder spec = VmSpec.newBuilder()
                .setVmId(shape.vmId())
                .setName(shape.name())
                .setUuid(shape.uuid().toString())
                .setCpuCount(shape.cpuCount())
                .setMemoryBytes(shape.memoryBytes())
                .setFirmware(firmware(shape.firmware()))
                .setAnnotation(shape.annotation());
        for (VirtualDisk disk : shape.disks()) {
            spec.addDisksBuilder()
                    .setLabel(disk.label())
                    .setCapacityBytes(disk.capacityBytes())
                    .setProvisioning(provisioning(disk.provisioning()))
                    .setFileName(disk.fileName());
        }
        for (VmShape.Nic nic : shape.nics()) {
            spec.addNicsBuilder()
                    .setLabel(nic.label())
                    .setNetwork(nic.networkName())
                    .setMacAddress(nic.macAddress());
        }
        return spec.build();
    }

    static String firmware(Firmware firmware) {
        return switch (firmware) {
            case BIOS -> "bios";
            case UEFI -> "uefi";
        };
    }

    static String provisioning(DiskProvisioning provisioning) {
        return switch (provisioning) {
            case THIN -> "thin";
            case THICK_LAZY_ZEROED -> "thickLazy";
            case THICK_EAGER_ZEROED -> "thickEager";
        };
    }
}
