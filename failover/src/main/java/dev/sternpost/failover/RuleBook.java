package dev.sternpost.failover;

import dev.sternpost.drs.rule.Rule;
import dev.sternpost.ha.restart.Fleet;
import dev.sternpost.ha.table.VmEntry;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The rules that must be kept, beside what runs where; what is chosen counts on. */
final class RuleBook {
    private final Map<VirtualMachineId, List<Rule>> rulesOf = new HashMap<>();
    private final Map<VirtualMachineId, HostId> where = new HashMap<>();

    RuleBook(List<Rule> rules, Fleet fleet) {
        for (Rule rule : rules) {
            if (rule.enabled() && rule.mandatory()) {
                rule.vmIds()
                        .forEach(vm -> rulesOf.computeIfAbsent(vm, key -> new ArrayList<>())
                                .add(rule));
            }
        }
        if (!rulesOf.isEmpty()) {
            fleet.entries().forEach((host, entries) -> {
                for (VmEntry entry : entries) {
                    if (rulesOf.containsKey(entry.vmId()) && Standing.takesRoom(entry)) {
                        where.put(entry.vmId(), host);
                    }
                }
            });
        }
    }

    /** The name of a rule that speaks against a virtual machine on a host. */
    Optional<String> broken(VirtualMachineId vm, HostId host) {
        return rulesOf.getOrDefault(vm, List.of()).stream()
                .filter(rule -> breaks(rule, vm, host))
                .map(Rule::name)
                .findFirst();
    }

    void choose(VirtualMachineId vm, HostId host) {
        where.put(vm, host);
    }

    private boolean breaks(Rule rule, VirtualMachineId vm, HostId host) {
        return switch (rule) {
            case Rule.VmHost about -> !about.allows(host);
            case Rule.KeepApart apart ->
                apart.vmIds().stream().anyMatch(other -> !other.equals(vm) && host.equals(where.get(other)));
            case Rule.KeepTogether together ->
                together.vmIds().stream()
                        .anyMatch(other ->
                                !other.equals(vm) && where.containsKey(other) && !host.equals(where.get(other)));
        };
    }
}
