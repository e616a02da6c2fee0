package dev.sternpost.drs.rule;

import dev.sternpost.inventory.VirtualMachineId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The VMs that rules tie to one host: together with A, and A together with B, is together with B. */
public final class Togetherness {
    private final Map<VirtualMachineId, List<Rule.KeepTogether>> rulesOf = new HashMap<>();
    private final Map<VirtualMachineId, VirtualMachineId> leaders = new HashMap<>();

    /** Rules of other kinds, and those that are off, do not count. */
    public Togetherness(Collection<Rule> rules) {
        for (Rule rule : rules) {
            if (rule instanceof Rule.KeepTogether together && rule.enabled()) {
                VirtualMachineId first = leaderOf(together.vmIds().getFirst());
                for (VirtualMachineId vm : together.vmIds()) {
                    rulesOf.computeIfAbsent(vm, ignored -> new ArrayList<>()).add(together);
                    leaders.put(leaderOf(vm), first);
                }
            }
        }
    }

    /** One VM that stands for all that are tied to this one; the VM itself when it is free. */
    public VirtualMachineId leaderOf(VirtualMachineId vm) {
        VirtualMachineId at = vm;
        for (VirtualMachineId next = leaders.getOrDefault(at, at);
                !next.equals(at);
                next = leaders.getOrDefault(at, at)) {
            at = next;
        }
        return at;
    }

    /** Every VM that is tied to some other, in the order of ids. */
    public Collection<VirtualMachineId> tied() {
        return new TreeSet<>(rulesOf.keySet());
    }

    /** The rules that tie two VMs together: the shortest chain; empty when they are not tied. */
    List<String> chain(VirtualMachineId from, VirtualMachineId to) {
        Map<VirtualMachineId, VirtualMachineId> cameFrom = new HashMap<>();
        Map<VirtualMachineId, String> by = new HashMap<>();
        Deque<VirtualMachineId> reached = new ArrayDeque<>(List.of(from));
        cameFrom.put(from, from);
        while (!reached.isEmpty() && !cameFrom.containsKey(to)) {
            VirtualMachineId at = reached.removeFirst();
            for (Rule.KeepTogether rule : rulesOf.getOrDefault(at, List.of())) {
                for (VirtualMachineId next : rule.vmIds()) {
                    if (cameFrom.putIfAbsent(next, at) == null) {
                        by.put(next, rule.name());
                        reached.addLast(next);
                    }
                }
            }
        }
        List<String> names = new ArrayList<>();
        for (VirtualMachineId at = to; by.containsKey(at); at = cameFrom.getOrDefault(at, from)) {
            names.add(by.getOrDefault(at, ""));
        }
        Collections.reverse(names);
        return names;
    }
}
