package dev.sternpost.server.work;

import dev.sternpost.drs.placement.HostLoad;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.task.TaskId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What tasks under way have been promised on hosts, so that two of them are not promised the same memory. Kept in
 * memory: a step that relies on a promise makes it again, which costs nothing, and so a task that goes on after a
 * restart has it back before its next effect.
 */
public final class Reservations {
    private record Promise(HostId hostId, VirtualMachineId vmId, int cpuCount, long memoryBytes) {}

    private final Map<TaskId, Promise> promises = new ConcurrentHashMap<>();

    /** Gives up what a task was promised when it ends. */
    public Reservations(TaskBoard board) {
        board.follow(view -> {
            if (view.task().state().isEnd()) {
                promises.remove(view.task().id());
            }
        });
    }

    /** Promises room for a VM on a host to a task, in place of what it was promised before. */
    public void hold(TaskId task, HostId host, VirtualMachineId vm, int cpuCount, long memoryBytes) {
        promises.put(task, new Promise(host, vm, cpuCount, memoryBytes));
    }

    /** Takes back what a task was promised, as before it is promised anew. */
    public void release(TaskId task) {
        promises.remove(task);
    }

    /** Where a task under way has been promised room for a VM; empty when none has. */
    public Optional<HostId> promisedHost(VirtualMachineId vm) {
        return promises.values().stream()
                .filter(promise -> promise.vmId().equals(vm))
                .map(Promise::hostId)
                .findFirst();
    }

    /** What is spoken for on these hosts. */
    public List<HostLoad> loads(InventorySnapshot snapshot, Collection<Host> hosts) {
        return hosts.stream().map(host -> load(snapshot, host)).toList();
    }

    /** What is spoken for on a host by running VMs and by promises. */
    public HostLoad load(InventorySnapshot snapshot, Host host) {
        int cpus = 0;
        long memory = 0;
        for (VirtualMachine vm : snapshot.vmsOn(host.id())) {
            if (vm.powerState() == PowerState.POWERED_ON) {
                cpus += vm.config().cpuCount();
                memory += vm.config().memoryBytes();
            }
        }
        for (Promise promise : promises.values()) {
            if (promise.hostId().equals(host.id()) && !runsThere(snapshot, promise)) {
                cpus += promise.cpuCount();
                memory += promise.memoryBytes();
            }
        }
        return new HostLoad(host, cpus, memory);
    }

    private static boolean runsThere(InventorySnapshot snapshot, Promise promise) {
        return snapshot.find(promise.vmId())
                .filter(vm -> vm.hostId().equals(promise.hostId()) && vm.powerState() == PowerState.POWERED_ON)
                .isPresent();
    }
}
