package dev.sternpost.sdk;

import dev.sternpost.proto.inventory.v1.InventoryChange;
import dev.sternpost.proto.inventory.v1.ManagedObject;
import java.util.List;

/** Told of the inventory and its changes, on the watch's own thread; must not block for long. */
public interface InventoryHandler {
    /**
     * The whole inventory, to replace what the handler knew. Comes first when the watch began without a cursor, and
     * whenever the server no longer had the changes since the last cursor.
     */
    void onList(List<ManagedObject> objects, String cursor);

    /** The changes of one commit. A watch that begins with {@code cursor} goes on after them. */
    void onChanges(List<InventoryChange> changes, String cursor);

    /** The server cannot be reached just now; the watch goes on by itself. */
    default void onInterruption(SternpostException fault) {}
}
