package dev.sternpost.server.work;

import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.task.TaskId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What tasks under way have been promised on hosts, so that two of them are not promised the same room. Kept in memory: after a
 * restart it is made again from the tasks that go on, before any of them does, since each of them has recorded its choice.
 */
public final class Reservations {
    /** Room for a VM on a host. */
    public record Promise(HostId hostId, Newcomer vm) {
        /** Whether the VM runs there by now, so that the inventory tells of it. */
        public boolean isKept(InventorySnapshot snapshot) {
            return snapshot.find(vm.id())
                    .filter(found -> found.hostId().equals(hostId) && found.powerState() == PowerState.POWERED_ON)
                    .isPresent();
        }
    }

    private final Map<TaskId, Promise> promises = new ConcurrentHashMap<>();

    /** Gives up what a task was promised when it ends. */
    public Reservations(TaskBoard board) {
        board.follow(view -> {
            if (view.task().state().isEnd()) {
                promises.remove(view.task().id());
            }
        });
    }

    /** Promises a task room for a VM on a host, in place of what it was promised before. */
    public void hold(TaskId task, Promise promise) {
        promises.put(task, promise);
    }

    /** Takes back what a task was promised, as before it is promised anew. */
    public void release(TaskId task) {
        promises.remove(task);
    }

    /** Promises of VMs that do not run yet where they are to. */
    public List<Promise> open(InventorySnapshot snapshot) {
        return promises.values().stream()
                .filter(promise -> !promise.isKept(snapshot))
                .toList();
    }

    /**
     * Memory of a host that running VMs have and that is promised, in bytes.
     *
     * @param overheadBytes what each VM takes besides the guest's memory
     */
    public long memoryBytesOn(InventorySnapshot snapshot, Host host, long overheadBytes) {
        long running = snapshot.vmsOn(host.id()).stream()
                .filter(vm -> vm.powerState() == PowerState.POWERED_ON)
                .map(VirtualMachine::config)
                .mapToLong(config -> config.memoryBytes() + overheadBytes)
                .sum();
        long promised = open(snapshot).stream()
                .filter(promise -> promise.hostId().equals(host.id()))
                .mapToLong(promise -> promise.vm().config().memoryBytes() + overheadBytes)
                .sum();
        return running + promised;
    }

    /** CPU of a host that is reserved by who runs there or was promised room there. */
    public long cpuMhzReservedOn(InventorySnapshot snapshot, Host host) {
        long running = snapshot.vmsOn(host.id()).stream()
                .filter(vm -> vm.powerState() == PowerState.POWERED_ON)
                .mapToLong(vm -> vm.config().cpuAllocation().reservation())
                .sum();
        long promised = open(snapshot).stream()
                .filter(promise -> promise.hostId().equals(host.id()))
                .mapToLong(promise -> promise.vm().config().cpuAllocation().reservation())
                .sum();
        return running + promised;
    }
}
