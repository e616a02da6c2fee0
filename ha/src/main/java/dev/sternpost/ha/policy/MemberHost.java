package dev.sternpost.ha.policy;

import dev.sternpost.inventory.HostId;
import java.util.Objects;

/**
 * A host of the cluster.
 *
 * @param memoryBytes what its virtual machines may have
 * @param cpuMhz what can be reserved of its CPUs
 * @param open whether virtual machines may be started there; not in maintenance
 * @param spare kept free for a failover: what is to be started again starts there first
 */
public record MemberHost(HostId hostId, long memoryBytes, long cpuMhz, boolean open, boolean spare) {
    public MemberHost {
        Objects.requireNonNull(hostId, "hostId");
        if (memoryBytes < 0 || cpuMhz < 0) {
            throw new IllegalArgumentException("less than nothing: " + hostId);
        }
    }

    /** One that is not kept free. */
    public MemberHost(HostId hostId, long memoryBytes, long cpuMhz, boolean open) {
        this(hostId, memoryBytes, cpuMhz, open, false);
    }
}
