package dev.sternpost.agent.endpoint;

import dev.sternpost.agent.engine.VmAllocation;
import dev.sternpost.agent.operation.AgentCommand;
import dev.sternpost.agent.operation.Operation;
import dev.sternpost.agent.operation.VmPlace;
import dev.sternpost.agent.vmdirectory.DiskShape;
import dev.sternpost.agent.vmdirectory.Firmware;
import dev.sternpost.agent.vmdirectory.NicShape;
import dev.sternpost.agent.vmdirectory.Provisioning;
import dev.sternpost.agent.vmdirectory.VmShape;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.proto.agent.v1.ApplyAllocations;
import dev.sternpost.proto.agent.v1.Command;
import dev.sternpost.proto.agent.v1.CreateVm;
import dev.sternpost.proto.agent.v1.MoveFiles;
import dev.sternpost.proto.agent.v1.PrepareIncoming;
import dev.sternpost.proto.agent.v1.ReceiveFiles;
import dev.sternpost.proto.agent.v1.SendFiles;
import dev.sternpost.proto.agent.v1.StartMigration;
import dev.sternpost.proto.agent.v1.VmDirectory;
import dev.sternpost.proto.agent.v1.VmSpec;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads commands off the wire and checks their form. */
final class CommandReader {

    private static final int ID_CHARS_MAX = 256;

    private CommandReader() {}

    /**
     * @throws FaultException REQUEST_INVALID for a command that is not well formed, CONFIG_INVALID for an impossible shape
     */
    static AgentCommand read(Command command) {
        try {
            checkId(command.getCommandId(), "command id");
            if (!command.getVmId().isEmpty()) {
                VmShape.checkVmId(command.getVmId());
            }
            return new AgentCommand(
                    command.getCommandId(),
                    command.getTaskId(),
                    command.getLeaseEpoch(),
                    command.getVmId(),
                    command.getGeneration(),
                    command.hasDirectory() ? place(command.getDirectory()) : null,
                    operation(command));
        } catch (IllegalArgumentException e) {
            throw new FaultException(
                    FaultCode.REQUEST_INVALID,
                    command.getVmId(),
                    "the command is not well formed: " + e.getMessage() + ".");
        }
    }

