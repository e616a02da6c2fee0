package dev.sternpost.ha.restart;

import dev.sternpost.ha.policy.ClusterConfig;
import dev.sternpost.ha.policy.MemberHost;
import dev.sternpost.ha.policy.ProtectedVm;
import dev.sternpost.ha.table.VmEntry;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.Collection;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the coordinator knows of the cluster at one moment.
 *
 * @param usable hosts that can be told to start something: open, heard, and with a good lease
 * @param over hosts whose lease is over, so that nothing runs there any more
 * @param entries what each host that lives lists
 */
public record Fleet(
        ClusterConfig config,
        SortedSet<HostId> usable,
        SortedSet<HostId> over,
        SortedMap<HostId, Collection<VmEntry>> entries) {
    public Fleet {
        usable = Collections.unmodifiableSortedSet(new TreeSet<>(usable));
        over = Collections.unmodifiableSortedSet(new TreeSet<>(over));
        entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
    }

    /** Where a virtual machine is, and under which generation. */
    public record Whereabouts(HostId hostId, VmEntry entry) {}

    /** The latest word on each virtual machine that some host lists. */
    public SortedMap<VirtualMachineId, Whereabouts> whereabouts() {
        TreeMap<VirtualMachineId, Whereabouts> found = new TreeMap<>();
        entries.forEach((host, list) -> {
            for (VmEntry entry : list) {
                found.merge(
                        entry.vmId(),
                        new Whereabouts(host, entry),
                        (one, other) -> other.entry().generation() > one.entry().generation() ? other : one);
            }
        });
        return found;
    }

    /** Memory that is left on each host that can be used, in bytes. */
    public SortedMap<HostId, Long> memoryFree() {
        TreeMap<HostId, Long> free = new TreeMap<>();
        for (HostId host : usable) {
            MemberHost member = config.hosts().get(host);
            long left = member == null ? 0 : member.memoryBytes();
            for (VmEntry entry : entries.getOrDefault(host, java.util.List.of())) {
                ProtectedVm vm = config.vms().get(entry.vmId());
                boolean there = entry.phase() != VmEntry.Phase.LOST && entry.phase() != VmEntry.Phase.RELEASED;
                left -= vm != null && there ? vm.memoryBytes() : 0;
            }
            free.put(host, left);
        }
        return free;
    }
}
