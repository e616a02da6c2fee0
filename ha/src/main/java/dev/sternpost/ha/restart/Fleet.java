package dev.sternpost.ha.restart;

import dev.sternpost.ha.policy.ClusterConfig;
import dev.sternpost.ha.policy.MemberHost;
import dev.sternpost.ha.policy.ProtectedVm;
import dev.sternpost.ha.table.VmEntry;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the coordinator knows of the cluster at one moment.
 *
 * @param usable hosts that can be told to start something: open, heard, and with a good lease
 * @param over hosts whose lease is over, each with the beginning of the last look at it that proves so: what they held before that, they do
 *     not run any more
 * @param entries what each host that lives lists
 */
public record Fleet(
        ClusterConfig config,
        SortedSet<HostId> usable,
        SortedMap<HostId, Long> over,
        SortedMap<HostId, Collection<VmEntry>> entries) {
    public Fleet {
        usable = Collections.unmodifiableSortedSet(new TreeSet<>(usable));
        over = Collections.unmodifiableSortedMap(new TreeMap<>(over));
        entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
    }

    /** With these hosts alone to start anything on. */
    Fleet using(SortedSet<HostId> hosts) {
        return new Fleet(config, hosts, over, entries);
    }

    /** With more that is being started, each under the host it is ordered to. */
    Fleet with(Map<HostId, List<VmEntry>> more) {
        TreeMap<HostId, Collection<VmEntry>> all = new TreeMap<>(entries);
        more.forEach((host, list) -> {
            List<VmEntry> both = new ArrayList<>(list);
            both.addAll(entries.getOrDefault(host, List.of()));
            all.put(host, both);
        });
        return new Fleet(config, usable, over, all);
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

    /** What is left of a host. */
    public record Room(long memoryBytes, long cpuMhz) {
        /** Whether a virtual machine fits. */
        public boolean holds(ProtectedVm vm) {
            return vm.memoryBytes() <= memoryBytes && vm.cpuMhz() <= cpuMhz;
        }

        /** With one virtual machine more. */
        public Room less(ProtectedVm vm) {
            return new Room(memoryBytes - vm.memoryBytes(), cpuMhz - vm.cpuMhz());
        }
    }

    private static boolean takesRoom(VmEntry.Phase phase) {
        return switch (phase) {
            case STARTING, RUNNING, GUEST_UP -> true;
            case LOST, RELEASED, OFF -> false;
        };
    }

    /** What is left of each host that can be used. */
    public SortedMap<HostId, Room> room() {
        TreeMap<HostId, Room> room = new TreeMap<>();
        for (HostId host : usable) {
            MemberHost member = config.hosts().get(host);
            Room left = member == null ? new Room(0, 0) : new Room(member.memoryBytes(), member.cpuMhz());
            for (VmEntry entry : entries.getOrDefault(host, List.of())) {
                ProtectedVm vm = config.vms().get(entry.vmId());
                left = vm != null && takesRoom(entry.phase()) ? left.less(vm) : left;
            }
            room.put(host, left);
        }
        return room;
    }
}
