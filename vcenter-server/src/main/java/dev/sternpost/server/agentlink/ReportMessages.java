package dev.sternpost.server.agentlink;

import dev.sternpost.inventory.Accelerator;
import dev.sternpost.inventory.DiskProvisioning;
import dev.sternpost.inventory.Firmware;
import dev.sternpost.inventory.GuestHardware;
import dev.sternpost.inventory.GuestInfo;
import dev.sternpost.inventory.GuestMachines;
import dev.sternpost.inventory.GuestToolsState;
import dev.sternpost.inventory.NetworkKind;
import dev.sternpost.inventory.VirtualDisk;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.proto.agent.v1.CommandProgress;
import dev.sternpost.proto.agent.v1.CommandResult;
import dev.sternpost.proto.agent.v1.DirectoryListing;
import dev.sternpost.proto.agent.v1.HostFacts;
import dev.sternpost.proto.agent.v1.MigrationStatus;
import dev.sternpost.proto.agent.v1.VmEvent;
import dev.sternpost.proto.agent.v1.VmSpec;
import dev.sternpost.proto.agent.v1.VmStatus;
import dev.sternpost.server.host.HostAnswer;
import dev.sternpost.server.host.HostDescription;
import dev.sternpost.server.host.HostDescription.SeenDatastore;
import dev.sternpost.server.host.HostDescription.SeenNetwork;
import dev.sternpost.server.host.HostPayload;
import dev.sternpost.server.host.HostProgress;
import dev.sternpost.server.host.VmHappening;
import dev.sternpost.server.host.VmObservation;
import dev.sternpost.server.host.VmShape;
import dev.sternpost.vmotion.precopy.PrecopyProgress;
import dev.sternpost.vmotion.precopy.PrecopyRound;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What an agent says, in terms of the domain. An agent that says what makes no sense is at fault, so everything here
 * throws IllegalArgumentException for it and the stream ends.
 */
final class ReportMessages {
    private ReportMessages() {}

    static HostDescription description(HostFacts facts, String agentVersion) {
        return new HostDescription(
                new dev.sternpost.inventory.HostFacts(
                        facts.getCpuModel(),
                        facts.getCpuCount(),
                        facts.getCpuMhz(),
                        facts.getMemoryBytes(),
                        accelerator(facts.getAccelerator()),
                        facts.getAcceleratorReason(),
                        facts.getQemuVersion(),
                        agentVersion,
                        facts.getRelayAddress(),
                        facts.getNoticesList(),
                        new GuestMachines(
                                facts.getMachineTypesList(),
                                missingFeatures(facts),
                                facts.getCpu().getFeaturesList(),
                                facts.getCpu().getVendor())),
                facts.getDatastoresList().stream()
                        .map(seen -> new SeenDatastore(
                                UUID.fromString(seen.getUuid()),
                                seen.getName(),
                                seen.getCapacityBytes(),
                                seen.getFreeBytes(),
                                seen.getAccessible()))
                        .toList(),
                facts.getNetworksList().stream()
                        .map(seen -> new SeenNetwork(seen.getName(), networkKind(seen.getKind())))
                        .toList());
    }

    private static Map<String, List<String>> missingFeatures(HostFacts facts) {
        Map<String, List<String>> missing = new HashMap<>();
        facts.getCpuModelsList().forEach(model -> missing.put(model.getModel(), model.getMissingFeaturesList()));
        return missing;
    }

    static VmObservation observation(VmStatus status) {
        long bootTime = status.getBootTimeEpochMs();
        return new VmObservation(
                new VirtualMachineId(status.getVmId()),
                status.getGeneration(),
                state(status.getPowerState()),
                status.getRunning(),
                new GuestInfo(
                        tools(status.getGuestTools()),
                        status.getGuestHostName(),
                        status.getGuestOsName(),
                        status.getIpAddressesList()),
                status.getVncAddress(),
                bootTime == 0 ? null : Instant.ofEpochMilli(bootTime),
                status.getLockOwner(),
                new GuestHardware(status.getMachineType(), status.getCpuModel()));
    }

