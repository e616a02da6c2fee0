package dev.sternpost.bench;

import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.drs.snapshot.DrsSnapshot;
import dev.sternpost.drs.snapshot.DrsVm;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.HashMap;
import java.util.Map;

/**
 * The plain way: try every VM on every host, make the best move, and begin again. It minds memory but no rules, pools or costs, which makes it
 * faster and freer than what it is held against.
 */
final class ExhaustiveGreedy {
    private final int[] hosts;
    private final double[] cpu;
    private final double[] memory;
    private final double[] hostCpu;
    private final double[] hostMemory;

    private ExhaustiveGreedy(int vms, int hosts) {
        this.hosts = new int[vms];
        this.cpu = new double[vms];
        this.memory = new double[vms];
        this.hostCpu = new double[hosts];
        this.hostMemory = new double[hosts];
    }

    static Map<VirtualMachineId, HostId> balance(DrsSnapshot snapshot, int moves) {
        ExhaustiveGreedy greedy =
                new ExhaustiveGreedy(snapshot.vms().size(), snapshot.hosts().size());
        Map<HostId, Integer> indexes = new HashMap<>();
        for (DrsHost host : snapshot.hosts()) {
            indexes.put(host.id(), indexes.size());
        }
        for (int i = 0; i < greedy.hosts.length; i++) {
            DrsVm vm = snapshot.vms().get(i);
            int host = vm.hostId() == null ? 0 : indexes.getOrDefault(vm.hostId(), 0);
            greedy.hosts[i] = host;
            // The hosts of these clusters are alike, so parts of one host can be added up.
            greedy.cpu[i] = vm.demand().cpuMhz() / snapshot.hosts().get(host).cpuMhz();
            greedy.memory[i] =
                    vm.demand().memoryBytes() / snapshot.hosts().get(host).memoryBytes();
            greedy.hostCpu[host] += greedy.cpu[i];
            greedy.hostMemory[host] += greedy.memory[i];
        }
        for (int move = 0; move < moves && greedy.moveBest(); move++) {
            // one move each
        }
        Map<VirtualMachineId, HostId> placement = new HashMap<>();
        for (int i = 0; i < greedy.hosts.length; i++) {
            placement.put(
                    snapshot.vms().get(i).id(),
                    snapshot.hosts().get(greedy.hosts[i]).id());
        }
        return placement;
    }

    private boolean moveBest() {
        double best = 1e-12;
        int bestVm = -1;
        int bestHost = -1;
        for (int vm = 0; vm < hosts.length; vm++) {
            for (int to = 0; to < hostCpu.length; to++) {
                double gain = gain(vm, to);
                if (gain > best && hostMemory[to] + memory[vm] <= 1) {
                    best = gain;
                    bestVm = vm;
                    bestHost = to;
                }
            }
        }
        if (bestVm < 0) {
            return false;
        }
        hostCpu[hosts[bestVm]] -= cpu[bestVm];
        hostMemory[hosts[bestVm]] -= memory[bestVm];
        hosts[bestVm] = bestHost;
        hostCpu[bestHost] += cpu[bestVm];
        hostMemory[bestHost] += memory[bestVm];
        return true;
    }

    /** By how much the sum of squares of both loads falls. */
    private double gain(int vm, int to) {
        int from = hosts[vm];
        return from == to
                ? 0
                : 2 * cpu[vm] * (hostCpu[from] - hostCpu[to] - cpu[vm])
                        + 2 * memory[vm] * (hostMemory[from] - hostMemory[to] - memory[vm]);
    }
}
