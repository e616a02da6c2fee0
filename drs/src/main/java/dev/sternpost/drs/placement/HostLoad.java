package dev.sternpost.drs.placement;

import dev.sternpost.inventory.Host;
import java.util.Objects;

/**
 * A host and what is spoken for on it: its powered-on VMs and the reservations of tasks under way.
 *
 * @param cpuCommitted virtual CPUs
 * @param memoryCommittedBytes memory of the VMs
 */
public record HostLoad(Host host, int cpuCommitted, long memoryCommittedBytes) {

    public HostLoad {
        Objects.requireNonNull(host, "host");
        if (cpuCommitted < 0 || memoryCommittedBytes < 0) {
            throw new IllegalArgumentException("what is committed on a host is not negative");
        }
    }
}
