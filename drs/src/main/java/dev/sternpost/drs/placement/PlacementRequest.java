package dev.sternpost.drs.placement;

import dev.sternpost.inventory.DatastoreId;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.NetworkId;
import java.util.Objects;
import java.util.Set;

/**
 * What a VM needs of a host.
 *
 * @param cpuCount virtual CPUs
 * @param memoryBytes memory of the VM
 * @param datastoreId datastore that must be reachable
 * @param networkIds networks that must be there
 * @param excludedHostIds hosts that will not do, such as the one the VM is to leave
 */
public record PlacementRequest(
        int cpuCount,
        long memoryBytes,
        DatastoreId datastoreId,
        Set<NetworkId> networkIds,
        Set<HostId> excludedHostIds) {

    public PlacementRequest {
        Objects.requireNonNull(datastoreId, "datastoreId");
        networkIds = Set.copyOf(networkIds);
        excludedHostIds = Set.copyOf(excludedHostIds);
        if (cpuCount < 1 || memoryBytes < 1) {
            throw new IllegalArgumentException("a VM has at least one CPU and some memory");
        }
    }
}
