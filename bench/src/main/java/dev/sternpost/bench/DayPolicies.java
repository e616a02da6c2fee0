package dev.sternpost.bench;

import dev.sternpost.drs.DrsPlanner;
import dev.sternpost.drs.recommendation.VmMove;
import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Those that are compared. */
final class DayPolicies {
    private DayPolicies() {}

    /** Leaves everything where it is. */
    static DayPolicy none() {
        return of(DemandSeries.DAY_MINUTES, (measured, expected) -> List.of());
    }

    /** Ours, as it is delivered. */
    static DayPolicy ours(DrsPolicy policy) {
        return of(
                1,
                (measured, expected) -> DrsPlanner.plan(expected, policy).recommendations().stream()
                        .flatMap(each -> each.moves().stream())
                        .toList());
    }

    /** The plain rule: a host over 90 % gives its busiest VM that fits to the least busy host. */
    static DayPolicy threshold() {
        return of(5, (measured, expected) -> overThreshold(measured));
    }

    /** hbal with at most so many moves each time. */
    static DayPolicy hbal(int periodMinutes, int moves) {
        return of(
                periodMinutes,
                (measured, expected) -> Hbal.balance(measured, moves, 120)
                        .map(outcome -> differences(measured, outcome.placement()))
                        .orElse(List.of()));
    }

    private interface Decision {
        List<VmMove> moves(DrsSnapshot measured, DrsSnapshot expected);
    }

    private static DayPolicy of(int periodMinutes, Decision decision) {
        return new DayPolicy() {
            @Override
            public int periodMinutes() {
                return periodMinutes;
            }

            @Override
            public List<VmMove> moves(DrsSnapshot measured, DrsSnapshot expected) {
                return decision.moves(measured, expected);
            }
        };
    }

    private static List<VmMove> differences(DrsSnapshot before, Map<VirtualMachineId, HostId> after) {
        List<VmMove> moves = new ArrayList<>();
        for (DrsVm vm : before.vms()) {
            HostId to = after.get(vm.id());
            if (to != null && vm.hostId() != null && !to.equals(vm.hostId())) {
                moves.add(new VmMove(vm.id(), vm.hostId(), to));
            }
        }
        return moves;
    }

    private static List<VmMove> overThreshold(DrsSnapshot snapshot) {
        Map<HostId, Double> cpu = new HashMap<>();
        Map<HostId, Long> memory = new HashMap<>();
        for (DrsVm vm : snapshot.vms()) {
            if (vm.hostId() != null) {
                cpu.merge(vm.hostId(), vm.demand().cpuMhz(), Double::sum);
                memory.merge(vm.hostId(), vm.memoryBytes() + DrsVm.OVERHEAD_BYTES, Long::sum);
            }
        }
        List<VmMove> moves = new ArrayList<>();
        for (DrsHost host : snapshot.hosts()) {
            if (cpu.getOrDefault(host.id(), 0.0) > 0.9 * host.cpuMhz()) {
                DrsHost calm = snapshot.hosts().get(0);
                for (DrsHost other : snapshot.hosts()) {
                    if (cpu.getOrDefault(other.id(), 0.0) < cpu.getOrDefault(calm.id(), 0.0)) {
                        calm = other;
                    }
                }
                DrsVm busiest = null;
                for (DrsVm vm : snapshot.vms()) {
                    if (host.id().equals(vm.hostId())
                            && memory.getOrDefault(calm.id(), 0L) + vm.memoryBytes() + DrsVm.OVERHEAD_BYTES
                                    <= calm.memoryBytes()
                            && cpu.getOrDefault(calm.id(), 0.0) + vm.demand().cpuMhz() < 0.9 * calm.cpuMhz()
                            && (busiest == null
                                    || vm.demand().cpuMhz() > busiest.demand().cpuMhz())) {
                        busiest = vm;
                    }
                }
                if (busiest != null) {
                    moves.add(new VmMove(busiest.id(), host.id(), calm.id()));
                    cpu.merge(calm.id(), busiest.demand().cpuMhz(), Double::sum);
                    memory.merge(calm.id(), busiest.memoryBytes() + DrsVm.OVERHEAD_BYTES, Long::sum);
                }
            }
        }
        return moves;
    }
}
