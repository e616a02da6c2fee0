package dev.sternpost.server.host;

import dev.sternpost.inventory.GuestInfo;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.VmRuntime;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of running VMs that the inventory may not show yet. A VM can end by itself while the task that powered
 * it on has yet to record that it runs; the task asks here first.
 */
public final class Observed {
    private final Map<VirtualMachineId, Long> endedGenerations = new ConcurrentHashMap<>();

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
            case POWERED_ON -> new VmRuntime(PowerState.POWERED_ON, vm.guest(), vm.bootTime(), vm.vncAddress());
            case INCOMING, HANDED_OVER -> null;
        };
    }

    /** A running VM of which nothing else is known. */
    public static VmRuntime running() {
        return new VmRuntime(PowerState.POWERED_ON, GuestInfo.UNKNOWN, null, "");
    }
}
