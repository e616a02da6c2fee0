package dev.sternpost.drs.whatif;

import dev.sternpost.drs.DrsPlan;
import dev.sternpost.drs.DrsPlanner;
import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.drs.snapshot.HostCondition;
import dev.sternpost.drs.snapshot.VmDemand;
import dev.sternpost.inventory.HostId;
import java.util.ArrayList;
import java.util.List;

/**
 * The answer to "what if?".
 *
 * @param asIs the plan for the cluster as it is
 * @param changed the plan for the cluster as it would be; what could not be put right is among its problems
 */
public record WhatIf(DrsPlan asIs, DrsPlan changed) {

    /** Plans both clusters. */
    public static WhatIf ask(DrsSnapshot snapshot, DrsPolicy policy, List<Change> changes) {
        return new WhatIf(DrsPlanner.plan(snapshot, policy), DrsPlanner.plan(apply(snapshot, changes), policy));
    }

    /**
     * The cluster as it would be.
     *
     * @throws IllegalArgumentException when a host or VM is not of this cluster
     */
    public static DrsSnapshot apply(DrsSnapshot snapshot, List<Change> changes) {
        DrsSnapshot changed = snapshot;
        for (Change change : changes) {
            changed = apply(changed, change);
        }
        return changed;
    }

    private static DrsSnapshot apply(DrsSnapshot snapshot, Change change) {
        return switch (change) {
            case Change.RemoveHost remove -> {
                DrsHost gone = snapshot.host(remove.hostId()).withCondition(HostCondition.MAINTENANCE);
                yield snapshot.withHosts(snapshot.hosts().stream()
                        .map(host -> host.id().equals(gone.id()) ? gone : host)
                        .toList());
            }
            case Change.AddHost add -> withMore(snapshot, List.of(add.host()));
            case Change.AddHostsLike add -> {
                DrsHost model = snapshot.host(add.hostId());
                long number = snapshot.hosts().getLast().id().number();
                List<DrsHost> more = new ArrayList<>();
                for (int i = 1; i <= add.count(); i++) {
                    HostId id = HostId.of(number + i);
                    more.add(new DrsHost(
                            id,
                            "new-" + i,
                            HostCondition.NORMAL,
                            model.cpuCount(),
                            model.cpuMhz(),
                            model.memoryBytes(),
                            model.datastoreIds(),
                            model.networkIds()));
                }
                yield withMore(snapshot, more);
            }
            case Change.ResizeVm resize -> {
                DrsVm resized = resized(snapshot.vm(resize.vmId()), resize);
                yield snapshot.withVms(snapshot.vms().stream()
                        .map(vm -> vm.id().equals(resized.id()) ? resized : vm)
                        .toList());
            }
        };
    }

    private static DrsSnapshot withMore(DrsSnapshot snapshot, List<DrsHost> more) {
        List<DrsHost> hosts = new ArrayList<>(snapshot.hosts());
        hosts.addAll(more);
        return snapshot.withHosts(hosts);
    }

    private static DrsVm resized(DrsVm vm, Change.ResizeVm resize) {
        double cpu = (double) resize.cpuCount() / vm.cpuCount();
        double memory = (double) resize.memoryBytes() / vm.memoryBytes();
        VmDemand demand = vm.demand();
        return vm.withSize(
                resize.cpuCount(),
                resize.memoryBytes(),
                new VmDemand(demand.cpuMhz() * cpu, demand.cpuPeakMhz() * cpu, demand.memoryBytes() * memory));
    }
}
