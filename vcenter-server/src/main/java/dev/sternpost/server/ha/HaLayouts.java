package dev.sternpost.server.ha;

import dev.sternpost.ha.admission.AdmissionPolicy;
import dev.sternpost.ha.policy.ClusterConfig;
import dev.sternpost.ha.policy.IsolationResponse;
import dev.sternpost.ha.policy.MemberHost;
import dev.sternpost.ha.policy.ProtectedVm;
import dev.sternpost.ha.policy.Readiness;
import dev.sternpost.ha.policy.RestartPriority;
import dev.sternpost.ha.rehearsal.Layout;
import dev.sternpost.ha.timing.HaTiming;
import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.HaAdmission;
import dev.sternpost.inventory.HaVmSettings;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.server.availability.HaContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A cluster as those who rehearse a failover need it, from the inventory. */
final class HaLayouts {
    private HaLayouts() {}

    /** What runs there now counts; also while high availability is off, to say what would be. */
    static Layout of(InventorySnapshot snapshot, Cluster cluster) {
        List<VirtualMachine> vms = HaContents.protectedVms(snapshot, cluster);
        Set<VirtualMachineId> ids = new TreeSet<>();
        vms.forEach(vm -> ids.add(vm.id()));
        List<MemberHost> hosts = new ArrayList<>();
        Set<HostId> members = new TreeSet<>();
        for (Host host : HaContents.members(snapshot, cluster)) {
            HaContents.member(snapshot, cluster.ha(), host).ifPresent(member -> {
                members.add(host.id());
                hosts.add(new MemberHost(
                        member.id(), member.memoryBytes(), member.cpuMhz(), member.open() && host.isConnected()));
            });
        }
        TreeMap<VirtualMachineId, HostId> running = new TreeMap<>();
        vms.stream()
                .filter(vm -> vm.powerState() == PowerState.POWERED_ON && members.contains(vm.hostId()))
                .forEach(vm -> running.put(vm.id(), vm.hostId()));
        ClusterConfig config = ClusterConfig.of(
                1,
                HaTiming.DEFAULT,
                hosts,
                vms.stream()
                        .map(vm -> HaContents.vm(snapshot, cluster.ha(), vm, ids))
                        .map(HaLayouts::vm)
                        .toList());
        return new Layout(config, running);
    }

    private static ProtectedVm vm(HaContent.Vm vm) {
        return new ProtectedVm(
                vm.id(),
                vm.memoryBytes(),
                vm.cpuMhz(),
                priority(vm.priority()),
                switch (vm.isolation()) {
                    case LEAVE_ON -> IsolationResponse.LEAVE_ON;
                    case SHUT_DOWN -> IsolationResponse.SHUT_DOWN;
                    case POWER_OFF -> IsolationResponse.POWER_OFF;
                },
                new Readiness(
                        switch (vm.readiness()) {
                            case POWERED_ON -> Readiness.Condition.POWERED_ON;
                            case GUEST_HEARTBEAT -> Readiness.Condition.GUEST_HEARTBEAT;
                        },
                        vm.readyAfterMillis()),
                vm.dependsOn());
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