    static VmHappening happening(VmEvent event) {
        return new VmHappening(
                new VirtualMachineId(event.getVmId()),
                event.getGeneration(),
                kind(event.getKind()),
                event.getDetail(),
                event.getEventNumber());
    }

    static HostProgress progress(CommandProgress progress) {
        return new HostProgress(
                Math.clamp(progress.getPercent(), 0, 100),
                progress.getDetail(),
                progress.hasMigration() ? migration(progress.getMigration()) : null);
    }

    static HostAnswer answer(CommandResult result) {
        return new HostAnswer(result.hasVm() ? observation(result.getVm()) : null, payload(result));
    }

    /** A code this server does not know comes from a newer agent; the words say what happened all the same. */
    static Fault fault(dev.sternpost.proto.type.v1.Fault fault) {
        FaultCode code = FaultCode.named(fault.getCode()).orElse(FaultCode.HOST_ERROR);
        String message = fault.getMessage().isBlank() ? "The host gave no reason." : fault.getMessage();
        return new Fault(code, message, "", fault.getSubjectId().isEmpty() ? null : fault.getSubjectId());
    }

    private static HostPayload payload(CommandResult result) {
        return switch (result.getPayloadCase()) {
            case SPEC -> new HostPayload.Shape(shape(result.getSpec()));
            case GUEST_PROGRAM ->
                new HostPayload.ProgramResult(
                        result.getGuestProgram().getExitCode(),
                        result.getGuestProgram().getStandardOutput().toByteArray(),
                        result.getGuestProgram().getStandardError().toByteArray());
            case CONSOLE_LOG ->
                new HostPayload.ConsoleLog(
                        result.getConsoleLog().getContent().toByteArray(),
                        result.getConsoleLog().getTotalBytes());
            case PNG -> new HostPayload.Screen(result.getPng().toByteArray());
            case LISTING -> new HostPayload.Listing(entries(result.getListing()));
            case MIGRATION -> new HostPayload.Migration(migration(result.getMigration()));
            case ACTIVATION ->
                new HostPayload.Activation(
                        result.getActivation().getRunning(),
                        result.getActivation().getDowntimeMs(),
                        downtimeSource(result.getActivation().getDowntimeSource()));
            case PAYLOAD_NOT_SET -> new HostPayload.None();
        };
    }

    private static List<HostPayload.Listing.Entry> entries(DirectoryListing listing) {
        return listing.getEntriesList().stream()
                .map(entry -> new HostPayload.Listing.Entry(
                        entry.getPath(), entry.getDirectory(), entry.getSizeBytes(), entry.getAllocatedBytes()))
                .toList();
    }

    private static HostPayload.MigrationReport migration(MigrationStatus status) {
        List<PrecopyRound> rounds = status.getRoundsList().stream()
                .map(round -> new PrecopyRound(
                        round.getNumber(),
                        round.getSentBytes(),
                        round.getRemainingBytes(),
                        round.getDirtyRateBytesPerSecond(),
                        round.getDurationMs()))
                .toList();
        return new HostPayload.MigrationReport(
                new PrecopyProgress(
                        rounds, status.getRemainingBytes(), status.getBandwidthBytesPerSecond(), status.getElapsedMs()),
                status.getSentBytes(),
                status.getConverged(),
                status.getEngineDowntimeMs(),
                status.getOutlook().isEmpty() && status.getDecisionsCount() == 0 ? null : conduct(status));
    }

    private static HostPayload.MigrationConduct conduct(MigrationStatus status) {
        return new HostPayload.MigrationConduct(
                status.getDecisionsList().stream()
                        .map(decision -> new HostPayload.MigrationDecision(
                                decision.getElapsedMs(), decision.getRound(), decision.getKind(), decision.getReason()))
                        .toList(),
                status.getOutlook(),
                status.getTakenMs());
    }

