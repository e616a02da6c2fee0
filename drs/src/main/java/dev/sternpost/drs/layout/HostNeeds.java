package dev.sternpost.drs.layout;

import dev.sternpost.drs.rule.Rule;
import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.drs.snapshot.HostCondition;
import dev.sternpost.drs.wording.Words;
import dev.sternpost.inventory.DatastoreId;
import dev.sternpost.inventory.NetworkId;
import java.util.ArrayList;
import java.util.List;

/**
 * What of a VM decides which hosts it could ever go to. Many VMs need the same, so the answer is worked out once for all of
 * them.
 *
 * @param cpuCount virtual CPUs
 * @param rules of VMs and hosts that the VM is named in
 */
public record HostNeeds(
        int cpuCount, List<DatastoreId> datastoreIds, List<NetworkId> networkIds, List<Rule.VmHost> rules) {

    /** Copies the lists. */
    public HostNeeds {
        datastoreIds = List.copyOf(datastoreIds);
        networkIds = List.copyOf(networkIds);
        rules = List.copyOf(rules);
    }

    /** Whether nothing but load, or a should rule, could keep a VM off a host. */
    public boolean allow(DrsHost host) {
        return (obstacles(host) & ~Obstacle.SHOULD_RULE.bit()) == 0;
    }

    /** Whether a should rule speaks against a host. */
    public boolean dislike(DrsHost host) {
        return (obstacles(host) & Obstacle.SHOULD_RULE.bit()) != 0;
    }

    /** The bits of what speaks against a host, whatever its load. */
    int obstacles(DrsHost host) {
        int bits = 0;
        if (host.condition() != HostCondition.NORMAL) {
            bits |= Obstacle.HOST_CONDITION.bit();
        }
        if (cpuCount > host.cpuCount()) {
            bits |= Obstacle.CPU_COUNT.bit();
        }
        if (!host.datastoreIds().containsAll(datastoreIds)) {
            bits |= Obstacle.DATASTORE.bit();
        }
        if (!host.networkIds().containsAll(networkIds)) {
            bits |= Obstacle.NETWORK.bit();
        }
        for (Rule.VmHost rule : rules) {
            if (!rule.allows(host.id())) {
                bits |= (rule.mandatory() ? Obstacle.VM_HOST_RULE : Obstacle.SHOULD_RULE).bit();
            }
        }
        return bits;
    }

    /** What speaks against a host, whatever its load, each as the end of a sentence about the host. */
    public List<String> reasons(DrsHost host) {
        List<String> reasons = new ArrayList<>();
        if (host.condition() != HostCondition.NORMAL) {
            reasons.add(host.condition().words());
        }
        if (cpuCount > host.cpuCount()) {
            reasons.add(Words.text("has %d CPUs, the VM wants %d", host.cpuCount(), cpuCount));
        }
        datastoreIds.stream()
                .filter(id -> !host.datastoreIds().contains(id))
                .forEach(id -> reasons.add("does not see datastore " + id));
        networkIds.stream()
                .filter(id -> !host.networkIds().contains(id))
                .forEach(id -> reasons.add("does not have network " + id));
        for (Rule.VmHost rule : rules) {
            if (!rule.allows(host.id())) {
                reasons.add((rule.mandatory() ? "is forbidden by rule " : "is disliked by rule ") + rule.name());
            }
        }
        return reasons;
    }
}
