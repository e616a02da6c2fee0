package dev.sternpost.server.virtualmachine;

import dev.sternpost.drs.placement.HostLoad;
import dev.sternpost.drs.placement.Placement;
import dev.sternpost.drs.placement.PlacementPlanner;
import dev.sternpost.drs.placement.PlacementRequest;
import dev.sternpost.inventory.DatastoreId;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualNic;
import dev.sternpost.inventory.VmConfig;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.server.work.Reservations;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

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
    static void requireCanPowerOff(VirtualMachine vm) {
        if (vm.powerState() == PowerState.POWERED_OFF) {
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

    /**
     * The best of these hosts for a VM.
     *
     * @throws FaultException NO_SUITABLE_HOST with the reasons of each host
     */
    public static Placement.Placed place(
            InventorySnapshot snapshot,
            Reservations reservations,
            String vmName,
            VmConfig config,
            DatastoreId datastore,
            Collection<Host> hosts,
            Set<HostId> excluded) {
        List<HostLoad> loads = reservations.loads(snapshot, hosts);
        PlacementRequest request = new PlacementRequest(
                config.cpuCount(),
                config.memoryBytes(),
                datastore,
                config.nics().stream().map(VirtualNic::networkId).collect(Collectors.toSet()),
                excluded);
        return switch (PlacementPlanner.place(request, loads)) {
            case Placement.Placed placed -> placed;
            case Placement.Unplaceable unplaceable ->
                throw new FaultException(
                        FaultCode.NO_SUITABLE_HOST,
                        "No host can take %s: %s. Free capacity or change the VM."
                                .formatted(vmName, unplaceable.reasons()));
        };
    }

    /** The hosts a VM may run on: those of its host's cluster, or its host alone. */
    public static List<Host> candidates(InventorySnapshot snapshot, VirtualMachine vm) {
        return snapshot.clusterOf(vm.hostId())
                .map(cluster -> snapshot.hostsOf(cluster.id()))
                .orElseGet(() -> List.of(snapshot.get(vm.hostId())));
    }
}
