package dev.sternpost.server.ha;

import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.ClusterId;
import dev.sternpost.inventory.HaSettings;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.store.AuditDraft;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryWrite;
import java.util.function.BiFunction;

/** Changes the settings of high availability: the cluster, an event and the audit in one commit, and nothing when nothing changes. */
final class HaRecords {
    private static final String PRIVILEGE = "Host.Config.HighAvailability";

    private final Inventory inventory;

    HaRecords(Inventory inventory) {
        this.inventory = inventory;
    }

    InventorySnapshot snapshot() {
        return inventory.snapshot();
    }

    /** On whose behalf; the task is empty when none does it. */
    record By(String userName, String taskId) {}

    /** The event of a change. */
    record Told(EventType type, String message) {}

    /**
     * Makes a change.
     *
     * @param change given the newest snapshot and cluster; may refuse with a fault
     * @param told given the settings after the change
     */
    Cluster change(
            By by,
            ClusterId id,
            BiFunction<InventorySnapshot, Cluster, HaSettings> change,
            BiFunction<Cluster, HaSettings, Told> told) {
        inventory.commit((InventorySnapshot snapshot) -> {
            Cluster cluster = snapshot.get(id);
            HaSettings after = change.apply(snapshot, cluster);
            if (after.equals(cluster.ha())) {
                return InventoryWrite.NOTHING;
            }
            Told event = told.apply(cluster, after);
            return InventoryWrite.builder()
                    .put(cluster.withHa(after))
                    .event(EventDraft.about(cluster, event.type(), event.message())
                            .byUser(by.userName())
                            .byTask(by.taskId()))
                    .audit(new AuditDraft(by.userName(), PRIVILEGE, id, by.taskId()))
                    .build();
        });
        return inventory.snapshot().get(id);
    }
}