    private static VmShape shape(VmSpec spec) {
        return new VmShape(
                spec.getVmId(),
                spec.getName(),
                UUID.fromString(spec.getUuid()),
                spec.getCpuCount(),
                spec.getMemoryBytes(),
                firmware(spec.getFirmware()),
                spec.getDisksList().stream()
                        .map(disk -> new VirtualDisk(
                                disk.getLabel(),
                                disk.getCapacityBytes(),
                                provisioning(disk.getProvisioning()),
                                disk.getFileName(),
                                disk.getAllocatedBytes()))
                        .toList(),
                spec.getNicsList().stream()
                        .map(nic -> new VmShape.Nic(nic.getLabel(), nic.getNetwork(), nic.getMacAddress()))
                        .toList(),
                spec.getAnnotation());
    }

    private static Accelerator accelerator(String text) {
        return switch (text) {
            case "kvm" -> Accelerator.KVM;
            case "tcg" -> Accelerator.TCG;
            case "simulated" -> Accelerator.SIMULATED;
            default -> throw unknown("accelerator", text);
        };
    }

    private static NetworkKind networkKind(String text) {
        return switch (text) {
            case "bridged" -> NetworkKind.BRIDGED;
            case "user" -> NetworkKind.USER_MODE;
            default -> throw unknown("kind of network", text);
        };
    }

    private static VmObservation.State state(String text) {
        return switch (text) {
            case "poweredOff" -> VmObservation.State.POWERED_OFF;
            case "poweredOn" -> VmObservation.State.POWERED_ON;
            case "suspended" -> VmObservation.State.SUSPENDED;
            case "incoming" -> VmObservation.State.INCOMING;
            case "handedOver" -> VmObservation.State.HANDED_OVER;
            default -> throw unknown("power state", text);
        };
    }

    private static GuestToolsState tools(String text) {
        return switch (text) {
            case "running" -> GuestToolsState.RUNNING;
            case "notRunning" -> GuestToolsState.NOT_RUNNING;
            case "unknown", "" -> GuestToolsState.UNKNOWN;
            default -> throw unknown("state of guest tools", text);
        };
    }

    private static VmHappening.Kind kind(String text) {
        return switch (text) {
            case "guestShutdown" -> VmHappening.Kind.GUEST_SHUTDOWN;
            case "guestReset" -> VmHappening.Kind.GUEST_RESET;
            case "guestPanicked" -> VmHappening.Kind.GUEST_PANICKED;
            case "engineDied" -> VmHappening.Kind.ENGINE_DIED;
            case "ioError" -> VmHappening.Kind.IO_ERROR;
            case "resumed" -> VmHappening.Kind.RESUMED;
            default -> throw unknown("kind of VM event", text);
        };
    }

    private static Firmware firmware(String text) {
        return switch (text) {
            case "bios" -> Firmware.BIOS;
            case "uefi" -> Firmware.UEFI;
            default -> throw unknown("firmware", text);
        };
    }

    private static DiskProvisioning provisioning(String text) {
        return switch (text) {
            case "thin" -> DiskProvisioning.THIN;
            case "thickLazy" -> DiskProvisioning.THICK_LAZY_ZEROED;
            case "thickEager" -> DiskProvisioning.THICK_EAGER_ZEROED;
            default -> throw unknown("provisioning", text);
        };
    }

    private static HostPayload.DowntimeSource downtimeSource(String text) {
        return switch (text) {
            case "guestTicker" -> HostPayload.DowntimeSource.GUEST_TICKER;
            case "engine", "" -> HostPayload.DowntimeSource.ENGINE;
            default -> throw unknown("source of the downtime", text);
        };
    }

    private static IllegalArgumentException unknown(String what, String text) {
        String shown = text.length() > 40 ? text.substring(0, 40) + "…" : text;
        return new IllegalArgumentException("unknown " + what + " \"" + shown + "\"");
    }
}
