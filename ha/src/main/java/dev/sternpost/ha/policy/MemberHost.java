package dev.sternpost.ha.policy;

import dev.sternpost.inventory.HostId;
import java.util.Objects;

/**
 * A host of the cluster.
 *
 * @param memoryBytes what its virtual machines may have
 * @param cpuMhz what can be reserved of its CPUs
 * @param open whether virtual machines may be started there; not in maintenance
 */
public record MemberHost(HostId hostId, long memoryBytes, long cpuMhz, boolean open) {
    public MemberHost {
        Objects.requireNonNull(hostId, "hostId");
        if (memoryBytes < 0 || cpuMhz < 0) {
            throw new IllegalArgumentException("less than nothing: " + hostId);
        }
    }
}
