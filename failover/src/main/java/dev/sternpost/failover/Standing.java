package dev.sternpost.failover;

import dev.sternpost.drs.entitlement.Allocation;
import dev.sternpost.drs.entitlement.Pool;
import dev.sternpost.drs.rule.Rule;
import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.drs.snapshot.HostCondition;
import dev.sternpost.drs.snapshot.VmDemand;
import dev.sternpost.drs.snapshot.VmMobility;
import dev.sternpost.ha.policy.MemberHost;
import dev.sternpost.ha.policy.ProtectedVm;
import dev.sternpost.ha.restart.Fleet;
import dev.sternpost.ha.restart.RestartPlacement.Request;
import dev.sternpost.ha.table.VmEntry;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.ResourcePoolId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A cluster as high availability knows it, in the words of load balancing. Hosts know of a virtual machine what it needs and not what it does:
 * so what it may have counts as what it wants.
 *
 * @param room what is left of each host that can be used
 */
record Standing(DrsSnapshot snapshot, SortedMap<HostId, Fleet.Room> room) {
    private static final ResourcePoolId ROOT = ResourcePoolId.of(1);
    private static final int CPU_COUNT_MAX = 1 << 16;
    /** Numbers of virtual machines that stand for all others of a host begin here; the inventory does not get so far. */
    private static final long REST = 1L << 52;

    private static final VmMobility STAYS = VmMobility.free(0, 0);

    static boolean takesRoom(VmEntry entry) {
        return switch (entry.phase()) {
            case STARTING, RUNNING, GUEST_UP -> true;
            case LOST, RELEASED, OFF -> false;
        };
    }

    static Standing of(List<Request> requests, Fleet fleet, List<Rule> rules) {
        TreeSet<HostId> ids = new TreeSet<>(fleet.usable());
        ids.addAll(fleet.entries().keySet());
        List<DrsHost> hosts = new ArrayList<>();
        for (HostId id : ids) {
            MemberHost member = fleet.config().hosts().get(id);
            if (member != null) {
                hosts.add(host(member, fleet.usable().contains(id)));
            }
        }
        Set<VirtualMachineId> named = new HashSet<>();
        rules.forEach(rule -> named.addAll(rule.vmIds()));
        TreeMap<VirtualMachineId, DrsVm> vms = new TreeMap<>();
        // Asked for thousands of times, each faster than in a sorted map.
        Map<VirtualMachineId, ProtectedVm> known = new HashMap<>(fleet.config().vms());
        TreeMap<HostId, Fleet.Room> room = new TreeMap<>();
        for (DrsHost host : hosts) {
            Fleet.Room left = addRunning(fleet, host.id(), known, named, vms);
            if (fleet.usable().contains(host.id())) {
                room.put(host.id(), left);
            }
        }
        List<Rule> all = new ArrayList<>(rules);
        for (Request request : requests) {
            ProtectedVm vm = request.vm();
            vms.put(vm.vmId(), vm(vm.vmId(), vm.memoryBytes(), vm.cpuMhz()));
            if (!request.avoided().isEmpty()) {
                all.add(new Rule.VmHost(
                        "avoid " + request.vm().vmId(),
                        true,
                        Rule.Affinity.NOT_RUN_ON,
                        Rule.Strength.SHOULD,
                        List.of(request.vm().vmId()),
                        List.copyOf(request.avoided())));
            }
        }
        return new Standing(
                new DrsSnapshot(0, hosts, List.copyOf(vms.values()), List.of(Pool.root(ROOT, "cluster")), all), room);
    }

    private static DrsHost host(MemberHost member, boolean usable) {
        return new DrsHost(
                member.hostId(),
                member.hostId().toString(),
                usable ? HostCondition.NORMAL : HostCondition.UNREACHABLE,
                CPU_COUNT_MAX,
                Math.max(1, member.cpuMhz()),
                Math.max(1, member.memoryBytes()),
                List.of(),
                List.of());
    }

    /** Those that no rule names count as one, since only what they take together matters: there may be thousands. */
    private static Fleet.Room addRunning(
            Fleet fleet,
            HostId host,
            Map<VirtualMachineId, ProtectedVm> known,
            Set<VirtualMachineId> named,
            TreeMap<VirtualMachineId, DrsVm> into) {
        long memoryBytes = 0;
        long cpuMhz = 0;
        MemberHost member = Objects.requireNonNull(fleet.config().hosts().get(host));
        Fleet.Room left = new Fleet.Room(member.memoryBytes(), member.cpuMhz());
        for (VmEntry entry : fleet.entries().getOrDefault(host, List.of())) {
            ProtectedVm vm = takesRoom(entry) ? known.get(entry.vmId()) : null;
            if (vm == null) {
                continue;
            }
            left = left.less(vm);
            if (named.contains(vm.vmId())) {
                into.put(vm.vmId(), vm(vm.vmId(), vm.memoryBytes(), vm.cpuMhz()).withHost(host, true));
            } else {
                memoryBytes += vm.memoryBytes();
                cpuMhz += vm.cpuMhz();
            }
        }
        if (memoryBytes > 0) {
            VirtualMachineId rest = VirtualMachineId.of(REST + host.number());
            into.put(rest, vm(rest, memoryBytes, cpuMhz).withHost(host, true));
        }
        return left;
    }

    private static DrsVm vm(VirtualMachineId id, long memoryBytes, long cpuMhz) {
        // The planner adds what every virtual machine takes besides; here that is counted already.
        long memory = Math.max(1, memoryBytes - DrsVm.OVERHEAD_BYTES);
        return new DrsVm(
                id,
                id.toString(),
                null,
                false,
                ROOT,
                1,
                memory,
                new Allocation(cpuMhz, Allocation.UNLIMITED, Allocation.CPU_SHARES_NORMAL),
                Allocation.normalMemory(memory),
                VmDemand.steady(cpuMhz, memory),
                List.of(),
                List.of(),
                STAYS);
    }
}
