package dev.sternpost.server.virtualmachine;

import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.ResourcePoolId;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VmConfig;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.server.resource.Promises;
import java.util.List;

/** What must hold before something is done to a VM; each says what to do when it does not. */
public final class VmChecks {
    private VmChecks() {}

    /** @throws FaultException VM_WRONG_POWER_STATE */
    public static void requireOn(VirtualMachine vm) {
        requireState(vm, PowerState.POWERED_ON, "Power it on first.");
    }

    /** @throws FaultException VM_WRONG_POWER_STATE */
    public static void requireOff(VirtualMachine vm) {
        requireState(vm, PowerState.POWERED_OFF, "Power it off first.");
    }

    private static void requireState(VirtualMachine vm, PowerState wanted, String advice) {
        if (vm.powerState() != wanted) {
            throw wrongState(vm, "%s is %s. %s".formatted(vm.name(), words(vm.powerState()), advice));
        }
    }

    /** A suspended VM may be powered off too: its saved memory is given up. @throws FaultException VM_WRONG_POWER_STATE */
    static void requireCanPowerOff(InventorySnapshot snapshot, VirtualMachine vm) {
        // One that high availability is about to start again is off, and may be wanted to stay so: its host then gives
        // up the lock.
        boolean kept = snapshot.clusterOf(vm.hostId())
                .filter(cluster -> cluster.ha().isKept())
                .isPresent();
        if (vm.powerState() == PowerState.POWERED_OFF && !kept) {
            throw wrongState(vm, vm.name() + " is powered off already.");
        }
    }

    /** @throws FaultException VM_WRONG_POWER_STATE */
    static void requireCanPowerOn(VirtualMachine vm) {
        if (vm.template()) {
            throw wrongState(vm, vm.name() + " is a template. Make a VM from it and power that on.");
        }
        if (vm.powerState() == PowerState.POWERED_ON) {
            throw wrongState(vm, vm.name() + " is powered on already.");
        }
    }

    /**
     * Whether what a VM has reserved can be promised to it when it is powered on.
     *
     * @throws FaultException INSUFFICIENT_RESOURCES
     */
    static void requireReservations(InventorySnapshot snapshot, ResourcePoolId pool, VmConfig config) {
        if (Promises.needsNone(config)) {
            return;
        }
        Promises.around(snapshot, pool)
                .require(
                        pool,
                        config.cpuAllocation().reservation(),
                        config.memoryAllocation().reservation());
    }

    /** @throws FaultException VM_WRONG_POWER_STATE */
    public static void requireNoTemplate(VirtualMachine vm) {
        if (vm.template()) {
            throw wrongState(vm, vm.name() + " is a template. Make a VM from it and use that.");
        }
    }

    /** @throws FaultException HOST_NOT_CONNECTED */
    public static void requireConnected(Host host) {
        if (!host.isConnected()) {
            throw new FaultException(
                    FaultCode.HOST_NOT_CONNECTED,
                    host.id().value(),
                    "Host %s is not connected. Start its agent or look at its network, then try again."
                            .formatted(host.name()));
        }
    }

    private static FaultException wrongState(VirtualMachine vm, String message) {
        return new FaultException(FaultCode.VM_WRONG_POWER_STATE, vm.id().value(), message);
    }

    private static String words(PowerState state) {
        return switch (state) {
            case POWERED_OFF -> "powered off";
            case POWERED_ON -> "powered on";
            case SUSPENDED -> "suspended";
        };
    }

    /** The hosts a VM may run on: those of its host's cluster, or its host alone. */
    static List<HostId> candidates(InventorySnapshot snapshot, VirtualMachine vm) {
        return snapshot.clusterOf(vm.hostId())
                .map(cluster ->
                        snapshot.hostsOf(cluster.id()).stream().map(Host::id).toList())
                .orElseGet(() -> List.of(vm.hostId()));
    }
}
