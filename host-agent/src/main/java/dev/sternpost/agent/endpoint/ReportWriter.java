package dev.sternpost.agent.endpoint;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sternpost.agent.engine.MigrationProgress;
import dev.sternpost.agent.ledger.EventRecord;
import dev.sternpost.agent.ledger.LedgerState;
import dev.sternpost.agent.operation.GuestView;
import dev.sternpost.agent.operation.Outcome;
import dev.sternpost.agent.operation.Payload;
import dev.sternpost.agent.operation.VmView;
import dev.sternpost.agent.vmdirectory.VmShape;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultKind;
import dev.sternpost.proto.agent.v1.ActivationResult;
import dev.sternpost.proto.agent.v1.CommandProgress;
import dev.sternpost.proto.agent.v1.CommandResult;
import dev.sternpost.proto.agent.v1.ConsoleLog;
import dev.sternpost.proto.agent.v1.DirectoryListing;
import dev.sternpost.proto.agent.v1.DiskSpec;
import dev.sternpost.proto.agent.v1.FileEntry;
import dev.sternpost.proto.agent.v1.GuestProgramResult;
import dev.sternpost.proto.agent.v1.MigrationDecision;
import dev.sternpost.proto.agent.v1.MigrationRound;
import dev.sternpost.proto.agent.v1.MigrationStatus;
import dev.sternpost.proto.agent.v1.NicSpec;
import dev.sternpost.proto.agent.v1.VmEvent;
import dev.sternpost.proto.agent.v1.VmInventory;
import dev.sternpost.proto.agent.v1.VmSpec;
import dev.sternpost.proto.agent.v1.VmStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes what the server is told. */
final class ReportWriter {

    private ReportWriter() {}

    static CommandResult result(String commandId, Outcome outcome) {
        CommandResult.Builder result = payload(outcome.payload());
        result.setCommandId(commandId).clearVm();
        Fault fault = outcome.fault();
        if (fault != null) {
            result.setFault(fault(fault));
        }
        VmView vm = outcome.vm();
        if (vm != null) {
            result.setVm(status(vm));
        }
        return result.build();
    }

    private static CommandResult.Builder payload(@Nullable Payload payload) {
        CommandResult.Builder result = CommandResult.newBuilder();
        return switch (payload) {
            case null -> result;
            case Payload.Stored stored -> stored(stored);
            case Payload.Shape shape -> result.setSpec(spec(shape.shape()));
            case Payload.Program program ->
                result.setGuestProgram(GuestProgramResult.newBuilder()
                        .setExitCode(program.output().exitCode())
                        .setStandardOutput(ByteString.copyFrom(program.output().standardOutput()))
                        .setStandardError(ByteString.copyFrom(program.output().standardError())));
            case Payload.Console console ->
                result.setConsoleLog(ConsoleLog.newBuilder()
                        .setContent(ByteString.copyFrom(console.tail().content()))
                        .setTotalBytes(console.tail().totalBytes()));
            case Payload.Screen screen -> result.setPng(ByteString.copyFrom(screen.png()));
            case Payload.Listing listing -> result.setListing(listing(listing.entries()));
            case Payload.Migration migration -> result.setMigration(migration(migration.progress()));
            case Payload.Activation activation ->
                result.setActivation(ActivationResult.newBuilder()
                        .setRunning(activation.running())
                        .setDowntimeMs(activation.downtimeMillis())
                        .setDowntimeSource(activation.downtimeSource()));
        };
    }

    private static CommandResult.Builder stored(Payload.Stored stored) {
        try {
            return CommandResult.parseFrom(stored.encoded()).toBuilder();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the ledger holds a result that no agent wrote", e);
        }
    }

    static CommandProgress progress(
            String commandId, int percent, String detail, @Nullable MigrationProgress migration) {
        CommandProgress.Builder progress = CommandProgress.newBuilder()
                .setCommandId(commandId)
                .setPercent(percent)
                .setDetail(detail);
        if (migration != null) {
            progress.setMigration(migration(migration));
        }
        return progress.build();
    }

    static MigrationStatus migration(MigrationProgress progress) {
        MigrationStatus.Builder status = MigrationStatus.newBuilder()
                .setSentBytes(progress.sentBytes())
                .setRemainingBytes(progress.remainingBytes())
                .setBandwidthBytesPerSecond(progress.bandwidthBytesPerSecond())
                .setElapsedMs(progress.elapsedMillis())
                .setConverged(progress.converged())
                .setEngineDowntimeMs(progress.engineDowntimeMillis());
        progress.rounds()
                .forEach(round -> status.addRounds(MigrationRound.newBuilder()
                        .setNumber(round.number())
                        .setSentBytes(round.sentBytes())
                        .setRemainingBytes(round.remainingBytes())
                        .setDirtyRateBytesPerSecond(round.dirtyRateBytesPerSecond())
                        .setDurationMs(round.durationMillis())));
        status.setOutlook(progress.conduct().outlook())
                .setTakenMs(progress.conduct().takenMillis());
        progress.conduct()
                .decisions()
                .forEach(decision -> status.addDecisions(MigrationDecision.newBuilder()
                        .setElapsedMs(decision.elapsedMillis())
                        .setRound(decision.round())
                        .setKind(decision.kind())
                        .setReason(decision.reason())));
        return status.build();
    }

