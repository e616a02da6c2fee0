package dev.sternpost.ha.coordinator;

import dev.sternpost.ha.table.VmEntry;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;

/** Something that a host lists. */
record Listed(HostId hostId, VirtualMachineId vmId, long generation) implements Comparable<Listed> {
    boolean isOf(HostId host, VmEntry entry) {
        return generation == entry.generation() && vmId.equals(entry.vmId()) && hostId.equals(host);
    }

    @Override
    public int compareTo(Listed other) {
        int byHost = hostId.compareTo(other.hostId);
        int byVm = byHost != 0 ? byHost : vmId.compareTo(other.vmId);
        return byVm != 0 ? byVm : Long.compare(generation, other.generation);
    }
}
