package dev.sternpost.server.power;

import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.HostMode;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.power.WakeTest;
import dev.sternpost.inventory.store.AuditDraft;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.server.maintenance.HostEmptying;
import dev.sternpost.task.StepContext;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the tasks of power management write. */
final class PowerRecords {
    private final Inventory inventory;
    private final PowerBook book;

    PowerRecords(Inventory inventory, PowerBook book) {
        this.inventory = inventory;
        this.book = book;
    }

    /** The task's host as it is now. */
    Host host(StepContext context) {
        return inventory.snapshot().get(HostEmptying.hostOf(context));
    }

    /**
     * Sets the host's mode and tells of it; nothing when it has that mode.
     *
     * @param type null to tell nobody
     * @param message with %s for the host's name
     */
    void change(StepContext context, HostMode mode, @Nullable EventType type, String message) {
        HostId id = HostEmptying.hostOf(context);
        String userName = context.task().draft().userName();
        inventory.commit((InventorySnapshot snapshot) -> {
            Host host = snapshot.get(id);
            if (host.mode() == mode) {
                return InventoryWrite.NOTHING;
            }
            InventoryWrite.Builder write = InventoryWrite.builder()
                    .put(host.withMode(mode))
                    .audit(new AuditDraft(
                            userName,
                            "Host.Config.Power",
                            id,
                            context.task().id().toString()));
            return type == null
                    ? write.build()
                    : write.event(event(context, host, type, message.formatted(host.name())))
                            .build();
        });
    }

    void tell(StepContext context, EventType type, String message) {
        inventory.commit((InventorySnapshot snapshot) -> InventoryWrite.builder()
                .event(event(context, snapshot.get(HostEmptying.hostOf(context)), type, message))
                .build());
    }

    private static EventDraft event(StepContext context, Host host, EventType type, String message) {
        return EventDraft.about(host, type, message)
                .onHost(host.id())
                .byUser(context.task().draft().userName())
                .byTask(context.task().id().toString());
    }

    void noteTest(HostId id, WakeTest test) {
        book.change(id, setup -> setup.withLastTest(test));
    }

    void noteChanged(HostId id, Instant time) {
        book.change(id, setup -> setup.withChangedTime(time));
    }
}
