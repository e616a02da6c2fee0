package dev.sternpost.drs.maintenance;

import dev.sternpost.drs.layout.ClusterLayout;
import dev.sternpost.drs.recommendation.VmMove;
import dev.sternpost.drs.search.Blocked;
import dev.sternpost.drs.search.HostSearch;
import dev.sternpost.drs.search.RoomSearch;
import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.drs.snapshot.HostCondition;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Plans how a host is emptied. The large VMs choose first, since the small ones fit in what is left; where nothing fits, one VM of
 * another host is moved out of the way. Asked with the host still in use: the plan is of what would happen.
 */
public final class EvacuationPlanner {
    private final ClusterLayout layout;
    private final EvacuationOptions options;
    private final Timetable timetable;
    private final List<EvacuationPlan.BlockedVm> blocked = new ArrayList<>();
    private final Set<Integer> moved = new HashSet<>();

    private EvacuationPlanner(ClusterLayout layout, EvacuationOptions options) {
        this.layout = layout;
        this.options = options;
        this.timetable = new Timetable(options.migrationsAtOnce());
    }

    public static EvacuationPlan plan(
            DrsSnapshot snapshot, DrsPolicy policy, HostId hostId, EvacuationOptions options) {
        snapshot.host(hostId);
        DrsSnapshot emptying = snapshot.withHosts(snapshot.hosts().stream()
                .map(host -> host.id().equals(hostId) && host.condition() != HostCondition.UNREACHABLE
                        ? host.withCondition(HostCondition.MAINTENANCE)
                        : host)
                .toList());
        ClusterLayout layout = ClusterLayout.of(emptying, policy);
        return new EvacuationPlanner(layout, options).empty(emptying, hostId);
    }

    private EvacuationPlan empty(DrsSnapshot snapshot, HostId hostId) {
        int host = IntStream.range(0, layout.hosts().count())
                .filter(each -> layout.host(each).id().equals(hostId))
                .findFirst()
                .orElseThrow();
        IntStream.range(0, layout.unitCountOn(host))
                .mapToObj(index -> layout.unitOn(host, index))
                .sorted(Comparator.comparingLong((Integer unit) -> -layout.memoryCommitted(unit))
                        .thenComparing(Comparator.naturalOrder()))
                .toList()
                .forEach(this::leave);
        blocked.sort(Comparator.comparing(EvacuationPlan.BlockedVm::vmId));
        List<VmMove> registrations = options.movePoweredOff() ? register(snapshot, hostId) : List.of();
        return new EvacuationPlan(hostId, timetable.moves(), registrations, blocked, timetable.end());
    }

    private void leave(int unit) {
        if (layout.immovable(unit).isEmpty()) {
            int target = HostSearch.best(layout, unit);
            if (target >= 0) {
                move(unit, target, false);
                return;
            }
            Optional<RoomSearch.Room> room = RoomSearch.find(layout, unit, leaver -> !moved.contains(leaver));
            if (room.isPresent()) {
                move(room.get().leaver(), room.get().refuge(), true);
                timetable.barrier();
                move(unit, room.get().host(), false);
                return;
            }
        }
        Blocked why = Blocked.of(layout, unit);
        layout.vmsOf(unit)
                .forEach(vm -> blocked.add(new EvacuationPlan.BlockedVm(vm.id(), why.reason(), why.remedy())));
    }

    private void move(int unit, int target, boolean makesRoom) {
        HostId from = layout.host(layout.hostOf(unit)).id();
        for (DrsVm vm : layout.vmsOf(unit)) {
            timetable.add(
                    new VmMove(vm.id(), from, layout.host(target).id()),
                    makesRoom,
                    vm.mobility().migrationSeconds());
        }
        layout.move(unit, target);
        moved.add(unit);
    }

    /** VMs that do not run go to the usable host with most memory free that has their datastores and networks, if there is one. */
    private List<VmMove> register(DrsSnapshot snapshot, HostId hostId) {
        List<VmMove> registrations = new ArrayList<>();
        for (DrsVm vm : snapshot.vms()) {
            if (!vm.poweredOn() && hostId.equals(vm.hostId())) {
                IntStream.range(0, layout.hosts().count())
                        .filter(host -> suits(vm, layout.host(host)))
                        .boxed()
                        .max(Comparator.comparingLong(
                                        (Integer host) -> layout.hosts().memoryFree(host))
                                .thenComparing(Comparator.reverseOrder()))
                        .ifPresent(host -> registrations.add(
                                new VmMove(vm.id(), hostId, layout.host(host).id())));
            }
        }
        return registrations;
    }

    private static boolean suits(DrsVm vm, DrsHost host) {
        return host.condition() == HostCondition.NORMAL
                && host.datastoreIds().containsAll(vm.datastoreIds())
                && host.networkIds().containsAll(vm.networkIds());
    }

    /**
     * The way back: those of the VMs that left a host and can return to it now.
     *
     * @param left the VMs that left; those that do not run now, or run there, are left alone
     */
    public static EvacuationPlan restore(
            DrsSnapshot snapshot,
            DrsPolicy policy,
            HostId hostId,
            Collection<VirtualMachineId> left,
            EvacuationOptions options) {
        ClusterLayout layout = ClusterLayout.of(snapshot, policy);
        return new EvacuationPlanner(layout, options).fill(hostId, left);
    }

    private EvacuationPlan fill(HostId hostId, Collection<VirtualMachineId> left) {
        int host = IntStream.range(0, layout.hosts().count())
                .filter(each -> layout.host(each).id().equals(hostId))
                .findFirst()
                .orElseThrow();
        left.stream()
                .sorted()
                .map(layout::unitOf)
                .filter(unit -> unit >= 0 && layout.hostOf(unit) != host)
                .distinct()
                .forEach(unit -> {
                    if (layout.immovable(unit).isEmpty() && layout.fits(unit, host)) {
                        move(unit, host, false);
                    } else {
                        Blocked why = layout.immovable(unit).isEmpty()
                                ? new Blocked(
                                        layout.host(host).name() + " " + String.join(", ", layout.reasons(unit, host)),
                                        "Leave it where it is, or make that good.")
                                : Blocked.of(layout, unit);
                        layout.vmsOf(unit)
                                .forEach(vm ->
                                        blocked.add(new EvacuationPlan.BlockedVm(vm.id(), why.reason(), why.remedy())));
                    }
                });
        return new EvacuationPlan(hostId, timetable.moves(), List.of(), blocked, timetable.end());
    }
}