    private static Operation operation(Command command) {
        return switch (command.getOperationCase()) {
            case CREATE_VM -> createVm(command.getCreateVm());
            case DELETE_VM -> new Operation.DeleteVm();
            case READ_VM_DIRECTORY -> new Operation.ReadVmDirectory();
            case ADOPT_VM -> new Operation.AdoptVm(command.getAdoptVm().getVmxName());
            case FORGET_VM -> new Operation.ForgetVm();
            case RECONFIGURE_VM ->
                new Operation.ReconfigureVm(shape(command.getReconfigureVm().getSpec()));
            case POWER_ON_VM -> new Operation.PowerOnVm(command.getPowerOnVm().getCpuModel());
            case POWER_OFF_VM -> new Operation.PowerOffVm();
            case SHUTDOWN_VM ->
                new Operation.ShutdownVm(
                        Duration.ofMillis(command.getShutdownVm().getTimeoutMs()));
            case RESET_VM -> new Operation.ResetVm();
            case SUSPEND_VM -> new Operation.SuspendVm();
            case PREPARE_INCOMING -> prepareIncoming(command.getPrepareIncoming());
            case START_MIGRATION -> startMigration(command.getStartMigration());
            case SWITCH_OVER ->
                new Operation.SwitchOver(
                        checkId(command.getSwitchOver().getMigrationId(), "migration id"),
                        command.getSwitchOver().getNextGeneration());
            case CANCEL_MIGRATION ->
                new Operation.CancelMigration(
                        checkId(command.getCancelMigration().getMigrationId(), "migration id"));
            case ABORT_INCOMING ->
                new Operation.AbortIncoming(checkId(command.getAbortIncoming().getMigrationId(), "migration id"));
            case ACTIVATE_INCOMING ->
                new Operation.ActivateIncoming(
                        checkId(command.getActivateIncoming().getMigrationId(), "migration id"));
            case ANNOUNCE_VM -> new Operation.AnnounceVm();
            case RELEASE_SOURCE ->
                new Operation.ReleaseSource(checkId(command.getReleaseSource().getMigrationId(), "migration id"));
            case MOVE_FILES -> moveFiles(command.getMoveFiles());
            case SWITCH_FILES ->
                new Operation.SwitchFiles(
                        checkId(command.getSwitchFiles().getMoveId(), "move id"),
                        place(command.getSwitchFiles().getTarget()));
            case CANCEL_FILE_MOVE ->
                new Operation.CancelFileMove(
                        checkId(command.getCancelFileMove().getMoveId(), "move id"),
                        place(command.getCancelFileMove().getTarget()));
            case REMOVE_MOVED_FILES ->
                new Operation.RemoveMovedFiles(
                        place(command.getRemoveMovedFiles().getOld()),
                        place(command.getRemoveMovedFiles().getTarget()),
                        command.getRemoveMovedFiles().getVmxName());
            case RECEIVE_FILES -> receiveFiles(command.getReceiveFiles());
            case SEND_FILES -> sendFiles(command.getSendFiles());
            case HAND_OVER_FILES ->
                new Operation.HandOverFiles(
                        checkId(command.getHandOverFiles().getMoveId(), "move id"),
                        place(command.getHandOverFiles().getTarget()));
            case TAKE_FILES ->
                new Operation.TakeFiles(checkId(command.getTakeFiles().getMoveId(), "move id"));
            case RUN_PROGRAM ->
                new Operation.RunProgram(
                        command.getRunProgram().getProgram(),
                        command.getRunProgram().getArgumentsList(),
                        Duration.ofMillis(command.getRunProgram().getTimeoutMs()));
            case READ_CONSOLE ->
                new Operation.ReadConsole(command.getReadConsole().getTailBytes());
            case SCREENSHOT -> new Operation.Screenshot();
            case BROWSE ->
                new Operation.Browse(
                        command.getBrowse().getDatastoreUuid(),
                        command.getBrowse().getDirectory());
            case QUERY_VM -> new Operation.QueryVm();
            case RENAME_VM -> new Operation.RenameVm(command.getRenameVm().getName());
            case APPLY_ALLOCATIONS -> applyAllocations(command.getApplyAllocations());
            case POWER_OFF_HOST -> new Operation.PowerOffHost();
            case SEND_MAGIC_PACKET ->
                new Operation.SendMagicPacket(
                        command.getSendMagicPacket().getPacket().toByteArray());
            case OPERATION_NOT_SET ->
                throw new IllegalArgumentException(
                        "it names no operation that this agent knows; is the agent too old?");
        };
    }

    private static Operation createVm(CreateVm create) {
        return new Operation.CreateVm(
                shape(create.getSpec()),
                create.hasTemplateDirectory() ? place(create.getTemplateDirectory()) : null,
                create.getTemplateName());
    }

    private static Operation prepareIncoming(PrepareIncoming order) {
        return new Operation.PrepareIncoming(
                checkId(order.getMigrationId(), "migration id"),
                checkId(order.getTicket(), "ticket"),
                checkId(order.getSourceHostId(), "source host"),
                order.getNextGeneration(),
                order.getVmxName(),
                order.getWithFiles(),
                provisioning(order.getProvisioning()));
    }

    private static Operation receiveFiles(ReceiveFiles order) {
        return new Operation.ReceiveFiles(
                checkId(order.getMoveId(), "move id"),
                checkId(order.getTicket(), "ticket"),
                checkId(order.getSourceHostId(), "source host"),
                order.getNextGeneration(),
                checkId(order.getVmxName(), "name"));
    }

    private static Operation sendFiles(SendFiles order) {
        return new Operation.SendFiles(
                checkId(order.getMoveId(), "move id"),
                checkId(order.getTicket(), "ticket"),
                checkId(order.getTargetHostId(), "target host"),
                address(order.getTargetRelayAddress()),
                place(order.getTarget()),
                order.getNextGeneration(),
                Math.max(0, order.getBandwidthLimitBytesPerSecond()));
    }

