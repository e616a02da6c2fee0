package dev.sternpost.server.host;

import dev.sternpost.inventory.DiskProvisioning;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What an agent can be told to do; one for one the operations of the agent protocol, where each is described. */
public sealed interface HostOperation {

    /** Makes the directory and disks; answers with {@link HostPayload.Shape}. */
    record CreateVm(VmShape shape, @Nullable VmLocation template) implements HostOperation {}

    record DeleteVm() implements HostOperation {}

    /** Reads a directory; answers with {@link HostPayload.Shape}. */
    record ReadVmDirectory() implements HostOperation {}

    record AdoptVm() implements HostOperation {}

    record ForgetVm() implements HostOperation {}

    /** Writes a new shape; answers with {@link HostPayload.Shape}. */
    record ReconfigureVm(VmShape shape) implements HostOperation {}

    record RenameVm(String name) implements HostOperation {}

    record PowerOnVm(String cpuModel) implements HostOperation {}

    record PowerOffVm() implements HostOperation {}

    record ShutdownVm(Duration timeout) implements HostOperation {}

    record ResetVm() implements HostOperation {}

    record SuspendVm() implements HostOperation {}

    record QueryVm() implements HostOperation {}

    /**
     * The ticket is a secret of this migration; {@code toString} leaves it out.
     *
     * @param withFiles whether its files have come by {@link ReceiveFiles} and its disks are to come
     * @param provisioning how disks that come are set aside; null for as they are
     */
    record PrepareIncoming(
            String migrationId,
            String ticket,
            HostId sourceHostId,
            long nextGeneration,
            boolean withFiles,
            @Nullable DiskProvisioning provisioning)
            implements HostOperation {
        @Override
        public String toString() {
            return "PrepareIncoming[" + migrationId + " from " + sourceHostId + "]";
        }
    }

    /**
     * Its answer comes when the guest, still running, is ready for the switch-over: {@link HostPayload.Migration}.
     *
     * @param filesTo where its files go along; null when both hosts see them
     */
    record StartMigration(
            String migrationId,
            String ticket,
            HostId targetHostId,
            String targetRelayAddress,
            long downtimeLimitMillis,
            long bandwidthLimitBytesPerSecond,
            long convergenceTimeoutMillis,
            @Nullable VmLocation filesTo)
            implements HostOperation {
        @Override
        public String toString() {
            return "StartMigration[" + migrationId + " to " + targetHostId + "]";
        }
    }

    /** Answers with {@link HostPayload.Migration} once the source is stopped for good. */
    record SwitchOver(String migrationId, long nextGeneration) implements HostOperation {}

    record CancelMigration(String migrationId) implements HostOperation {}

    record AbortIncoming(String migrationId) implements HostOperation {}

    /** Answers with {@link HostPayload.Activation}. */
    record ActivateIncoming(String migrationId) implements HostOperation {}

    record AnnounceVm() implements HostOperation {}

    record ReleaseSource(String migrationId) implements HostOperation {}

    /**
     * Copies the files of a VM to another datastore; its answer comes when only the change-over is left.
     *
     * @param provisioning how disks are set aside there; null for as they are
     * @param bandwidthLimitBytesPerSecond for each disk; 0 for none
     */
    record MoveFiles(
            String moveId,
            VmLocation target,
            @Nullable DiskProvisioning provisioning,
            long bandwidthLimitBytesPerSecond)
            implements HostOperation {}

    /** Answers with {@link HostPayload.Shape}, as it is at the new place. */
    record SwitchFiles(String moveId, VmLocation target) implements HostOperation {}

    record CancelFileMove(String moveId, VmLocation target) implements HostOperation {}

    /** Deletes what was left at the old place. */
    record RemoveMovedFiles(VmLocation old, VmLocation target) implements HostOperation {}

    /** To the target, which makes the directory of the command and expects files there; ended by {@link AbortIncoming}. */
    record ReceiveFiles(String moveId, String ticket, HostId sourceHostId, long nextGeneration)
            implements HostOperation {
        @Override
        public String toString() {
            return "ReceiveFiles[" + moveId + " from " + sourceHostId + "]";
        }
    }

    /** To the source: all files of a VM that does not run, all but the disks of one that does. Ended by {@link CancelMigration}. */
    record SendFiles(
            String moveId,
            String ticket,
            HostId targetHostId,
            String targetRelayAddress,
            VmLocation target,
            long nextGeneration,
            long bandwidthLimitBytesPerSecond)
            implements HostOperation {
        @Override
        public String toString() {
            return "SendFiles[" + moveId + " to " + targetHostId + "]";
        }
    }

    /** To the source of a VM that does not run: gives it away. */
    record HandOverFiles(String moveId, VmLocation target) implements HostOperation {}

    /** To the target of a VM that does not run: takes it. Answers with {@link HostPayload.Shape}. */
    record TakeFiles(String moveId) implements HostOperation {}

    /** Answers with {@link HostPayload.ProgramResult}. */
    record RunProgram(String program, List<String> arguments, Duration timeout) implements HostOperation {
        public RunProgram {
            arguments = List.copyOf(arguments);
        }
    }

    /** Answers with {@link HostPayload.ConsoleLog}. */
    record ReadConsole(long tailBytes) implements HostOperation {}

    /** Answers with {@link HostPayload.Screen}. */
    record Screenshot() implements HostOperation {}

    /**
     * What the VMs of a host are entitled to, as a whole.
     *
     * @param validFor how long it holds unless it comes again
     * @param revision rises with each order
     */
    record ApplyAllocations(Map<VirtualMachineId, Allocation> allocations, Duration validFor, long revision)
            implements HostOperation {
        public ApplyAllocations {
            allocations = Map.copyOf(allocations);
        }
    }

    /**
     * What one VM is entitled to.
     *
     * @param cpuLimitPermille CPU it may use at most, in thousandths of one CPU; {@link #NONE} for no limit
     * @param cpuShares its weight; 1,000 for each virtual CPU is usual
     * @param memorySoftLimitBytes memory beyond which it gives some up first; {@link #NONE} for no such mark
     */
    record Allocation(long cpuLimitPermille, long cpuShares, long memorySoftLimitBytes) {
        public static final long NONE = -1;
    }

    /** Switches the host's own machine off; refused while a VM runs there. It answers first. */
    record PowerOffHost() implements HostOperation {}

    /** Sends a packet to everybody on the host's segment. */
    record SendMagicPacket(byte[] packet) implements HostOperation {}

    /** Answers with {@link HostPayload.Listing}. */
    record Browse(UUID datastoreUuid, String directory) implements HostOperation {}
}
