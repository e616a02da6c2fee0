package dev.sternpost.drs.snapshot;

import dev.sternpost.inventory.DatastoreId;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.NetworkId;
import java.util.List;
import java.util.Objects;

/**
 * A host of the cluster.
 *
 * @param cpuCount logical CPUs; no VM with more virtual CPUs fits
 * @param cpuMhz what all its CPUs can do for VMs together, in MHz
 * @param memoryBytes what VMs may have
 * @param datastoreIds that it sees, in the order of ids
 * @param networkIds that it offers, in the order of ids
 * @param contention what it suffers besides
 */
public record DrsHost(
        HostId id,
        String name,
        HostCondition condition,
        int cpuCount,
        long cpuMhz,
        long memoryBytes,
        List<DatastoreId> datastoreIds,
        List<NetworkId> networkIds,
        HostContention contention) {

    public DrsHost {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(condition, "condition");
        Objects.requireNonNull(contention, "contention");
        if (cpuCount < 1 || cpuMhz < 1 || memoryBytes < 1) {
            throw new IllegalArgumentException("a host has some of each resource: " + id);
        }
        datastoreIds = datastoreIds.stream().distinct().sorted().toList();
        networkIds = networkIds.stream().distinct().sorted().toList();
    }

    /** A host that suffers nothing. */
    public DrsHost(
            HostId id,
            String name,
            HostCondition condition,
            int cpuCount,
            long cpuMhz,
            long memoryBytes,
            List<DatastoreId> datastoreIds,
            List<NetworkId> networkIds) {
        this(id, name, condition, cpuCount, cpuMhz, memoryBytes, datastoreIds, networkIds, HostContention.NONE);
    }

    /** CPU that is left for VMs at present, in MHz. */
    public double cpuUsableMhz() {
        return cpuMhz * contention.cpuLeft();
    }

    /** Memory that VMs can work with at present, in bytes. */
    public double memoryUsableBytes() {
        return memoryBytes * contention.memoryLeft();
    }

    public DrsHost withCondition(HostCondition newCondition) {
        return new DrsHost(id, name, newCondition, cpuCount, cpuMhz, memoryBytes, datastoreIds, networkIds, contention);
    }

    public DrsHost withContention(HostContention newContention) {
        return new DrsHost(id, name, condition, cpuCount, cpuMhz, memoryBytes, datastoreIds, networkIds, newContention);
    }
}
