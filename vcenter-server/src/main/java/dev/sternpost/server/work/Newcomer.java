package dev.sternpost.server.work;

import dev.sternpost.inventory.DatastoreId;
import dev.sternpost.inventory.ResourcePoolId;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.VmConfig;
import java.util.Objects;

/**
 * A VM that comes to a host: it is about to be made, to be powered on or to be moved. It need not be in the inventory yet.
 *
 * @param poolId what it draws from
 * @param datastoreId where its files are
 */
public record Newcomer(
        VirtualMachineId id, String name, ResourcePoolId poolId, DatastoreId datastoreId, VmConfig config) {
    public Newcomer {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(poolId, "poolId");
        Objects.requireNonNull(datastoreId, "datastoreId");
        Objects.requireNonNull(config, "config");
    }

    /** A VM that there is. */
    public static Newcomer of(VirtualMachine vm) {
        return new Newcomer(vm.id(), vm.name(), vm.resourcePoolId(), vm.datastoreId(), vm.config());
    }
}
