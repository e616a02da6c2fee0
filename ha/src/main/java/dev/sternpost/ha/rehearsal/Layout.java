package dev.sternpost.ha.rehearsal;

import dev.sternpost.ha.policy.ClusterConfig;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.Collections;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A cluster at one moment.
 *
 * @param running where each protected virtual machine that runs does so
 */
public record Layout(ClusterConfig config, SortedMap<VirtualMachineId, HostId> running) {
    public Layout {
        Objects.requireNonNull(config, "config");
        running = Collections.unmodifiableSortedMap(new TreeMap<>(running));
        if (!config.vms().keySet().containsAll(running.keySet())) {
            throw new IllegalArgumentException("runs, but is not protected");
        }
    }

    /** The same with one more, or one elsewhere. */
    public Layout with(VirtualMachineId vmId, HostId hostId) {
        TreeMap<VirtualMachineId, HostId> next = new TreeMap<>(running);
        next.put(vmId, hostId);
        return new Layout(config, next);
    }
}
