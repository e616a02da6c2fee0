package dev.sternpost.server.placement;

import dev.sternpost.drs.rule.Rule;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostFacts;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.vmotion.baseline.CpuBaselines;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What CPUs forbid, in the words of the planner: a guest that runs goes to no host that lacks features it was powered on with. There are such
 * hosts only where a cluster has no CPU baseline, so this is hardly ever more than a look.
 */
final class CpuRules {
    private CpuRules() {}

    static List<Rule> of(InventorySnapshot inventory, List<Host> hosts) {
        Map<String, List<VirtualMachineId>> runningWith = new TreeMap<>();
        for (Host host : hosts) {
            for (VirtualMachine vm : inventory.vmsOn(host.id())) {
                String cpu = vm.runtime().hardware().cpuModel();
                if (vm.powerState() == PowerState.POWERED_ON && !cpu.isEmpty()) {
                    runningWith
                            .computeIfAbsent(cpu, unused -> new ArrayList<>())
                            .add(vm.id());
                }
            }
        }
        List<Rule> rules = new ArrayList<>();
        runningWith.forEach((cpu, vms) -> {
            List<HostId> lacking = lacking(hosts, cpu);
            if (!lacking.isEmpty()) {
                rules.add(new Rule.VmHost(
                        "CPU features of " + cpu, true, Rule.Affinity.NOT_RUN_ON, Rule.Strength.MUST, vms, lacking));
            }
        });
        return rules;
    }

    private static List<HostId> lacking(List<Host> hosts, String cpu) {
        Map<List<String>, Boolean> known = new HashMap<>();
        List<HostId> lacking = new ArrayList<>();
        for (Host host : hosts) {
            HostFacts facts = host.facts();
            // Hosts of one make tell the same: each kind is looked at once.
            boolean lacks = facts != null
                    && known.computeIfAbsent(
                            facts.guestMachines().cpuFeatures().isEmpty()
                                    ? List.of(host.id().value())
                                    : facts.guestMachines().cpuFeatures(),
                            unused -> CpuBaselines.missing(facts.guestMachines(), cpu)
                                    .filter(missing -> !missing.isEmpty())
                                    .isPresent());
            if (lacks) {
                lacking.add(host.id());
            }
        }
        return lacking;
    }
}
