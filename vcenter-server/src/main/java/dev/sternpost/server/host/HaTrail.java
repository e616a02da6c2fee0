package dev.sternpost.server.host;

import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.server.availability.HaHappening;
import dev.sternpost.server.cluster.PlannedRules;
import java.util.Optional;

/** What hosts tell of high availability, as events: about the virtual machine concerned if there is one, else about the host. */
final class HaTrail {
    private HaTrail() {}

    static InventoryWrite write(InventorySnapshot snapshot, HostId hostId, HaHappening happening) {
        Optional<Host> host = snapshot.find(hostId);
        if (host.isEmpty()) {
            return InventoryWrite.NOTHING;
        }
        String hostName = host.get().name();
        ManagedObject subject = Optional.ofNullable(happening.vmId())
                .flatMap(snapshot::find)
                .<ManagedObject>map(vm -> vm)
                .orElse(host.get());
        String words = PlannedRules.named(snapshot, happening.detail()).strip();
        String message = words.isEmpty() ? happening.type().eventName() : words;
        return InventoryWrite.builder()
                .event(EventDraft.about(subject, happening.type(), "%s: %s".formatted(hostName, message))
                        .onHost(hostId)
                        .occurredAt(happening.time()))
                .build();
    }
}
