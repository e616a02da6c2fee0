package dev.sternpost.server.migration;

import dev.sternpost.inventory.DatastoreId;
import dev.sternpost.inventory.DiskProvisioning;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.VirtualDisk;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VmConfig;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Input of both kinds of move, as the task keeps it.
 *
 * @param targetHostId empty lets placement choose
 * @param files what becomes of its files when they go along; null when they stay where both hosts see them
 * @param planned whether a planner chose the target: then rules between VMs hold on the way too, not only at the end of a plan
 */
record MigrationInput(
        String vmId,
        String sourceHostId,
        String targetHostId,
        long downtimeLimitMillis,
        long bandwidthLimitBytesPerSecond,
        boolean planned,
        @Nullable FilesAlong files) {

    /** @param provisioning how disks are set aside there; null for as they are */
    record FilesAlong(DatastoreId datastoreId, @Nullable DiskProvisioning provisioning) {
        /** The disks as they are set aside there. */
        List<VirtualDisk> disks(VmConfig config) {
            DiskProvisioning now = provisioning;
            return config.disks().stream()
                    .map(disk -> new VirtualDisk(
                            disk.label(),
                            disk.capacityBytes(),
                            now == null ? disk.provisioning() : now,
                            disk.fileName(),
                            disk.allocatedBytes()))
                    .toList();
        }
    }

    /** The VM as its target sees it: with its files where they will be. */
    VirtualMachine atTarget(VirtualMachine vm) {
        return files == null ? vm : vm.withPlace(files.datastoreId(), vm.directory());
    }

    /** @throws FaultException VM_WRONG_POWER_STATE */
    static void requireRunning(VirtualMachine vm) {
        if (vm.powerState() != PowerState.POWERED_ON) {
            throw Fault.of(
                            FaultCode.VM_WRONG_POWER_STATE,
                            "%s does not run any more, so there is nothing to migrate live. Ask again to move it as it is."
                                    .formatted(vm.name()))
                    .about(vm.id().value())
                    .exception();
        }
    }
}
