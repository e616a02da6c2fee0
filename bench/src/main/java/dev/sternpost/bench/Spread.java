package dev.sternpost.bench;

import dev.sternpost.drs.DrsPlan;
import dev.sternpost.drs.recommendation.VmMove;
import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.HashMap;
import java.util.Map;

/**
 * How uneven hosts are, reckoned from demand alone and by nobody's planner: standard deviations over the hosts of the used part of CPU and
 * memory.
 */
record Spread(double cpu, double memory) {

    /** Both as one figure: the root of the sum of their squares. */
    double both() {
        return Math.sqrt(cpu * cpu + memory * memory);
    }

    static Spread of(DrsSnapshot snapshot, Map<VirtualMachineId, HostId> placement) {
        Map<HostId, double[]> loads = new HashMap<>();
        for (DrsVm vm : snapshot.vms()) {
            HostId host = placement.get(vm.id());
            if (host != null) {
                double[] load = loads.computeIfAbsent(host, ignored -> new double[2]);
                load[0] += vm.demand().cpuMhz();
                load[1] += vm.demand().memoryBytes();
            }
        }
        double[] cpu = new double[snapshot.hosts().size()];
        double[] memory = new double[cpu.length];
        for (int i = 0; i < cpu.length; i++) {
            DrsHost host = snapshot.hosts().get(i);
            double[] load = loads.getOrDefault(host.id(), new double[2]);
            cpu[i] = load[0] / host.cpuMhz();
            memory[i] = load[1] / host.memoryBytes();
        }
        return new Spread(deviation(cpu), deviation(memory));
    }

    /** Where VMs are when a plan has been carried out. */
    static Map<VirtualMachineId, HostId> after(DrsSnapshot snapshot, DrsPlan plan) {
        Map<VirtualMachineId, HostId> placement = snapshot.placement();
        plan.recommendations().forEach(each -> {
            for (VmMove move : each.moves()) {
                placement.put(move.vmId(), move.toHostId());
            }
        });
        return placement;
    }

    private static double deviation(double[] values) {
        double sum = 0;
        double squares = 0;
        for (double value : values) {
            sum += value;
            squares += value * value;
        }
        double mean = sum / values.length;
        return Math.sqrt(Math.max(0, squares / values.length - mean * mean));
    }
}
