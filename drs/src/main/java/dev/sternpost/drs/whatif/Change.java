package dev.sternpost.drs.whatif;

import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;

/** Something that could happen to a cluster. */
public sealed interface Change {
    /** A host is taken away; what runs on it has to go elsewhere first. */
    record RemoveHost(HostId hostId) implements Change {}

    /** A host is added. */
    record AddHost(DrsHost host) implements Change {}

    /** As many hosts are added, each like one that is there. */
    record AddHostsLike(HostId hostId, int count) implements Change {
        /** Most hosts that one question adds. */
        public static final int COUNT_MAX = 1_000;

        public AddHostsLike {
            if (count < 1 || count > COUNT_MAX) {
                throw new IllegalArgumentException("1 to " + COUNT_MAX + " hosts, not " + count);
            }
        }
    }

    /** A VM gets another size; its demand grows with its CPUs and memory. */
    record ResizeVm(VirtualMachineId vmId, int cpuCount, long memoryBytes) implements Change {}
}
