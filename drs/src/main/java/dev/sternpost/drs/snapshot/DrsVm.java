package dev.sternpost.drs.snapshot;

import dev.sternpost.drs.entitlement.Allocation;
import dev.sternpost.inventory.DatastoreId;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.NetworkId;
import dev.sternpost.inventory.ResourcePoolId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A VM of the cluster.
 *
 * @param hostId the host it is registered on; null when it has none yet
 * @param poweredOn whether it runs; what does not run takes nothing
 * @param memoryBytes what it was given, all of which its host sets aside
 * @param datastoreIds that its host must see, in the order of ids
 * @param networkIds that its host must offer, in the order of ids
 */
public record DrsVm(
        VirtualMachineId id,
        String name,
        @Nullable HostId hostId,
        boolean poweredOn,
        ResourcePoolId poolId,
        int cpuCount,
        long memoryBytes,
        Allocation cpu,
        Allocation memory,
        VmDemand demand,
        List<DatastoreId> datastoreIds,
        List<NetworkId> networkIds,
        VmMobility mobility) {

    /** What a VM takes on its host besides the guest's memory. */
    public static final long OVERHEAD_BYTES = 64L << 20;

    public DrsVm {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(poolId, "poolId");
        Objects.requireNonNull(cpu, "cpu");
        Objects.requireNonNull(memory, "memory");
        Objects.requireNonNull(demand, "demand");
        Objects.requireNonNull(mobility, "mobility");
        if (cpuCount < 1 || memoryBytes < 1) {
            throw new IllegalArgumentException("a VM has at least one CPU and some memory: " + id);
        }
        if (poweredOn && hostId == null) {
            throw new IllegalArgumentException("a VM that runs is on a host: " + id);
        }
        datastoreIds = datastoreIds.stream().distinct().sorted().toList();
        networkIds = networkIds.stream().distinct().sorted().toList();
    }

    public DrsVm withHost(@Nullable HostId newHostId, boolean newPoweredOn) {
        return new DrsVm(
                id,
                name,
                newHostId,
                newPoweredOn,
                poolId,
                cpuCount,
                memoryBytes,
                cpu,
                memory,
                demand,
                datastoreIds,
                networkIds,
                mobility);
    }

    public DrsVm withSize(int newCpuCount, long newMemoryBytes, VmDemand newDemand) {
        return new DrsVm(
                id,
                name,
                hostId,
                poweredOn,
                poolId,
                newCpuCount,
                newMemoryBytes,
                cpu,
                memory,
                newDemand,
                datastoreIds,
                networkIds,
                mobility);
    }

    public DrsVm withMobility(VmMobility newMobility) {
        return new DrsVm(
                id,
                name,
                hostId,
                poweredOn,
                poolId,
                cpuCount,
                memoryBytes,
                cpu,
                memory,
                demand,
                datastoreIds,
                networkIds,
                newMobility);
    }
}