    private static @Nullable Provisioning provisioning(String word) {
        return word.isEmpty() ? null : Provisioning.ofWord(word);
    }

    private static Operation startMigration(StartMigration order) {
        return new Operation.StartMigration(
                checkId(order.getMigrationId(), "migration id"),
                checkId(order.getTicket(), "ticket"),
                checkId(order.getTargetHostId(), "target host"),
                address(order.getTargetRelayAddress()),
                order.getDowntimeLimitMs() <= 0 ? 300 : order.getDowntimeLimitMs(),
                Math.max(0, order.getBandwidthLimitBytesPerSecond()),
                Math.max(0, order.getConvergenceTimeoutMs()),
                order.hasFilesTo() ? place(order.getFilesTo()) : null);
    }

    private static Operation moveFiles(MoveFiles order) {
        return new Operation.MoveFiles(
                checkId(order.getMoveId(), "move id"),
                place(order.getTarget()),
                provisioning(order.getProvisioning()),
                Math.max(0, order.getBandwidthLimitBytesPerSecond()));
    }

    private static Operation applyAllocations(ApplyAllocations order) {
        Map<String, VmAllocation> allocations = new HashMap<>();
        for (var one : order.getAllocationsList()) {
            allocations.put(
                    VmShape.checkVmId(one.getVmId()),
                    new VmAllocation(
                            one.hasCpuLimitPermille()
                                    ? Math.max(VmAllocation.CPU_LIMIT_PERMILLE_MIN, one.getCpuLimitPermille())
                                    : VmAllocation.NONE,
                            one.getCpuShares() == 0 ? VmAllocation.NONE : one.getCpuShares(),
                            one.hasMemorySoftLimitBytes() ? one.getMemorySoftLimitBytes() : VmAllocation.NONE));
        }
        return new Operation.ApplyAllocations(
                Map.copyOf(allocations), Duration.ofMillis(order.getValidForMs()), order.getRevision());
    }

    static VmShape shape(VmSpec spec) {
        try {
            return new VmShape(
                    spec.getVmId(),
                    spec.getName(),
                    UUID.fromString(spec.getUuid()),
                    spec.getCpuCount(),
                    spec.getMemoryBytes(),
                    Firmware.ofWord(spec.getFirmware().isEmpty() ? "bios" : spec.getFirmware()),
                    spec.getDisksList().stream()
                            .map(disk -> new DiskShape(
                                    disk.getLabel(),
                                    disk.getCapacityBytes(),
                                    Provisioning.ofWord(
                                            disk.getProvisioning().isEmpty() ? "thin" : disk.getProvisioning()),
                                    disk.getFileName(),
                                    0))
                            .toList(),
                    spec.getNicsList().stream()
                            .map(nic -> new NicShape(nic.getLabel(), nic.getNetwork(), nic.getMacAddress()))
                            .toList(),
                    spec.getAnnotation());
        } catch (IllegalArgumentException e) {
            throw new FaultException(
                    FaultCode.CONFIG_INVALID,
                    spec.getVmId(),
                    "the virtual machine cannot have this shape: " + e.getMessage() + ".");
        }
    }

    private static VmPlace place(VmDirectory directory) {
        return new VmPlace(directory.getDatastoreUuid(), directory.getDirectory());
    }

    /** "address:port", the address in brackets when it is IPv6. */
    static InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon > 0 ? text.substring(0, colon) : "";
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        Integer port = colon > 0 ? port(text.substring(colon + 1)) : null;
        if (host.isEmpty() || port == null) {
            throw new IllegalArgumentException("\"" + text + "\" is not address:port");
        }
        return new InetSocketAddress(host, port);
    }

    private static @Nullable Integer port(String text) {
        try {
            int port = Integer.parseInt(text);
            return port >= 0 && port <= 65535 ? port : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static String checkId(String text, String what) {
        if (text.isEmpty() || text.length() > ID_CHARS_MAX) {
            throw new IllegalArgumentException("a " + what + " has 1 to " + ID_CHARS_MAX + " characters");
        }
        return text;
    }
}
