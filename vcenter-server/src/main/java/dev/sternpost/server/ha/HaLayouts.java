package dev.sternpost.server.ha;

import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.failover.PlannedRestarts;
import dev.sternpost.ha.admission.AdmissionPolicy;
import dev.sternpost.ha.policy.ClusterConfig;
import dev.sternpost.ha.policy.IsolationResponse;
import dev.sternpost.ha.policy.MemberHost;
import dev.sternpost.ha.policy.ProtectedVm;
import dev.sternpost.ha.policy.Readiness;
import dev.sternpost.ha.policy.RestartPriority;
import dev.sternpost.ha.rehearsal.Layout;
import dev.sternpost.ha.restart.RestartPlacement;
import dev.sternpost.ha.timing.HaTiming;
import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.HaAdmission;
import dev.sternpost.inventory.HaSettings;
import dev.sternpost.inventory.HaVmSettings;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.VmConfig;
import dev.sternpost.server.work.Reservations.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/** A cluster as those who rehearse a failover need it, from the inventory. */
final class HaLayouts {
    private HaLayouts() {}

    /** What runs there now counts; also while high availability is off, to say what would be. */
    static Layout of(InventorySnapshot snapshot, Cluster cluster) {
        return with(snapshot, cluster, List.of());
    }

    /** What the coordinator places by: the same planner, under the same rules. */
    static RestartPlacement placement(InventorySnapshot snapshot, Cluster cluster) {
        return new PlannedRestarts(HaRules.of(snapshot, cluster));
    }

    /** Also with virtual machines whose files no other host sees, to say of them that they would not start. */
    static Layout whole(InventorySnapshot snapshot, Cluster cluster) {
        return layout(snapshot, cluster, List.of(), vm -> true);
    }

    /**
     * With virtual machines that come, or are to have another shape, where they were promised room. Those whose files no other host sees are
     * promised nothing.
     */
    static Layout with(InventorySnapshot snapshot, Cluster cluster, List<Promise> coming) {
        List<HostId> members =
                HaContents.members(snapshot, cluster).stream().map(Host::id).toList();
        return layout(snapshot, cluster, coming, vm -> HaRules.isSeenElsewhere(snapshot, vm, members));
    }

    private static Layout layout(
            InventorySnapshot snapshot, Cluster cluster, List<Promise> coming, Predicate<VirtualMachine> counts) {
        HaSettings settings = cluster.ha();
        TreeMap<VirtualMachineId, ProtectedVm> vms = new TreeMap<>();
        TreeMap<VirtualMachineId, HostId> running = new TreeMap<>();
        TreeMap<HostId, Long> taken = new TreeMap<>();
        for (VirtualMachine vm : HaContents.protectedVms(snapshot, cluster)) {
            vms.put(vm.id(), vm(settings, vm.id(), vm.config()));
            if (vm.powerState() == PowerState.POWERED_ON && counts.test(vm)) {
                running.put(vm.id(), vm.hostId());
            } else if (vm.powerState() == PowerState.POWERED_ON) {
                taken.merge(vm.hostId(), memory(vm.config()), Long::sum);
            }
        }
        for (Promise promise : coming) {
            VirtualMachineId id = promise.vm().id();
            boolean here = snapshot.find(id).map(counts::test).orElse(true);
            if (HaContents.isProtected(settings, id) && here) {
                vms.put(id, vm(settings, id, promise.vm().config()));
                running.put(id, promise.hostId());
            } else if (!running.containsKey(id)) {
                taken.merge(promise.hostId(), memory(promise.vm().config()), Long::sum);
            }
        }
        List<MemberHost> hosts = new ArrayList<>();
        Set<HostId> members = new TreeSet<>();
        for (Host host : HaContents.members(snapshot, cluster)) {
            HaContents.member(snapshot, settings, host).ifPresent(member -> {
                members.add(host.id());
                hosts.add(new MemberHost(
                        member.id(),
                        Math.max(0, member.memoryBytes() - taken.getOrDefault(host.id(), 0L)),
                        member.cpuMhz(),
                        member.open() && host.isConnected(),
                        member.spare()));
            });
        }
        running.values().retainAll(members);
        vms.keySet().removeIf(id -> snapshot.find(id).isEmpty() && !running.containsKey(id));
        return new Layout(ClusterConfig.of(1, HaTiming.DEFAULT, hosts, vms.values()), running);
    }

    /** With hosts that are not to be used. */
    static Layout closed(Layout layout, Predicate<HostId> used) {
        List<MemberHost> hosts = layout.config().hosts().values().stream()
                .map(host -> new MemberHost(
                        host.hostId(),
                        host.memoryBytes(),
                        host.cpuMhz(),
                        host.open() && used.test(host.hostId()),
                        host.spare()))
                .toList();
        return new Layout(
                ClusterConfig.of(
                        1, HaTiming.DEFAULT, hosts, layout.config().vms().values()),
                layout.running());
    }

    private static long memory(VmConfig config) {
        return config.memoryBytes() + DrsVm.OVERHEAD_BYTES;
    }

    private static ProtectedVm vm(HaSettings settings, VirtualMachineId id, VmConfig config) {
        HaVmSettings own = settings.of(id).orElseGet(() -> HaVmSettings.usual(id));
        return new ProtectedVm(
                id,
                memory(config),
                config.cpuAllocation().reservation(),
                priority(own.priority()),
                IsolationResponse.LEAVE_ON,
                Readiness.POWERED_ON,
                own.dependsOn());
    }

    private static RestartPriority priority(HaVmSettings.Priority priority) {
        return switch (priority) {
            case HIGHEST -> RestartPriority.HIGHEST;
            case HIGH -> RestartPriority.HIGH;
            case MEDIUM -> RestartPriority.MEDIUM;
            case LOW -> RestartPriority.LOW;
            case LOWEST -> RestartPriority.LOWEST;
            case DISABLED -> throw new IllegalArgumentException("what is not started again has no place");
        };
    }

    static AdmissionPolicy policy(HaAdmission admission) {
        return switch (admission.kind()) {
            case OFF -> new AdmissionPolicy.Off();
            case HOST_FAILURES -> new AdmissionPolicy.HostFailures(admission.hostFailures());
            case PERCENTAGE -> new AdmissionPolicy.Percentage(admission.memoryPercent(), admission.cpuPercent());
            case DEDICATED_HOSTS -> new AdmissionPolicy.DedicatedHosts(new TreeSet<>(admission.dedicatedHostIds()));
        };
    }
}
