package dev.sternpost.agent.operation;

import dev.sternpost.agent.engine.VmAllocation;
import dev.sternpost.agent.vmdirectory.Provisioning;
import dev.sternpost.agent.vmdirectory.VmShape;
import dev.sternpost.vmotion.precopy.EngineCost;
import dev.sternpost.vmotion.precopy.PrecopyLimits;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an agent can be told to do; the agent protocol says what each means. */
public sealed interface Operation {

    /** Whether it changes nothing that a repetition would change again: it takes no turn and its result is not kept. */
    default boolean reads() {
        return switch (this) {
            case ReadVmDirectory _,
                    ReadConsole _,
                    Screenshot _,
                    Browse _,
                    QueryVm _,
                    ApplyAllocations _,
                    SendMagicPacket _ -> true;
            case CreateVm _,
                    DeleteVm _,
                    AdoptVm _,
                    ForgetVm _,
                    ReconfigureVm _,
                    RenameVm _,
                    PowerOnVm _,
                    PowerOffVm _,
                    ShutdownVm _,
                    ResetVm _,
                    SuspendVm _,
                    PrepareIncoming _,
                    StartMigration _,
                    SwitchOver _,
                    CancelMigration _,
                    AbortIncoming _,
                    ActivateIncoming _,
                    AnnounceVm _,
                    ReleaseSource _,
                    MoveFiles _,
                    SwitchFiles _,
                    CancelFileMove _,
                    RemoveMovedFiles _,
                    ReceiveFiles _,
                    SendFiles _,
                    HandOverFiles _,
                    TakeFiles _,
                    RunProgram _,
                    PowerOffHost _ -> false;
        };
    }

    /**
     * @param template where the template lies; null for empty disks
     * @param templateName base name of its files; empty when there is only one configuration file
     */
    record CreateVm(VmShape shape, @Nullable VmPlace template, String templateName) implements Operation {}

    record DeleteVm() implements Operation {}

    record ReadVmDirectory() implements Operation {}

    record AdoptVm(String vmxName) implements Operation {}

    record ForgetVm() implements Operation {}

    record ReconfigureVm(VmShape shape) implements Operation {}

    record RenameVm(String name) implements Operation {}

    record PowerOnVm(String cpuModel) implements Operation {}

    record PowerOffVm() implements Operation {}

    record ShutdownVm(Duration timeout) implements Operation {}

    record ResetVm() implements Operation {}

    record SuspendVm() implements Operation {}

    /**
     * @param withFiles whether its files have arrived here by {@link ReceiveFiles}, and its disks are to
     * @param provisioning how disks that arrive are to be set aside; null for as they are
     */
    record PrepareIncoming(
            String migrationId,
            String ticket,
            String sourceHostId,
            long nextGeneration,
            String vmxName,
            boolean withFiles,
            @Nullable Provisioning provisioning)
            implements Operation {
        PrepareIncoming(String migrationId, String ticket, String sourceHostId, long nextGeneration, String vmxName) {
            this(migrationId, ticket, sourceHostId, nextGeneration, vmxName, false, null);
        }

        @Override
        public String toString() {
            return "PrepareIncoming[" + migrationId + " from " + sourceHostId + "]";
        }
    }

    /** @param filesTo where its files go, which the target alone need see; null when both hosts have them */
    record StartMigration(
            String migrationId,
            String ticket,
            String targetHostId,
            InetSocketAddress targetRelay,
            long downtimeMillisMax,
            long bandwidthBytesPerSecondMax,
            long convergenceTimeoutMillis,
            @Nullable VmPlace filesTo)
            implements Operation {
        StartMigration(
                String migrationId,
                String ticket,
                String targetHostId,
                InetSocketAddress targetRelay,
                long downtimeMillisMax,
                long bandwidthBytesPerSecondMax,
                long convergenceTimeoutMillis) {
            this(
                    migrationId,
                    ticket,
                    targetHostId,
                    targetRelay,
                    downtimeMillisMax,
                    bandwidthBytesPerSecondMax,
                    convergenceTimeoutMillis,
                    null);
        }

        /** The pause and the time it is led by; of the pause, what this engine takes for itself is kept for it. */
        PrecopyLimits limits() {
            return PrecopyLimits.of(downtimeMillisMax, convergenceTimeoutMillis).sparing(EngineCost.QEMU);
        }

        @Override
        public String toString() {
            return "StartMigration[" + migrationId + " to " + targetHostId + "]";
        }
    }

    record SwitchOver(String migrationId, long nextGeneration) implements Operation {}

    record CancelMigration(String migrationId) implements Operation {}

    record AbortIncoming(String migrationId) implements Operation {}

    record ActivateIncoming(String migrationId) implements Operation {}

    record AnnounceVm() implements Operation {}

    record ReleaseSource(String migrationId) implements Operation {}

    /**
     * @param provisioning how disks are to be set aside at the target; null for as they are
     * @param bytesPerSecondMax for each disk; 0 for no limit
     */
    record MoveFiles(
            String moveId, VmPlace target, @Nullable Provisioning provisioning, long bytesPerSecondMax)
            implements Operation {}

    record SwitchFiles(String moveId, VmPlace target) implements Operation {}

    record CancelFileMove(String moveId, VmPlace target) implements Operation {}

    record RemoveMovedFiles(VmPlace old, VmPlace target, String vmxName) implements Operation {}

    /** At the target; the command's place is the new one. */
    record ReceiveFiles(String moveId, String ticket, String sourceHostId, long nextGeneration, String vmxName)
            implements Operation {
        @Override
        public String toString() {
            return "ReceiveFiles[" + moveId + " from " + sourceHostId + "]";
        }
    }

    /** At the source: small files of a virtual machine that runs, all of one that does not. */
    record SendFiles(
            String moveId,
            String ticket,
            String targetHostId,
            InetSocketAddress targetRelay,
            VmPlace target,
            long nextGeneration,
            long bytesPerSecondMax)
            implements Operation {
        @Override
        public String toString() {
            return "SendFiles[" + moveId + " to " + targetHostId + "]";
        }
    }

    record HandOverFiles(String moveId, VmPlace target) implements Operation {}

    record TakeFiles(String moveId) implements Operation {}

    record RunProgram(String program, List<String> arguments, Duration timeout) implements Operation {}

    record ReadConsole(long tailBytesMax) implements Operation {}

    record Screenshot() implements Operation {}

    record Browse(String datastoreUuid, String directory) implements Operation {}

    record QueryVm() implements Operation {}

    record PowerOffHost() implements Operation {}

    record SendMagicPacket(byte[] packet) implements Operation {}

    /** @param revision rises with each order */
    record ApplyAllocations(Map<String, VmAllocation> allocations, Duration validFor, long revision)
            implements Operation {
        @Override
        public String toString() {
            return "ApplyAllocations[" + revision + " for " + allocations.size() + " virtual machines]";
        }
    }
}
