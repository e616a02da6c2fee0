package dev.sternpost.inventory.store;

import dev.sternpost.inventory.InventoryDelta;
import dev.sternpost.inventory.event.Event;
import java.util.List;
import java.util.Objects;

/**
 * One commit.
 *
 * @param delta its changes, with the versions the store gave
 * @param events its events, with the places and times the store gave
 */
public record Committed(InventoryDelta delta, List<Event> events) {
    public Committed {
        Objects.requireNonNull(delta, "delta");
        events = List.copyOf(events);
    }

    /** Revision of the inventory after it. */
    public long revision() {
        return delta.revision();
    }
}
