package dev.sternpost.ha.host;

import dev.sternpost.ha.host.LocalVm.Stage;
import dev.sternpost.ha.table.VmEntry;
import dev.sternpost.ha.table.VmTable;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A host's protected virtual machines, as they are between two turns of the machine.
 *
 * @param epoch of the lease
 * @param leaseUntilMillis until when it is good
 * @param tableVersion of what is to be on the datastore
 * @param writtenVersion of what is known to be there
 * @param writing the version that is being written; 0 when none is
 * @param retryMillis when to write again after a failure
 */
record LocalState(
        long epoch,
        long leaseUntilMillis,
        SortedMap<VirtualMachineId, LocalVm> vms,
        long tableVersion,
        long writtenVersion,
        long writing,
        long retryMillis) {
    LocalState {
        vms = Collections.unmodifiableSortedMap(vms);
    }

    boolean leaseHeld(long at) {
        return at < leaseUntilMillis;
    }

    List<VmEntry> entries() {
        return vms.values().stream().map(LocalVm::entry).toList();
    }

    /** What the agent before this one left: its table, and which of its virtual machines execute now, with their generation. */
    static LocalState restored(HostId self, @Nullable VmTable table, SortedMap<VirtualMachineId, Long> executing) {
        TreeMap<VirtualMachineId, LocalVm> vms = new TreeMap<>();
        long version = table == null ? 0 : table.version();
        if (table != null) {
            for (VmEntry entry : table.entries().values()) {
                vms.put(entry.vmId(), LocalVm.listed(self, entry));
            }
        }
        executing.forEach((vmId, generation) -> vms.put(vmId, LocalVm.present(self, vmId, generation, Stage.RUNNING)));
        return new LocalState(0, 0, vms, version + 1, version, 0, 0);
    }
}