    static VmInventory inventory(List<VmView> views) {
        VmInventory.Builder inventory = VmInventory.newBuilder();
        views.forEach(view -> inventory.addVms(status(view)));
        return inventory.build();
    }

    static VmStatus status(VmView view) {
        return VmStatus.newBuilder()
                .setVmId(view.vmId())
                .setGeneration(view.generation())
                .setPowerState(powerState(view.state()))
                .setRunning(view.running())
                .setGuestTools(tools(view.guest().tools()))
                .setGuestHostName(view.guest().hostName())
                .setGuestOsName(view.guest().osName())
                .addAllIpAddresses(view.guest().ipAddresses())
                .setVncAddress(view.vncAddress())
                .setBootTimeEpochMs(view.bootEpochMillis())
                .setLockOwner(view.lockOwner())
                .setMachineType(view.hardware().machineType())
                .setCpuModel(view.hardware().cpuModel())
                .build();
    }

    static VmEvent event(EventRecord event) {
        return VmEvent.newBuilder()
                .setVmId(event.vmId())
                .setGeneration(event.generation())
                .setKind(event.kind())
                .setDetail(event.detail())
                .setEventNumber(event.number())
                .setTimeEpochMs(event.epochMillis())
                .build();
    }

    static dev.sternpost.proto.type.v1.Fault fault(Fault fault) {
        String subject = fault.subjectId();
        return dev.sternpost.proto.type.v1.Fault.newBuilder()
                .setCode(fault.code().name())
                .setNumber(fault.code().number())
                .setKind(kind(fault.kind()))
                .setMessage(fault.message())
                .setSubjectId(subject == null ? "" : subject)
                .build();
    }

    static VmSpec spec(VmShape shape) {
        VmSpec.Builder spec = VmSpec.newBuilder()
                .setVmId(shape.vmId())
                .setName(shape.name())
                .setUuid(shape.uuid().toString())
                .setCpuCount(shape.cpuCount())
                .setMemoryBytes(shape.memoryBytes())
                .setFirmware(shape.firmware().word())
                .setAnnotation(shape.annotation());
        shape.disks()
                .forEach(disk -> spec.addDisks(DiskSpec.newBuilder()
                        .setLabel(disk.label())
                        .setCapacityBytes(disk.capacityBytes())
                        .setProvisioning(disk.provisioning().word())
                        .setFileName(disk.fileName())
                        .setAllocatedBytes(disk.allocatedBytes())));
        shape.nics()
                .forEach(nic -> spec.addNics(NicSpec.newBuilder()
                        .setLabel(nic.label())
                        .setNetwork(nic.network())
                        .setMacAddress(nic.macAddress())));
        return spec.build();
    }

    private static DirectoryListing listing(List<dev.sternpost.agent.datastore.FileEntry> entries) {
        DirectoryListing.Builder listing = DirectoryListing.newBuilder();
        entries.forEach(entry -> listing.addEntries(FileEntry.newBuilder()
                .setPath(entry.path())
                .setDirectory(entry.directory())
                .setSizeBytes(entry.sizeBytes())
                .setAllocatedBytes(entry.allocatedBytes())));
        return listing.build();
    }

    private static String powerState(LedgerState state) {
        return switch (state) {
            case OFF, STARTING, GONE -> "poweredOff";
            case ON, STOPPING -> "poweredOn";
            case SUSPENDED -> "suspended";
            case INCOMING -> "incoming";
            case HANDED_OVER -> "handedOver";
        };
    }

    private static String tools(GuestView.Tools tools) {
        return switch (tools) {
            case RUNNING -> "running";
            case NOT_RUNNING -> "notRunning";
            case UNKNOWN -> "unknown";
        };
    }

    private static dev.sternpost.proto.type.v1.FaultKind kind(FaultKind kind) {
        return switch (kind) {
            case CALLER -> dev.sternpost.proto.type.v1.FaultKind.FAULT_KIND_CALLER;
            case PERMISSION -> dev.sternpost.proto.type.v1.FaultKind.FAULT_KIND_PERMISSION;
            case CONFLICT -> dev.sternpost.proto.type.v1.FaultKind.FAULT_KIND_CONFLICT;
            case CAPACITY -> dev.sternpost.proto.type.v1.FaultKind.FAULT_KIND_CAPACITY;
            case UNREACHABLE -> dev.sternpost.proto.type.v1.FaultKind.FAULT_KIND_UNREACHABLE;
            case INTERNAL -> dev.sternpost.proto.type.v1.FaultKind.FAULT_KIND_INTERNAL;
        };
    }
}
