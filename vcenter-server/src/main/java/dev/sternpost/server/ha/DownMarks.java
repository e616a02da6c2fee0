package dev.sternpost.server.ha;

import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.OverallStatus;
import dev.sternpost.inventory.PowerState;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryWrite;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Holds that a virtual machine which its host had to stop, and which waits to be started again, does not look like one that somebody switched
 * off. Someone calls {@link #tick} about once a second.
 */
final class DownMarks {
    static final String DOWN =
            "It is down against everybody's will, and waits to be started again; sternpost ha status says what for.";

    private final Inventory inventory;
    private final ConfigPush push;

    DownMarks(Inventory inventory, ConfigPush push) {
        this.inventory = inventory;
        this.push = push;
    }

    void tick() {
        if (!changes(inventory.snapshot()).isEmpty()) {
            inventory.commit((InventorySnapshot snapshot) -> {
                InventoryWrite.Builder write = InventoryWrite.builder();
                changes(snapshot).forEach(write::put);
                return write.build();
            });
        }
    }

    private List<VirtualMachine> changes(InventorySnapshot snapshot) {
        Set<VirtualMachineId> lost = new HashSet<>();
        for (Cluster cluster : snapshot.objects(Cluster.class)) {
            if (cluster.ha().isKept()) {
                Outlook outlook = push.outlook(snapshot, cluster);
                HaContents.protectedVms(snapshot, cluster).stream()
                        .filter(vm -> vm.powerState() == PowerState.POWERED_OFF && outlook.isLost(vm))
                        .map(VirtualMachine::id)
                        .forEach(lost::add);
            }
        }
        return snapshot.objects(VirtualMachine.class).stream()
                .filter(vm -> vm.statusReason().equals(DOWN) != lost.contains(vm.id()))
                .map(vm -> lost.contains(vm.id())
                        ? vm.withStatus(OverallStatus.RED, DOWN)
                        : vm.withStatus(OverallStatus.GREEN, ""))
                .toList();
    }
}
