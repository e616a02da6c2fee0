package dev.sternpost.server.host;

import dev.sternpost.inventory.GuestInfo;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.VmRuntime;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.store.Inventory;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What tasks and reports must know of each other. A VM can end by itself while the task that powered it on has yet to
 * record that it runs: the task asks here first. And a report of an old generation counts unless a task is under way.
 */
public final class Observed {
    private final Map<VirtualMachineId, Long> endedGenerations = new ConcurrentHashMap<>();

    private final Map<VirtualMachineId, Elsewhere> elsewhere = new ConcurrentHashMap<>();

    private volatile Predicate<String> busy = id -> true;
    private volatile BiConsumer<HostId, VmObservation> strangers = (host, vm) -> {};
    private volatile Consumer<Elsewhere> overtakings = there -> {};

    /** Where a VM runs though the record names another host or an older generation, as long as a task on it is under way. */
    public record Elsewhere(HostId hostId, VmObservation vm) {
        /** What those are told who wait for the host on record. */
        public Fault fault(InventorySnapshot snapshot) {
            VirtualMachine known = snapshot.get(vm.vmId());
            return Fault.of(
                            FaultCode.VM_RUNS_ELSEWHERE,
                            "%s runs on %s, which started it after %s had failed. Give the order again if it is still wanted."
                                    .formatted(known.name(), name(snapshot, hostId), name(snapshot, known.hostId())))
                    .about(known.id().value());
        }

        private static String name(InventorySnapshot snapshot, HostId id) {
            return snapshot.find(id).map(Host::name).orElse(id.value());
        }

        /** The later of two. */
        Elsewhere orLater(Elsewhere other) {
            return other.vm.generation() >= vm.generation() ? other : this;
        }
    }

    /** Says who knows whether a task on an object, named by its id, is under way; until then all are taken to be. */
    public void ask(Predicate<String> newBusy) {
        busy = newBusy;
    }

    /**
     * Says who is told, after it was stored, each observation of a VM by a host that is not its owner, or that nobody
     * owns; must be quick.
     */
    public void tellStrangers(BiConsumer<HostId, VmObservation> newStrangers) {
        strangers = newStrangers;
    }

    /**
     * Says who ends what waits for a host that has failed, for a VM that runs elsewhere by now; told about once a second until no task
     * on that VM is under way.
     */
    public void endWaitsBy(HostCommands hosts, Inventory inventory) {
        overtakings = there -> hosts.overtaken(there.vm().vmId(), there.hostId(), there.fault(inventory.snapshot()));
    }

    void overtaken(Elsewhere there) {
        overtakings.accept(there);
    }

    /** What waits for the end of a task; one for each VM. */
    Map<VirtualMachineId, Elsewhere> elsewhere() {
        return elsewhere;
    }

    /** Where a VM runs though the record says something else; empty when the record is right, or nothing is known. */
    public Optional<Elsewhere> elsewhere(VirtualMachineId vm) {
        return Optional.ofNullable(elsewhere.get(vm));
    }

    void stranger(HostId host, VmObservation vm) {
        strangers.accept(host, vm);
    }

    /** Whether a task on the VM is under way. */
    boolean isBusy(VirtualMachineId vm) {
        return busy.test(vm.value());
    }

    /** A VM ended by itself while it ran under this generation. */
    void ended(VirtualMachineId vm, long generation) {
        endedGenerations.merge(vm, generation, Math::max);
    }

    /** Forgets a VM that was removed. */
    void forget(VirtualMachineId vm) {
        endedGenerations.remove(vm);
    }

    /** Whether it ended by itself under this generation. */
    public boolean hasEnded(VirtualMachineId vm, long generation) {
        return endedGenerations.getOrDefault(vm, 0L) >= generation;
    }

    /** How the inventory shows what a host observed; null while only a shadow or a remainder is there. */
    public static @Nullable VmRuntime runtime(VmObservation vm) {
        return switch (vm.state()) {
            case POWERED_OFF -> VmRuntime.OFF;
            case SUSPENDED -> VmRuntime.SUSPENDED;
            case POWERED_ON ->
                new VmRuntime(PowerState.POWERED_ON, vm.guest(), vm.bootTime(), vm.vncAddress(), vm.hardware());
            case INCOMING, HANDED_OVER -> null;
        };
    }

    /** A running VM of which nothing else is known. */
    public static VmRuntime running() {
        return new VmRuntime(PowerState.POWERED_ON, GuestInfo.UNKNOWN, null, "");
    }
}
