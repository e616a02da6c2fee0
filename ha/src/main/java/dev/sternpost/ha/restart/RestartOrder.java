package dev.sternpost.ha.restart;

import dev.sternpost.ha.policy.ProtectedVm;
import dev.sternpost.ha.policy.RestartPriority;
import dev.sternpost.ha.policy.RestartSettings;
import dev.sternpost.ha.restart.RestartItem.Stage;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;

/** Whose turn it is at one moment. What others wait for is as urgent as the most urgent of them. */
final class RestartOrder {
    private final SortedMap<VirtualMachineId, RestartItem> items;
    private final Map<VirtualMachineId, ProtectedVm> vms;
    private final RestartSettings settings;
    private final long at;
    private final Map<VirtualMachineId, RestartPriority> urgency;
    private final RestartPriority open;

    RestartOrder(
            SortedMap<VirtualMachineId, RestartItem> items,
            Map<VirtualMachineId, ProtectedVm> vms,
            RestartSettings settings,
            long at) {
        this.items = items;
        this.vms = vms;
        this.settings = settings;
        this.at = at;
        this.urgency = urgencies();
        this.open = openPriority();
    }

    /** Those that wait, in the order in which they choose a host: by urgency, the large ones first. */
    List<RestartItem> waiting() {
        List<RestartItem> waiting = new ArrayList<>();
        for (RestartItem item : items.values()) {
            if (item.stage() == Stage.WAITING && vms.containsKey(item.vmId())) {
                waiting.add(item);
            }
        }
        waiting.sort((one, other) -> {
            int byUrgency = urgency(one).compareTo(urgency(other));
            return byUrgency != 0 ? byUrgency : Long.compare(vm(other).memoryBytes(), vm(one).memoryBytes());
        });
        return waiting;
    }

    /** Whether it may be ordered now. */
    boolean isDue(RestartItem item) {
        return at >= item.notBeforeMillis()
                && urgency(item).compareTo(open) <= 0
                && (!waitsForOthers(vm(item)) || waitedLong(item));
    }

    private ProtectedVm vm(RestartItem item) {
        return Objects.requireNonNull(vms.get(item.vmId()));
    }

    private RestartPriority urgency(RestartItem item) {
        return Objects.requireNonNull(urgency.get(item.vmId()));
    }

    private Map<VirtualMachineId, RestartPriority> urgencies() {
        Map<VirtualMachineId, RestartPriority> found = new HashMap<>();
        ArrayDeque<VirtualMachineId> open = new ArrayDeque<>();
        for (VirtualMachineId id : items.keySet()) {
            ProtectedVm vm = vms.get(id);
            if (vm != null) {
                found.put(id, vm.priority());
                open.add(id);
            }
        }
        // Ends, also when they wait in a circle: an urgency only rises, and there are five.
        while (!open.isEmpty()) {
            VirtualMachineId id = open.remove();
            RestartPriority mine = Objects.requireNonNull(found.get(id));
            for (VirtualMachineId first : Objects.requireNonNull(vms.get(id)).dependsOn()) {
                RestartPriority its = found.get(first);
                if (its != null && mine.compareTo(its) < 0) {
                    found.put(first, mine);
                    open.add(first);
                }
            }
        }
        return found;
    }

    /**
     * The lowest priority whose turn it is: those before it are ready, have no host to go to, wait themselves for one that may come later, or
     * were waited for long enough.
     */
    private RestartPriority openPriority() {
        RestartPriority lowest = RestartPriority.LOWEST;
        for (RestartItem item : items.values()) {
            ProtectedVm vm = vms.get(item.vmId());
            boolean stuck = item.stage() == Stage.WAITING && !item.reason().isEmpty();
            if (vm != null
                    && !stuck
                    && !waitsForOthers(vm)
                    && !waitedLong(item)
                    && urgency(item).compareTo(lowest) < 0) {
                lowest = urgency(item);
            }
        }
        return lowest;
    }

    private boolean waitsForOthers(ProtectedVm vm) {
        for (VirtualMachineId first : vm.dependsOn()) {
            if (items.containsKey(first)) {
                return true;
            }
        }
        return false;
    }

    private boolean waitedLong(RestartItem item) {
        return at >= item.wantedSinceMillis() + settings.priorityWaitMillis();
    }
}
